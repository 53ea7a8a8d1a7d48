"""Runtimes: what reads the log, runs the stages, brings their effects about and remembers how far they are."""

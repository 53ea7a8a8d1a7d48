"""The live console: one page in Russian, its API and its stream of events."""

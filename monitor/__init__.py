"""Nabat's engine: model, configuration, region profile, log, stages, runtimes, metrics, command line."""

__version__ = "0.1.0"

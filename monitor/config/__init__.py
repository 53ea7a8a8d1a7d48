"""The configuration: one TOML file, overridden by the environment, read strictly."""

from monitor.config.reader import load
from monitor.config.reference import defaults_toml
from monitor.config.secret import Secret
from monitor.config.sections import Config

__all__ = ["Config", "Secret", "defaults_toml", "load"]

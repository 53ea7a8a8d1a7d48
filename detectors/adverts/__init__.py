"""Adverts and spam among what citizens write: told by their words, fast enough for every post."""

from detectors.adverts.adverts import Adverts

__all__ = ["Adverts"]

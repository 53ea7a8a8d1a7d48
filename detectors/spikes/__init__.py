"""Spikes: statistically surprising rises of sparse and dense series of counts."""

from detectors.spikes.detector import Spikes
from detectors.spikes.lone import Lone, Seen
from detectors.spikes.settings import SpikeSettings

__all__ = ["Lone", "Seen", "SpikeSettings", "Spikes"]

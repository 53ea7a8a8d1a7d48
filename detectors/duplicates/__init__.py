"""The same text again: exact hashes for every post, near-duplicates among the appeals."""

from detectors.duplicates.fold import text_hash
from detectors.duplicates.near import NearDuplicates

__all__ = ["NearDuplicates", "text_hash"]

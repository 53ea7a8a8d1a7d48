"""Whether a text offers something: goods, work, a lottery, a miracle. A sum of points over its distinct words.

What people sell is also what they complain of («замена батарей», «вывоз мусора»), so it is the words of trade that count, and the
words of those who ask and complain count against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

from detectors.adverts.words import POINTS
from detectors.classifier.lexicon import as_read
from detectors.text import CACHE_WORDS, Cache

LEAST = 4
"""Points of an advert among what is no appeal: one word that only trade has, or two that it often has."""
SURE = 6
"""Points from which a text is an advert although it speaks of what authorities answer for."""
WORDS = 60
"""Words that are looked at: an advert says at once what it offers."""
WORDS_A_POINT = 10
"""A text of this many words more needs one point more: in long texts words of trade meet by chance."""
SHORTEST_PREFIX, LONGEST_PREFIX = 3, 12


class Adverts:
    """Not shared between threads: what it remembers of words (at most ``limit``) is its own."""

    def __init__(self, limit: int = CACHE_WORDS) -> None:
        self._points = Cache[bytes, int](_points, limit)

    def points(self, words: Sequence[bytes]) -> int:
        """What speaks for an advert in a text cut into words (detectors.words); each word counts once."""
        words = words[:WORDS]
        given = list(map(self._points.__getitem__, words))
        found = sum(dict(zip(compress(words, given), filter(None, given), strict=True)).values()) if any(given) else 0
        return found - len(words) // WORDS_A_POINT

    def is_one(self, words: Sequence[bytes], appeal: bool) -> bool:
        """Whether a text is an advert; ``appeal``: all else says that it is an appeal."""
        return self.points(words) >= (SURE if appeal else LEAST)


def _points(word: bytes) -> int:
    read = as_read(word)
    found = POINTS.get(read)
    if found is not None:
        return found
    for length in range(min(len(read), LONGEST_PREFIX), SHORTEST_PREFIX - 1, -1):
        if (found := POINTS.get(read[:length] + "*")) is not None:
            return found
    return 0

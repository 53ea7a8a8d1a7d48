"""Beginnings of recent posts: what stands around a word, and how many different texts have it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from detectors.text import Cache, Stems, clean, words
from monitor.model.plain import Plain

ALIKE = 0.6
"""Of the stems of two texts together that both have: more, and one was made from the other."""
MOST = 200
"""Texts with a word that are compared: the newest."""


class Excerpt(NamedTuple):
    at: int
    place: str
    source: str
    text: str


class Excerpts:
    """The newest ``limit`` excerpts."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: deque[Excerpt] = deque(maxlen=limit)
        self._stems: Cache[str, str] = Cache(Stems().one)

    def add(self, at: int, place: str, source: str, texts: Iterable[str]) -> None:
        for text in texts:
            self._kept.append(Excerpt(at, place, source, text))

    def forget(self, gone: Callable[[str], bool]) -> None:
        """Drops the excerpts whose text is ``gone``."""
        self._kept = deque((one for one in self._kept if not gone(one.text)), maxlen=self._limit)

    def since(self, at: int, place: str = "") -> list[tuple[Excerpt, list[str]]]:
        """The excerpts from ``at`` on (of one place, if any) with their stems in order, oldest first."""
        chosen = [one for one in self._kept if one.at >= at and place in ("", one.place)]
        return [(one, self.stems(one.text)) for one in chosen]

    def stems(self, text: str) -> list[str]:
        return [self._stems[word] for word in words(clean(text))]

    def dump(self) -> Plain:
        return [list(one) for one in self._kept]

    def load(self, state: Plain) -> None:
        self._kept = deque((Excerpt(*one) for one in state), maxlen=self._limit)


def different(texts: Sequence[Sequence[str]]) -> list[int]:
    """Places of texts (stems) that are made from none before them; of many the newest are compared."""
    kept: list[tuple[int, frozenset[str]]] = []
    for place in range(max(0, len(texts) - MOST), len(texts)):
        stems = frozenset(texts[place])
        if all(len(stems & other) < ALIKE * len(stems | other) for _, other in kept):
            kept.append((place, stems))
    return [place for place, _ in kept]

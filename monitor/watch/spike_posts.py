"""What the spikes of a region are made of: the latest appeals with their words, looked through when a spike is told of."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from monitor.model.plain import Plain
from monitor.model.rows import AppealRow
from monitor.model.verdict import Urgency
from monitor.watch.counts import counted

RECENT: Final = 3_000
"""Texts kept for the words and examples of a spike; a spike is made of the latest ones."""
EXCERPT: Final = 300


class Made(NamedTuple):
    """The posts of a spike, newest first: texts, distinct authors and sources, posts by theme and by incident; ``dangerous`` are the
    authors of those that tell of danger to life.
    """

    texts: Sequence[str]
    authors: int
    sources: Sequence[str]
    themes: Mapping[str, int]
    incidents: Mapping[str, int]
    dangerous: int


class SpikePosts:
    """The latest appeals of a region. ``series`` names those that an appeal counts in."""

    def __init__(self, series: Callable[[AppealRow], Sequence[str]]) -> None:
        self._series = series
        self._recent: deque[tuple[str, str]] = deque(maxlen=RECENT)

    def add(self, post: str, text: str) -> None:
        self._recent.append((post, text[:EXCERPT]))

    def erase(self, posts: frozenset[str]) -> None:
        self._recent = deque((one for one in self._recent if one[0] not in posts), maxlen=RECENT)

    def of(self, series: str, since: int, end: int, appeals: Mapping[str, AppealRow]) -> Made:
        """Those of a series that were published in [since, end) (ms). ``appeals`` are the current ones."""
        texts: list[str] = []
        authors: dict[str, None] = {}
        dangerous: dict[str, None] = {}
        sources: dict[str, None] = {}
        themes: Counter[str] = Counter()
        incidents: Counter[str] = Counter()
        for post, text in reversed(self._recent):
            row = appeals.get(post)
            if row is None or not counted(row) or not since <= row.published_at < end or series not in self._series(row):
                continue
            texts.append(text)
            authors[row.author or row.id] = None
            sources[row.source] = None
            themes[row.theme] += 1
            incidents[row.incident] += 1
            if row.urgency >= Urgency.DANGER:
                dangerous[row.author or row.id] = None
        return Made(texts, len(authors), list(sources), themes, incidents, len(dangerous))

    def dump(self) -> Plain:
        return list(self._recent)

    def load(self, state: Plain) -> None:
        self._recent = deque(((post, text) for post, text in state), maxlen=RECENT)

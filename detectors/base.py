"""The contracts of the detectors.

Rules for every implementation: results depend on the arguments and on what was learned from earlier calls, in order, and on
nothing else (no clock, no ``hash()``, no order of sets, no random numbers without a fixed seed); memory is bounded; the state can
be taken with ``dump`` and put back with ``load`` at any moment, and what follows is then the same to the byte.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from monitor.model.incident import Spike
from monitor.model.plain import Stateful
from monitor.model.post import Post
from monitor.model.verdict import Quality, Verdict


class Classifier(Protocol):
    """Says what a text means. Stateless; one object serves one region profile."""

    version: str
    """Names the rules and lexicons by hash: part of the settings in force."""

    def classify(
        self, posts: Sequence[Post], territory: str | Sequence[str], words: Sequence[Sequence[bytes]] | None = None
    ) -> list[Verdict]:
        """One verdict a post, in order. ``territory`` is that of the source (its people write from there unless they say else), one
        for all or one a post; ``words`` are those of the texts (detectors.words), where the caller has cut them already.
        """

    def judge(self, posts: Sequence[Post]) -> list[Quality]:
        """How official accounts answered, one quality a post: substantive, interim, formal or redirect."""


@dataclass(slots=True, frozen=True)
class Match:
    """A near-duplicate: the cluster's first post, the post it was found by, and their likeness (0 to 1000)."""

    cluster: str
    post: str
    score: int


class Duplicates(Stateful, Protocol):
    """Near-duplicates among the posts of a region: candidates by locality-sensitive hashing, verified, bounded, expiring."""

    def add(self, post: str, text: str, at: int) -> Match | None:
        """Takes a post (id, text, stage clock in ms, never falling) and says of which earlier post it is a duplicate, if of any.

        The same text with another detail that matters (house, street, route, date) is no duplicate. Adding an id again
        replaces its text.
        """

    def add_all(self, posts: Sequence[tuple[str, str]], at: int) -> list[Match | None]:
        """The same for several posts (id, text) in order, faster than one by one."""

    def forget(self, post: str) -> None:
        """Takes a post out of the memory (it was edited, deleted or rejected); others keep their cluster."""


class Judgement(NamedTuple):
    """What a detector makes of a bucket: expected posts in thousandths, surprise in decibels (see Spike).

    ``spike`` is there when one begins or rises a level, ``active`` as long as one goes on.
    """

    expected: int
    surprise: int
    spike: Spike | None
    active: bool


class SpikeDetector(Stateful, Protocol):
    """Statistically surprising rises of many series, judged from earlier buckets only."""

    def close(self, start: int, complete: bool, counts: Mapping[str, tuple[int, int]]) -> dict[str, Judgement]:
        """Judges the next bucket of all series and learns from it: its start (ms), whether all sources were read, and posts
        without duplicates and distinct authors (0: not known) by series. Buckets come in order, none twice, none left out; a
        series that is not named had no posts. Gives a judgement of each series that is named, or not calm.
        """

    def history(self, start: int, step: int, counts: Mapping[str, Sequence[int]]) -> None:
        """Teaches the past before the first bucket: counts per ``step`` ms from ``start`` by series. Fires nothing."""

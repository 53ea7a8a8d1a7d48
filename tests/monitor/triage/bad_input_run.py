"""A fault and what must come of it; and triage, new and empty, that reads the fault's pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detectors.base import Classifier
from monitor.log.base import PAGES, Record
from monitor.model.position import Position
from monitor.model.post import Post
from monitor.model.rows import DeadLetterRow, PostRow, RevisionRow, Row
from monitor.model.source import Source
from monitor.model.verdict import Quality
from monitor.runtime.keys import KEY_BYTES, Sealer
from monitor.triage.stage import Triage, TriageSettings
from sinks.clickhouse.encode import encode
from tests.crash.region import EPOCH, REGION, START, SteadyClassifier
from tests.monitor.triage.bad_input_pages import SOURCE, Variants

SEALER = Sealer(bytes(range(KEY_BYTES)))
PARK_MINIMUM = 12


@dataclass(frozen=True, slots=True)
class Case:
    """A fault in one or more variants, and what must come of each of them.

    ``dead`` are scope and reason of all letters; ``row`` is what the spoilt post's current row must have (None: it has no row), a
    value or a test of it; ``others`` says that the two other posts are taken exactly as out of a sound page; ``outcomes`` are what
    is counted beside dead letters, where it is not one new post for each post taken.
    """

    fault: str
    becomes: str
    variants: Variants
    dead: tuple[tuple[str, str], ...] = ()
    row: Mapping[str, Any] | None = None
    others: bool = True
    outcomes: Mapping[str, int] | None = None

    def line(self) -> str:
        """The case as a line of the table."""
        letters = [f"{scope} dead-lettered: `{reason}`" for scope, reason in dict.fromkeys(self.dead)]
        return f"| {self.fault} | {'; '.join([*letters, *filter(None, [self.becomes])])} |"


class Run:
    """What triage makes of pages that come one after the other."""

    def __init__(self, *pages: bytes, classifier: Classifier | None = None) -> None:
        sources = {SOURCE: Source(SOURCE, "vk", "community", REGION, "1", territory="grad-1")}
        settings = TriageSettings(park_minimum=PARK_MINIMUM)
        stage = Triage(EPOCH, {REGION: classifier or Poisoned()}, sources, settings, SEALER.seal)
        decoded = stage.decode([Record(PAGES, 0, offset, SOURCE, data, START) for offset, data in enumerate(pages)])
        self.effects = stage.process(decoded)
        rows = self.effects.rows
        self.posts = [row for row in rows if isinstance(row, PostRow)]
        self.revisions = [row for row in rows if isinstance(row, RevisionRow)]
        self.letters = [row for row in rows if isinstance(row, DeadLetterRow)]
        self.outcomes = {name: count for name, count in self.effects.outcomes.items() if count and name != "dead"}


def unsealed(letter: DeadLetterRow) -> bytes:
    """What was put into the letter."""
    place = Position.unpack(letter.version)
    return SEALER.open(letter.payload, f"{place.epoch}-{place.partition}-{place.offset}-{place.item}".encode())


def placeless(rows: Sequence[Any]) -> list[Any]:
    """Rows without their place in the log."""
    return [row._replace(version=0) for row in rows]


def fit(rows: Sequence[Row]) -> int:
    """Makes the bytes that ClickHouse gets; it raises where a row does not fit its table."""
    return sum(block.rows for block in encode(rows, 1000))


class Poisoned(SteadyClassifier):
    """Fails on the answers of offices, too."""

    def judge(self, posts: Sequence[Post]) -> list[Quality]:
        if any(self.poison in post.text for post in posts):
            raise ValueError("an answer that nobody expected")
        return super().judge(posts)

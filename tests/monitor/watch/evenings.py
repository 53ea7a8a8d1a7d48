"""Evenings of the demo's region on a virtual clock: pages through the real classifier and triage, and the log that watch reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from detectors.classifier import RuleClassifier
from monitor.config import load
from monitor.log.base import PAGES, Record
from monitor.model.codec import encode
from monitor.model.post import Page
from monitor.model.rows import AlertRow, Row
from monitor.model.watch import History, Tick, Use, WatchRecord, encode_record, parts
from monitor.profile.load import load_profile
from monitor.profile.model import Profile
from monitor.runtime import compose
from monitor.triage.stage import Triage
from monitor.watch.stage import Watch
from sources.simulated.events import Burst, Scene, Surge
from sources.simulated.world import Options, World
from tests.crash.stages import watch_record

MINUTE = 60_000
HOUR = 60 * MINUTE
START = int(datetime(2026, 1, 12, 17, tzinfo=ZoneInfo("Europe/Samara")).timestamp() * 1000)
BEGIN = START - 30 * MINUTE
END = START + 100 * MINUTE
WEEK = 7 * 24 * HOUR
STEP = 5 * MINUTE
OPTIONS = Options(posts_per_second=0.4, communities=60, mean_words=14, bursts_per_day=0.0)
CONFIG = load(None, {})


@cache
def region() -> Profile:
    return load_profile("samara")


@cache
def classifier() -> RuleClassifier:
    return RuleClassifier(region(), 10_000)


@dataclass(frozen=True)
class Evening:
    """What happens on top of the everyday. A third of the sources can't be read in ``dark`` (from, until; ms)."""

    bursts: Sequence[Burst] = ()
    surges: Sequence[Surge] = ()
    scenes: Sequence[Scene] = ()
    dark: tuple[int, int] = (0, 0)

    def world(self) -> World:
        return World(region(), 1, OPTIONS, bursts=self.bursts, surges=self.surges, scenes=self.scenes)

    def log(self) -> list[Record]:
        """What watch reads."""
        return [watch_record(offset, encode_record(one)) for offset, one in enumerate(self._records())]

    def _records(self) -> Iterator[WatchRecord]:
        world, profile = self.world(), region()
        by_id = {source.id: source for source in world.sources}
        triage = Triage(1, {profile.id: classifier()}, by_id, compose.triage_settings(CONFIG), lambda payload, _: payload)
        yield use()
        past = World(profile, 1, OPTIONS).history(BEGIN - WEEK, 1, HOUR)
        yield from parts(History(profile.id, BEGIN - WEEK, HOUR, past))
        unread = {source.id for number, source in enumerate(world.sources) if number % 3 == 0}
        held: list[Page] = []
        offset = 0
        for until in range(BEGIN + STEP, END + 1, STEP):
            pages = list(world.pages(until - STEP, until, step_ms=STEP, empty=True))
            if self.dark[0] < until <= self.dark[1]:
                held += [page for page in pages if page.source in unread]
                pages = [page for page in pages if page.source not in unread]
            else:
                pages, held = [*held, *pages], []
            for page in pages:
                page.fetched_at = until
            records = [Record(PAGES, 0, offset + place, page.source, encode(page), until) for place, page in enumerate(pages)]
            offset += len(records)
            yield from triage.process(triage.decode(records)).findings
            yield Tick(until)


@cache
def use() -> Use:
    return compose.use_of(CONFIG, region(), classifier(), Evening().world().sources, START)


def stage() -> Watch:
    return compose.watch_stage(CONFIG, [region()], Evening().world().sources, [use()], 1)


def rows(log: Sequence[Record], every: int = 0) -> list[Row]:
    """What watch makes of a log. ``every`` so many records another process goes on from a snapshot."""
    found: list[Row] = []
    watch = stage()
    for start in range(0, len(log), every or len(log)):
        if start:
            state, watch = watch.dump(region().id), stage()
            watch.load(region().id, state, 0)
        found += watch.process(log[start : start + (every or len(log))]).rows
    return found


def told(found: Sequence[Row]) -> dict[str, AlertRow]:
    """The spikes, topics and dangers by alert, each as it stood at its highest level."""
    highest: dict[str, AlertRow] = {}
    for row in found:
        if not isinstance(row, AlertRow) or row.kind not in ("spike", "topic", "urgent") or row.status != "firing":
            continue
        if row.id not in highest or row.level != highest[row.id].level:
            highest[row.id] = row
    return highest

"""Stored posts are judged again: rows, appeals and incidents follow the new model, and nobody is alarmed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from monitor.log.base import PAGES, Record
from monitor.log.sqlite import SqliteLog
from monitor.model.codec import encode
from monitor.model.post import Page, Post
from monitor.model.rows import AlertRow, AppealRow, PostRow, Row, SeriesRow
from monitor.model.verdict import CHATTER, Place, Urgency, Verdict
from monitor.model.watch import Action, encode_record
from monitor.runtime import reprocessing
from monitor.runtime.reprocessing import Wanted, reprocessed
from monitor.triage.stage import Triage
from sinks.clickhouse.connect import Target
from sinks.clickhouse.reader import ClickHouseReader
from sinks.clickhouse.writer import ClickHouseWriter
from sources.simulated.world import World
from tests.crash.region import EPOCH, HOUR, MINUTE, REGION, START, SteadyClassifier, use, watch, world
from tests.crash.stages import ROOMY, watch_record

TEXTS = ("яма", "лифт", "болтовня", "спасибо")


class Before(SteadyClassifier):
    """Two of the texts are appeals of one theme."""

    appeals = ("яма", "лифт")
    theme = "roads.holes"

    def classify(
        self, posts: Sequence[Post], territory: str | Sequence[str], words: Sequence[Sequence[bytes]] | None = None
    ) -> list[Verdict]:
        place = Place("grad-1", street="мира", house="5")
        verdict = Verdict("complaint", 900, self.theme.partition(".")[0], self.theme, place=place, urgency=Urgency.DANGER)
        return [verdict if post.text.startswith(self.appeals) else CHATTER for post in posts]


class After(Before):
    appeals = ("яма", "болтовня")
    theme = "housing.heating"


class Region:
    """Both stages, with all rows that they have written."""

    def __init__(self, region: World) -> None:
        self.region = region
        self.watch = watch(region)
        self.rows: list[Row] = []
        self.triage = self._triage(Before())
        self.offset = 0
        self.take_watch(encode_record(use()))

    def _triage(self, classifier: Before) -> Triage:
        sources = {source.id: source for source in self.region.sources}
        return Triage(EPOCH, {REGION: classifier}, sources, ROOMY, lambda payload, place: payload)

    def newly(self) -> None:
        """The new model, with what is known of posts."""
        known = self.triage.known
        self.triage = self._triage(After())
        self.triage.known = known

    def take(self, pages: Sequence[bytes]) -> list[Row]:
        begin = len(self.rows)
        for value in pages:
            effects = self.triage.process(self.triage.decode([Record(PAGES, 0, self.offset, "", value, START)]))
            self.rows += effects.rows
            for found in effects.findings:
                self.take_watch(encode_record(found))
        return self.rows[begin:]

    def take_watch(self, value: bytes) -> None:
        self.rows += self.watch.process([watch_record(self.offset, value)]).rows
        self.offset += 1

    def appeals(self) -> dict[str, tuple[str, str]]:
        return {row.id: (row.status, row.theme) for row in self.rows if isinstance(row, AppealRow)}

    def counted(self) -> int:
        series = {(row.series, row.bucket): row.posts for row in self.rows if isinstance(row, SeriesRow)}
        return sum(posts for (name, _), posts in series.items() if name == "grad-1|all|")


@pytest.fixture
def small() -> World:
    return world(4)


async def test_stored_posts_are_judged_again_and_nobody_is_alarmed(
    small: World, clickhouse: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reprocessing, "CHUNK", 3)
    region, source = Region(small), small.sources[0].id
    posts = [Post(f"p{at}", f"{TEXTS[at % 4]} номер {at}", START + at * MINUTE, author=f"a{at}") for at in range(16)]
    for post in posts:
        region.take([encode(Page(source, REGION, "sim", post.published_at, post.published_at, posts=[post]))])
    version = next(row.version for row in region.rows if isinstance(row, AppealRow) and row.id == "p0")
    region.take_watch(encode_record(Action("a", "not_appeal", REGION, "p0", str(version), "operator", START)))
    edited = Post("p4", "яма и ещё хуже", posts[4].published_at, edited_at=START + HOUR, author="a4")
    writer, reader = ClickHouseWriter(clickhouse), ClickHouseReader(clickhouse, threads=1)
    await writer.write(region.rows)
    log = await SqliteLog.open(tmp_path / "log", {PAGES: 1})
    found = await reprocessed(reader, log, START + HOUR, Wanted(REGION, START, START + 14 * MINUTE))
    pages = [record.value for record in await log.read(PAGES, 0, 0)]
    await log.close()
    await reader.close()
    await writer.close()
    assert (found.posts, found.pages, len(pages)) == (14, 14, 14)

    region.take([encode(Page(source, REGION, "sim", START + HOUR, START + HOUR, posts=[edited]))])
    region.newly()
    rows = region.take(pages)
    assert not [row for row in rows if isinstance(row, AlertRow) and row.status == "firing"]
    again = [row for row in rows if isinstance(row, PostRow)]
    assert {row.id for row in again} == {f"p{at}" for at in range(14)} - {"p4"}
    assert {row.revision for row in again} == {1}
    assert {row.fetched_at for row in again if row.id == "p2"} == {posts[2].published_at}
    old, new = ("active", "roads.holes"), ("active", "housing.heating")
    assert region.appeals() == {
        "p0": ("rejected", "roads.holes"),
        **{f"p{at}": new for at in (2, 6, 8, 10, 12)},
        "p4": old,
        **{f"p{at}": ("withdrawn", "roads.holes") for at in (1, 5, 9, 13)},
    }
    before = region.appeals(), region.counted()
    region.take(pages)
    assert (region.appeals(), region.counted()) == before

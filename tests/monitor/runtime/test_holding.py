"""Triage holds revisions back under load: they are never committed before they are written, and never forgotten."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from monitor.clock import ManualClock
from monitor.log.base import PAGES, WATCH, Append
from monitor.log.sqlite import SqliteLog
from monitor.metrics.catalogue import Metrics
from monitor.model.codec import encode
from monitor.model.errors import RetryableError
from monitor.model.position import Position
from monitor.model.rows import PostRow, RevisionRow, Row
from monitor.runtime.board import Board
from monitor.runtime.triage_runner import GROUP, TriageRunner
from sinks.base import Known
from tests.crash.region import START, world
from tests.crash.stages import ROOMY, triage

PAGES_COUNT = 12


class Store:
    """Remembers what was written, insert by insert."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.inserts: list[frozenset[type]] = []

    async def write(self, rows: Sequence[Row]) -> None:
        self.rows += rows
        self.inserts.append(frozenset(map(type, rows)))

    async def known(self, ids: Collection[str], below: int) -> dict[str, Known]:
        return {}

    async def erased(self, below: int) -> list[str]:
        return []

    async def nothing(self, below: int, limit: int) -> list[Any]:
        return []

    recent_posts = recent_texts = recent_repeats = recent_outcomes = nothing

    async def close(self) -> None:
        pass


async def test_the_commit_waits_for_what_is_held(tmp_path: Path) -> None:
    log = await SqliteLog.open(tmp_path / "log.sqlite")
    region = world(3, posts_per_second=1.0)
    pages = [page for page in region.pages(START, START + 600_000, step_ms=60_000) if page.posts][:PAGES_COUNT]
    assert len(pages) == PAGES_COUNT
    await log.append([Append(PAGES, 0, page.source, encode(page), START) for page in pages])
    store, clock = Store(), ManualClock(START)
    board, metrics = Board(), Metrics(CollectorRegistry())
    runner = TriageRunner(triage(region, ROOMY), 0, log, store, store, ROOMY, board, metrics, clock, batch=1, linger=0.0, hold=3600.0)
    commits: list[int] = []
    real = log.commit

    async def commit(group: str, topic: str, partition: int, offset: int) -> None:
        below = Position(log.layout.epoch, 0, offset).pack()
        posts = {(row.id, row.version) for row in store.rows if isinstance(row, PostRow) and row.version < below}
        assert posts == {(row.id, row.version) for row in store.rows if isinstance(row, RevisionRow) and row.version < below}
        commits.append(offset)
        await real(group, topic, partition, offset)
        if offset == PAGES_COUNT:
            runner.stop()

    log.commit = commit  # type: ignore[method-assign]
    await runner.run()
    # The first batch goes whole, those after it without revisions, and these together when there is nothing else to do.
    assert store.inserts[0] == {PostRow, RevisionRow}
    assert store.inserts[1:PAGES_COUNT] == [frozenset({PostRow})] * (PAGES_COUNT - 1)
    assert store.inserts[PAGES_COUNT:] == [frozenset({RevisionRow})]
    assert commits == [1, PAGES_COUNT]
    assert await log.committed(GROUP, PAGES, 0) == PAGES_COUNT
    assert (await log.bounds(WATCH, 0))[1] == PAGES_COUNT
    await log.close()


async def test_who_asks_the_store_about_a_post_is_seen_to_wait_for_it(tmp_path: Path) -> None:
    # Otherwise the watchdog would take the stage for one that hangs, and end the process in the middle of an outage.
    log = await SqliteLog.open(tmp_path / "log.sqlite")
    region = world(3, posts_per_second=1.0)
    page = next(page for page in region.pages(START, START + 600_000, step_ms=60_000) if page.posts)
    await log.append([Append(PAGES, 0, page.source, encode(page), START)])
    store, metrics = Store(), Metrics(CollectorRegistry())
    runner = TriageRunner(
        triage(region, ROOMY), 0, log, store, store, ROOMY, Board(), metrics, ManualClock(START), linger=0.0, hold=0.0
    )
    waited: list[float] = []

    async def known(ids: Collection[str], below: int) -> dict[str, Known]:
        waited.append(metrics.backpressure_active["triage"]._value.get())
        if len(waited) < 3:
            raise RetryableError("no connection", 0.0)
        runner.stop()
        return {}

    store.known = known  # type: ignore[method-assign]
    runner.stage.forgotten = lambda batch: {"old"}  # type: ignore[method-assign]
    await runner.run()
    assert waited == [0.0, 1.0, 1.0]
    assert metrics.backpressure_active["triage"]._value.get() == 0
    await log.close()

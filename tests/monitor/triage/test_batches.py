"""Nothing depends on where a batch ends, on what has fallen out of memory, or on where the stage was started anew."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from monitor.log.base import Record
from monitor.model.codec import decode
from monitor.model.position import Position
from monitor.model.rows import DeadLetterRow, PostRow, RevisionRow, Row
from monitor.model.watch import Findings
from monitor.triage.decode import REASONS
from monitor.triage.memory import Parking
from monitor.triage.stage import Triage
from sinks.clickhouse.connect import Target
from sinks.clickhouse.triage_reader import ClickHouseTriageReader
from sinks.clickhouse.writer import ClickHouseWriter
from sources.simulated.world import World
from tests.crash.region import EPOCH
from tests.crash.rows_reader import RowsReader
from tests.crash.stages import LIMITS, ROOMY, TEXTS, Done, run_triage, triage


def test_the_pages_hold_everything_that_can_happen(one_by_one: Done, pages: list[Record]) -> None:
    revisions = [row for row in one_by_one.rows if isinstance(row, RevisionRow)]
    posts = [row for row in one_by_one.rows if isinstance(row, PostRow)]
    letters = [row for row in one_by_one.rows if isinstance(row, DeadLetterRow)]
    found = [decode(one, Findings) for one in one_by_one.findings]
    assert len({row.id for row in revisions}) > 5 * LIMITS.remember_posts
    assert len({row.text_hash for row in revisions}) > 3 * TEXTS
    assert max(row.revision for row in revisions) > 3
    assert sum(bool(row.duplicate_of) for row in revisions) > 20
    assert sum(row.deleted for row in revisions) > 5
    assert {row.appeal_kind for row in posts} == {"complaint", "question", "suggestion", "thanks", "chatter", "erased"}
    assert {row.reason for row in letters} == set(REASONS)
    assert {row.status for row in letters} == {"dead", "retried"}
    assert {change.change for one in found for change in one.versions} == {"edited", "deleted", "chatter"}
    assert sum(len(one.replies) for one in found) > 5
    assert Counter(one.page for one in found)["retry"] > 5


@pytest.mark.parametrize("size", [7, 1000])
def test_batches(region: World, pages: list[Record], one_by_one: Done, size: int) -> None:
    rows: list[Row] = []
    done = run_triage(triage(region), pages, size, RowsReader(rows), rows)
    assert done == one_by_one


def test_memory_changes_no_result(region: World, pages: list[Record], one_by_one: Done) -> None:
    rows: list[Row] = []
    done = run_triage(triage(region, ROOMY), pages, 10, RowsReader(rows), rows)
    assert done == one_by_one


@pytest.mark.parametrize("seed", range(4))
def test_started_anew(region: World, pages: list[Record], one_by_one: Done, seed: int) -> None:
    """After each restart the memory is rebuilt from rows, of which some are from batches that were never committed."""
    chance = random.Random(seed)
    rows: list[Row] = []
    findings: list[bytes] = []
    reader = RowsReader(rows)
    offset = 0
    while offset < len(pages):
        # A process that died: only its rows are left.
        stage = triage(region)
        _recall(stage, reader, offset)
        end = offset + chance.randint(1, 60)
        done = run_triage(stage, pages[offset:end], chance.choice([1, 5, 30]), reader, rows)
        findings += done.findings
        uncommitted = chance.randint(0, 8)
        run_triage(stage, pages[end : end + uncommitted], 4, reader, rows)
        offset = end
    seen = {(type(row), row[0], row.version): row for row in rows}
    assert list(seen.values()) == one_by_one.rows
    assert all(seen[type(row), row[0], row.version] == row for row in rows), "done again, a page gave other rows"
    assert findings == one_by_one.findings


def _recall(stage: Triage, reader: RowsReader, offset: int) -> None:
    below = Position(EPOCH, 0, offset).pack()
    stage.known.load(reader.recent_posts(below, LIMITS.remember_posts))
    stage.texts.load(reader.recent_texts(below, TEXTS))
    stage.repeats.load(reader.recent_repeats(below, LIMITS.remember_repeats))
    stage.parking.load(reader.recent_outcomes(below, Parking.window))
    stage.erased.load(reader.erased(below))


async def test_started_anew_from_clickhouse(region: World, pages: list[Record], one_by_one: Done, clickhouse: Target) -> None:
    writer, reader = ClickHouseWriter(clickhouse), ClickHouseTriageReader(clickhouse)
    try:
        await writer.write(one_by_one.rows)
        for offset in random.Random(1).sample(range(len(pages)), 4):
            stage = triage(region)
            below = Position(EPOCH, 0, offset).pack()
            stage.known.load(await reader.recent_posts(below, LIMITS.remember_posts))
            stage.texts.load(await reader.recent_texts(below, TEXTS))
            stage.repeats.load(await reader.recent_repeats(below, LIMITS.remember_repeats))
            stage.parking.load(await reader.recent_outcomes(below, Parking.window))
            stage.erased.load(await reader.erased(below))
            batch = pages[offset : offset + 40]
            decoded = stage.decode(batch)
            effects = stage.process(decoded, await reader.known(stage.forgotten(decoded), below))
            expected = [row for row in one_by_one.rows if below <= row.version < Position(EPOCH, 0, offset + 40).pack()]
            assert effects.rows == expected
    finally:
        await writer.close()
        await reader.close()

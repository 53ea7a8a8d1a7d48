"""Nothing depends on where a batch ends, or on where a snapshot was taken and another process went on."""

from __future__ import annotations

import random
from collections import Counter

import orjson
import pytest

from monitor.log.base import ALERTS, INCIDENTS, REPLIES, Record
from monitor.model.position import Position
from monitor.model.rows import AlertRow, AppealRow, IncidentEventRow, IncidentRow, ReplyRow, SeriesRow
from monitor.watch.stage import Watch
from sources.simulated.world import World
from tests.crash.region import EPOCH, REGION, watch
from tests.crash.stages import Done, run_watch


def test_the_log_holds_everything_that_can_happen(one_by_one: tuple[Done, bytes]) -> None:
    rows, outgoing = one_by_one[0].rows, one_by_one[0].outgoing
    appeals = [row for row in rows if isinstance(row, AppealRow)]
    incidents = [row for row in rows if isinstance(row, IncidentRow)]
    events = Counter(row.kind for row in rows if isinstance(row, IncidentEventRow))
    alerts = {(row.kind, row.status) for row in rows if isinstance(row, AlertRow)}
    outcomes = {orjson.loads(row.detail)["conflict"] for row in rows if isinstance(row, IncidentEventRow) and row.kind == "action"}
    assert len({row.id for row in appeals}) > 300
    assert {row.status for row in appeals} == {"active", "withdrawn", "deleted", "rejected"}
    assert any(not row.author and not row.url for row in appeals if row.status == "deleted"), "somebody was erased"
    assert sum(row.cluster != row.id for row in appeals) > 20
    assert {row.status for row in incidents} == {"open", "void"}
    assert max(row.members for row in incidents) > 5
    assert max(row.replies for row in incidents) > 0
    assert sum(isinstance(row, ReplyRow) for row in rows) > 10
    assert sum(isinstance(row, SeriesRow) and not row.complete for row in rows) > 10
    assert set(events) == {"opened", "reply", "overdue", "action", "spike", "deleted", "withdrawn", "rejected"}
    assert outcomes >= {"", "changed", "unknown", "rejected"}
    assert {("urgent", "firing"), ("overdue", "firing")} <= alerts
    # The spike of the log is told of with the incident that makes it.
    assert any("|group|" in row.subject and row.incident for row in rows if isinstance(row, AlertRow))
    assert {one.topic for one in outgoing} == {INCIDENTS, ALERTS, REPLIES}


@pytest.mark.parametrize("size", [7, 1000])
def test_batches(region: World, records: list[Record], one_by_one: tuple[Done, bytes], size: int) -> None:
    stage = watch(region)
    done = run_watch(stage, records, size)
    assert done == one_by_one[0]
    assert stage.dump(REGION) == one_by_one[1]


@pytest.mark.parametrize("every", [1, 29])
def test_another_process_goes_on(region: World, records: list[Record], one_by_one: tuple[Done, bytes], every: int) -> None:
    """With ``every`` at 1 only a stretch in the middle goes record by record: a state takes some milliseconds to pack."""
    done, state = one_by_one
    begin, end = (0, len(records)) if every > 1 else (len(records) // 2, len(records) // 2 + 15)
    stage = watch(region)
    rows, outgoing = [], []
    for start, stop in [(0, begin), *((at, min(at + every, end)) for at in range(begin, end, every)), (end, len(records))]:
        stage = _another(region, stage, start)
        part = run_watch(stage, records[start:stop], 1000)
        rows += part.rows
        outgoing += part.outgoing
    assert rows == done.rows
    assert outgoing == done.outgoing
    assert stage.dump(REGION) == state


@pytest.mark.parametrize("seed", range(2))
def test_goes_back_to_a_snapshot(region: World, records: list[Record], one_by_one: tuple[Done, bytes], seed: int) -> None:
    """A crash: the log is read again from a snapshot, or from further back, where what the snapshot knows is skipped."""
    chance = random.Random(seed)
    at = chance.randrange(len(records))
    first = watch(region)
    run_watch(first, records[:at], 50)
    second = _another(region, first, at)
    back = max(0, at - chance.randint(0, 20))
    rows = run_watch(second, records[back:], 30).rows
    assert rows == [row for row in one_by_one[0].rows if row.version >= Position(EPOCH, 0, at).pack()]
    assert second.dump(REGION) == one_by_one[1]


def _another(region: World, stage: Watch, offset: int) -> Watch:
    other = watch(region)
    other.load(REGION, stage.dump(REGION), Position(EPOCH, 0, offset).pack())
    return other

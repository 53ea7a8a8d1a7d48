"""What the stages really send: everything of two hours with all that goes wrong in them, and the rows that it tells of."""

from __future__ import annotations

import pytest

from monitor.model.rows import AlertRow, ReplyRow, Row
from monitor.model.watch import Action, Findings, Version, WatchRecord
from monitor.outgoing.write import Outgoing
from tests.crash.region import EPOCH, REGION, START, watch, world
from tests.crash.rows_reader import RowsReader
from tests.crash.stages import Done, run_triage, run_watch, triage, watch_record
from tests.crash.stream import Stream
from tests.crash.watch_log import watch_log


@pytest.fixture(scope="package")
def done() -> Done:
    """Both stages' rows and outgoing records, in order."""
    region, rows, stage = world(4), list[Row](), watch(world(4))
    found = run_triage(triage(region), Stream(region, 4).make(), 50, RowsReader(rows), rows)
    records = watch_log(region, found.findings, 4)
    watched = run_watch(stage, records, 50)
    answers = [row for row in watched.rows if isinstance(row, ReplyRow) and row.incident]
    taken_back = Findings((EPOCH + 1, 0, 0), REGION, answers[-1].source, START, versions=[Version(answers[-1].id, 2, "deleted")])
    told = {row.id: row for row in watched.rows if isinstance(row, AlertRow)}
    (alert, *_) = [row for row in told.values() if row.kind == "urgent" and row.status == "firing"]
    closed = Action("close", "close", REGION, alert.id, str(alert.version), "operator", START, reason="учения")
    acts: list[WatchRecord] = [closed, taken_back]
    last = run_watch(stage, [watch_record(len(records) + place, one) for place, one in enumerate(acts)], 1)
    return Done([*rows, *watched.rows, *last.rows], [], [*found.outgoing, *watched.outgoing, *last.outgoing])


@pytest.fixture(scope="package")
def sent(done: Done) -> list[Outgoing]:
    return done.outgoing

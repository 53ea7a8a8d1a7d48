"""The watch log that the tests of watch share."""

from __future__ import annotations

import pytest

from monitor.log.base import Record
from monitor.model.rows import Row
from sources.simulated.world import World
from tests.crash.region import watch, world
from tests.crash.rows_reader import RowsReader
from tests.crash.stages import ROOMY, Done, run_triage, run_watch, triage
from tests.crash.stream import Stream
from tests.crash.watch_log import watch_log


@pytest.fixture(scope="package")
def region() -> World:
    return world(4)


@pytest.fixture(scope="package")
def records(region: World) -> list[Record]:
    rows: list[Row] = []
    found = run_triage(triage(region, ROOMY), Stream(region, 4).make(), 50, RowsReader(rows), rows)
    return watch_log(region, found.findings, 4)


@pytest.fixture(scope="package")
def one_by_one(region: World, records: list[Record]) -> tuple[Done, bytes]:
    """What watch does with the records one at a time, and its state at the end."""
    stage = watch(region)
    return run_watch(stage, records, 1), stage.dump(region.profile.id)

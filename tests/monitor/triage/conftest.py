"""The pages that the tests of triage share."""

from __future__ import annotations

import pytest

from monitor.log.base import Record
from monitor.model.rows import Row
from sources.simulated.world import World
from tests.crash.region import world
from tests.crash.rows_reader import RowsReader
from tests.crash.stages import Done, run_triage, triage
from tests.crash.stream import Stream


@pytest.fixture(scope="package")
def region() -> World:
    return world(3)


@pytest.fixture(scope="package")
def pages(region: World) -> list[Record]:
    return Stream(region, 3).make()


@pytest.fixture(scope="package")
def one_by_one(region: World, pages: list[Record]) -> Done:
    """What triage does with the pages, one at a time."""
    rows: list[Row] = []
    return run_triage(triage(region), pages, 1, RowsReader(rows), rows)

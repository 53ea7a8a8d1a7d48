"""A slice of the campaign: killed once at every point and at three moments of chance, and nothing shows it afterwards."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from monitor.runtime import faults
from sinks.clickhouse.connect import Target
from tests.crash.child import Order
from tests.crash.harness import Kill, Moment, Result, copy, prepare, run
from tests.crash.verify import differences

SEED = 11
LIFE = 2.0
"""Seconds within which the moments lie: a child lives longer, a fast machine's too."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("crash"), SEED)


@pytest.fixture(scope="module")
def reference(prepared: Path) -> Result:
    """What an undisturbed process leaves."""
    return run(Order(copy(prepared, "undisturbed"), SEED))[0]


def moments(seed: int, count: int) -> list[Kill]:
    chance = random.Random(seed)
    return [Moment(chance.uniform(0.1, LIFE)) for _ in range(count)]


async def test_killed_over_prepared_pages(prepared: Path, reference: Result, clickhouse: Target) -> None:
    points = [point for point in faults.POINTS if point != faults.PAGE_APPENDED]
    kills: list[Kill] = [(point, 1 if point in (faults.SNAPSHOT, faults.WATCH_COMMIT) else 2) for point in points]
    order = Order(copy(prepared, "killed"), SEED)
    result, hit = run(order, [*kills, *moments(1, 3)])
    assert hit[: len(kills)] == kills, "a point was not passed"
    assert len(hit) > len(kills), "no moment hit"
    assert await differences(order, result, clickhouse, reference) == []


async def test_killed_while_crawling(prepared: Path, clickhouse: Target) -> None:
    folder = prepared.parent / "crawled"
    folder.mkdir()
    order = Order(folder, SEED, crawl=True)
    kills: list[Kill] = [(faults.PAGE_APPENDED, 3), (faults.PAGE_APPENDED, 9), (faults.FINDINGS_APPENDED, 1)]
    result, hit = run(order, kills)
    assert hit == kills
    assert await differences(order, result, clickhouse) == []


async def test_a_difference_is_found(prepared: Path, reference: Result, clickhouse: Target) -> None:
    """The comparison can fail: one digit of one figure is enough."""
    order = Order(prepared.parent / "undisturbed", SEED)
    tables = dict(reference["tables"])
    changed = [dict(row) for row in tables["incidents"]]
    changed[0]["members"] += 1
    wrong = {**reference, "tables": {**tables, "incidents": changed}}
    [problem] = await differences(order, wrong, clickhouse)
    assert "members is" in problem

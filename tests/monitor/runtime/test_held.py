"""What can wait waits, no longer than it may, and nothing of it is forgotten."""

from __future__ import annotations

import pytest

from monitor.model.errors import SinkBackpressure
from monitor.model.rows import IncidentEventRow, Row
from monitor.runtime.held import Held
from tests.sinks.examples import appeal


def event(number: int) -> IncidentEventRow:
    return IncidentEventRow(f"e{number}", "kursk", "i1", 1, "", "opened", "", number)


class Stand:
    def __init__(self) -> None:
        self.now = 100.0
        self.held = Held((IncidentEventRow,), 1.0, lambda: self.now)

    def batch(self, number: int, *, at_once: bool = False) -> list[Row]:
        return self.held.pick([event(number), appeal(number)], at_once=at_once)


def test_after_a_pause_all_goes_at_once() -> None:
    stand = Stand()
    assert stand.batch(1) == [event(1), appeal(1)]
    assert not stand.held


def test_under_load_what_can_wait_waits_for_its_turn() -> None:
    stand = Stand()
    stand.batch(1)
    stand.now += 0.4
    assert stand.batch(2) == [appeal(2)]
    stand.now += 0.4
    assert stand.batch(3) == [appeal(3)]
    assert 0.1 < stand.held.due() < 0.3
    stand.now += 0.4
    assert stand.batch(4) == [event(2), event(3), event(4), appeal(4)]
    assert not stand.held


def test_at_once_takes_along_what_was_held() -> None:
    stand = Stand()
    stand.batch(1)
    stand.batch(2)
    assert stand.batch(3, at_once=True) == [event(2), event(3), appeal(3)]


async def test_what_is_not_written_stays_held() -> None:
    stand = Stand()
    stored: list[Row] = []

    async def refuse(rows: list[Row]) -> None:
        raise SinkBackpressure("full")

    async def take(rows: list[Row]) -> None:
        stored.extend(rows)

    stand.batch(1)
    assert not await stand.held.flush(refuse)
    stand.batch(2)
    with pytest.raises(SinkBackpressure):
        await stand.held.flush(refuse)
    assert await stand.held.flush(take)
    assert stored == [event(2)]
    assert not stand.held
    assert stand.held.due() == 1.0

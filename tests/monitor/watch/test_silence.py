"""Sources that nothing is seen of: told once, over when they mend, many at once told of by one alert."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detectors.duplicates import NearDuplicates
from detectors.spikes import Spikes
from monitor.log.base import ALERTS
from monitor.model.rows import AlertRow
from monitor.model.source import Source, SourceClass
from monitor.model.watch import Action, Findings, SourceState, SourceStates, Tick, WatchRecord
from monitor.watch.region import Region
from monitor.watch.settings import Names
from monitor.watch.silence import HOLD
from monitor.watch.stage import Watch
from tests.crash.region import EPOCH, MINUTE, REGION, START, WATCH, profile, use
from tests.crash.stages import Done, run_watch, watch_record


def source(number: int) -> Source:
    weight: SourceClass = "critical" if number == 7 else "ordinary"
    return Source(f"vk:-{number}", "vk", "community", REGION, f"-{number}", f"Подслушано {number}", "grad-1", weight)


def stage(count: int, *, gone: int = 0) -> Watch:
    """Of ``count`` sources without the first ``gone``."""
    sources = [source(number) for number in range(gone, count)]
    region = replace(profile(), sources={one.id: one for one in sources})

    def make() -> Region:
        return Region(region, WATCH, Names(), NearDuplicates(10), Spikes(WATCH.spikes), [one.id for one in sources])

    return Watch(EPOCH, {REGION: make}, {REGION: use(str(gone))})


class Shift:
    """A watch to which things happen, a minute at a time."""

    def __init__(self, count: int = 12) -> None:
        self.stage = stage(count)
        self.now = START
        self.entries: list[WatchRecord] = []
        self.rows: list[AlertRow] = []
        self.told: list[AlertRow] = []
        self.append(use())

    def append(self, entry: WatchRecord) -> list[AlertRow]:
        done = run_watch(self.stage, [watch_record(len(self.entries), entry)], 1)
        self.entries.append(entry)
        rows = [row for row in done.rows if isinstance(row, AlertRow)]
        assert len([one for one in done.outgoing if one.topic == ALERTS]) == len(rows), "to delivery and other systems too"
        self.rows += rows
        return rows

    def states(self, state: str, *numbers: int, error: str = "") -> list[AlertRow]:
        found = [SourceState(f"vk:-{number}", state, self.now, error) for number in numbers]
        return self.append(SourceStates(REGION, self.now, found))

    def wait(self, minutes: int) -> list[AlertRow]:
        rows = []
        for _ in range(minutes):
            self.now += MINUTE
            rows += self.append(Tick(self.now))
        return rows

    def firing(self) -> list[AlertRow]:
        latest = {row.id: row for row in self.rows}
        return [row for row in latest.values() if row.status == "firing"]


@pytest.mark.parametrize("state", HOLD)
def test_one_source_is_told_of_once_and_cleared(state: str) -> None:
    shift = Shift()
    assert shift.states(state, 3, error="стена закрыта.") == []
    hold = HOLD[state] // MINUTE
    assert shift.wait(hold - 1) == []
    rows = shift.wait(1)
    assert [(row.kind, row.subject, row.level, row.status) for row in rows] == [("silent", "vk:-3", "notice", "firing")]
    assert "Подслушано 3" in rows[0].title
    assert "Стена закрыта. " in rows[0].text
    assert (rows[0].territory, rows[0].since) == ("grad-1", START)
    assert shift.states(state, 3) == []
    assert shift.wait(600) == []
    over = shift.states("ok", 3)
    assert [(row.id, row.status) for row in over] == [(rows[0].id, "resolved")]
    assert shift.states("ok", 3) == []
    shift.states(state, 3)
    again = shift.wait(hold)
    assert [row.status for row in again] == ["firing"]
    assert again[0].id != rows[0].id, "another silence is another alert"


def test_who_mends_in_time_is_not_told_of() -> None:
    shift = Shift()
    shift.states("broken", 1)
    shift.wait(14)
    shift.states("ok", 1)
    assert shift.wait(60) == []


def test_a_critical_source_is_urgent() -> None:
    shift = Shift()
    shift.states("gone", 7)
    assert [row.level for row in shift.wait(5)] == ["urgent"]


def test_another_trouble_of_the_same_source_is_no_other_alert() -> None:
    shift = Shift()
    shift.states("unavailable", 3)
    first = shift.wait(30)[0]
    second = shift.states("gone", 3)
    assert [(row.id, row.status) for row in second] == [(first.id, "firing")]
    assert second[0].title != first.title
    assert shift.wait(60) == []


def test_hundreds_at_once_are_one_alert() -> None:
    shift = Shift(400)
    for first in range(0, 400, 40):
        shift.states("unavailable", *range(first, first + 40), error="сеть не отвечает")
        shift.wait(10)
    shift.wait(300)
    assert len({row.id for row in shift.rows}) == 1
    (row,) = shift.firing()
    assert (row.level, row.kind, row.subject) == ("urgent", "silent", REGION)
    assert 200 < row.observed <= 400
    assert "ВКонтакте" in row.text
    assert len(shift.rows) < 12, "it is told anew when it has doubled, not with every source"
    shift.states("ok", *range(398))
    assert shift.firing() != []
    assert {row.subject for row in shift.firing()} == {"vk:-398", "vk:-399"}, "what is left is told of for itself"
    shift.states("ok", 398, 399)
    assert shift.firing() == []


def test_few_that_were_told_of_go_over_into_the_one_of_all() -> None:
    shift = Shift(40)
    for number in range(20, 26):
        shift.states("forbidden", number)
        shift.wait(6)
    assert len(shift.firing()) == 1
    (row,) = shift.firing()
    assert (row.subject, row.observed) == (REGION, 5)
    shift.states("ok", *range(20, 26))
    assert shift.firing() == []


def test_troubles_of_different_days_are_told_of_one_by_one() -> None:
    shift = Shift(40)
    for number in range(20, 30):
        shift.states("gone", number)
        shift.wait(61)
    assert {row.subject for row in shift.firing()} == {f"vk:-{number}" for number in range(20, 30)}


def test_all_of_a_small_region_are_one_alert() -> None:
    shift = Shift(3)
    shift.states("unavailable", 0, 1, 2)
    assert [(row.subject, row.level, row.observed) for row in shift.wait(40)] == [(REGION, "urgent", 3)]


def test_what_is_not_watched_troubles_nobody() -> None:
    shift = Shift(3)
    shift.states("gone", 3, 4)
    assert shift.wait(60) == []


def test_a_source_that_is_watched_no_more_troubles_nobody() -> None:
    shift = Shift()
    shift.states("gone", 0, 1)
    shift.wait(5)
    assert len(shift.firing()) == 2
    other = stage(12, gone=1)
    other.load(REGION, shift.stage.dump(REGION), 0)
    shift.stage = other
    rows = shift.append(use("1"))
    assert [(row.subject, row.status) for row in rows] == [("vk:-0", "resolved")]


def test_people_answer_it_and_growth_keeps_their_answer() -> None:
    shift = Shift(40)
    shift.states("forbidden", *range(10, 15))
    (row,) = shift.wait(5)
    taken = shift.append(Action("a", "claim", REGION, row.id, str(row.version), "anna", shift.now))
    assert [row.claimed_by for row in taken] == ["anna"]
    shift.states("forbidden", *range(15, 20))
    grown = shift.wait(5)
    assert [(row.observed, row.claimed_by, row.answered_by) for row in grown] == [(10, "anna", "anna")]


def happenings() -> list[WatchRecord]:
    """A night: few, many, restarts that tell the same again, findings between."""
    shift = Shift(60)
    for number in range(120):
        picked = [(number * 7 + step * step) % 60 for step in range(number % 9)]
        state = [*HOLD, "ok", "ok", "ok"][number * 5 % (len(HOLD) + 3)]
        shift.states(state, *picked)
        shift.wait(number * 3 % 23)
        shift.append(Findings((1, 0, number + 1), REGION, "vk:-1", shift.now, shift.now))
    assert {row.subject == REGION for row in shift.rows} == {True, False}
    assert {row.status for row in shift.rows} == {"firing", "resolved"}
    return shift.entries


def test_batches_and_snapshots() -> None:
    records = [watch_record(number, entry) for number, entry in enumerate(happenings())]
    first = stage(60)
    alone = run_watch(first, records, 1)
    for size in (7, 1000):
        other = stage(60)
        assert run_watch(other, records, size) == alone
        assert other.dump(REGION) == first.dump(REGION)
    done, going = Done(), stage(60)
    for start in range(0, len(records), 11):
        fresh = stage(60)
        fresh.load(REGION, going.dump(REGION), 0)
        going = fresh
        part = run_watch(going, records[start : start + 11], 5)
        done.rows += part.rows
        done.outgoing += part.outgoing
    assert done == alone

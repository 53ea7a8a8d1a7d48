"""Deadlines that pass: what has one cause is told of as one, until none of it owes an answer any more."""

from __future__ import annotations

from typing import Literal

import pytest

from monitor.model.incident import Appeal, Reply
from monitor.model.rows import AlertRow, IncidentEventRow, IncidentRow, Row
from monitor.model.verdict import Place, Urgency, Verdict
from monitor.model.watch import Action, ActionKind, Findings, Tick, Version, WatchRecord
from sources.simulated.world import World
from tests.crash.region import EPOCH, MINUTE, REGION, START, use, watch
from tests.crash.stages import watch_record

DUE = 30
"""Minutes from an urgent appeal to its deadline; an interim answer gives 15 more."""


class Town:
    """A street whose houses are cold, minute by minute, and what was told of it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.stage = watch(world)
        self.rows: list[Row] = []
        self.alerts: dict[str, AlertRow] = {}
        self.incidents: dict[str, IncidentRow] = {}
        self._offset = self._page = self._minute = 0
        self.take(use())

    def take(self, record: WatchRecord) -> None:
        new = self.stage.process([watch_record(self._offset, record)]).rows
        self._offset += 1
        self.rows += new
        self.alerts |= {row.id: row for row in new if isinstance(row, AlertRow)}
        self.incidents |= {row.id: row for row in new if isinstance(row, IncidentRow)}

    def at(self, minute: int) -> list[AlertRow]:
        """Time passes; returns the alerts of missed deadlines that fire."""
        self._minute = minute
        self.take(Tick(START + minute * MINUTE))
        return [row for row in self.alerts.values() if row.kind == "overdue" and row.status == "firing"]

    def cold(self, house: int, street: str = "мира", theme: str = "housing.heating") -> str:
        """Somebody writes of it; its incident."""
        place = Place("grad-1", "", street, str(house))
        verdict = Verdict("complaint", 900, "housing", theme, [(theme, 900)], place, "b", urgency=Urgency.URGENT)
        name = f"{street}-{house}-{theme}"
        at = START + self._minute * MINUTE
        self._find(appeals=[Appeal(name, f"{street} {house}, {theme}", at, at, "s", "sim", verdict, author=name)])
        return next(one.id for one in self.incidents.values() if one.first_member == name)

    def answer(self, incident: str, quality: Literal["interim", "substantive"]) -> None:
        post = self.incidents[incident].first_member
        self._find(replies=[Reply(f"r{self._page}", post, "Ответ", START + self._minute * MINUTE, "s", quality)])

    def delete(self, incident: str) -> None:
        self._find(versions=[Version(self.incidents[incident].first_member, 2, "deleted", None)])

    def act(self, kind: ActionKind, subject: str, into: str = "") -> None:
        self.take(Action(f"a{self._offset}", kind, REGION, subject, "1", "anna", START + self._minute * MINUTE, into=into))

    def restart(self) -> None:
        state = self.stage.dump(REGION)
        self.stage = watch(self.world)
        self.stage.load(REGION, state, 0)

    def _find(
        self, appeals: list[Appeal] | None = None, replies: list[Reply] | None = None, versions: list[Version] | None = None
    ) -> None:
        self._page += 1
        at = START + self._minute * MINUTE
        found = Findings(
            (EPOCH, 0, self._page), REGION, "s", at, at, 1, appeals=appeals or [], replies=replies or [], versions=versions or []
        )
        self.take(found)


@pytest.mark.parametrize("restarts", [False, True])
def test_one_cause_that_is_late_is_one_alert_which_grows_and_ends_with_the_last(region: World, restarts: bool) -> None:
    town = Town(region)
    houses = []
    for house in range(1, 12):
        town.at(house)
        houses.append(town.cold(house))
    assert {town.incidents[one].parent for one in houses} == {houses[0]}
    assert town.at(DUE) == []
    (first,) = town.at(DUE + 1)
    assert (first.id, first.level, first.sounds) == (f"overdue:{houses[0]}", "notice", 0)
    assert first.title.endswith("ул. Мира, 1, Первый район")
    for minute in range(2, 12):
        if restarts:
            town.restart()
        (row,) = town.at(DUE + minute)
        assert (row.id, row.authors, row.observed, row.sounds) == (first.id, minute, minute, 0)
    assert row.title.endswith("ул. Мира, Первый район (11 адресов)")
    assert "Без ответа 11 инцидентов." in row.text
    late = [event.incident for event in town.rows if isinstance(event, IncidentEventRow) and event.kind == "overdue"]
    assert late == houses
    for house in houses[:-1]:
        if restarts:
            town.restart()
        town.answer(house, "substantive")
        (row,) = town.at(DUE + 12)
        assert (row.id, row.incident) == (first.id, houses[houses.index(house) + 1])
    assert (row.authors, row.title) == (1, row.title.replace(" (11 адресов)", ""))
    town.delete(houses[-1])
    assert town.at(DUE + 13) == []
    assert {one for one in town.alerts if one.startswith("overdue:")} == {first.id}
    town.restart()
    town.answer(town.cold(1), "interim")
    assert town.at(DUE + 14) == []


def test_what_has_another_cause_is_told_of_apart(region: World) -> None:
    town = Town(region)
    houses = [town.cold(house) for house in (1, 2, 3)]
    other = town.cold(5, "лесная")
    assert {row.id for row in town.at(DUE)} == {f"overdue:{houses[0]}", f"overdue:{other}"}


def test_a_promise_that_is_broken_to_many_houses_sounds_once(region: World) -> None:
    town = Town(region)
    houses = [town.cold(house) for house in (1, 2, 3, 4)]
    town.at(DUE - 5)
    for house in houses[:3]:
        town.answer(house, "interim")
    (silent,) = town.at(DUE)
    assert (silent.level, silent.sounds, silent.incident) == ("notice", 0, houses[3])
    town.restart()
    (loud,) = town.at(DUE + 10)
    assert (loud.id, loud.level, loud.sounds, loud.why) == (silent.id, "urgent", 1, "promise")
    assert loud.text.startswith("Обещали до ")
    # Another promise, and it is broken too.
    town.at(DUE + 45)
    town.answer(houses[0], "interim")
    assert [row.incident for row in town.at(DUE + 46)] == [houses[3]]
    (again,) = town.at(DUE + 75)
    assert (again.id, again.sounds, again.why) == (silent.id, 2, "promise")


def test_a_house_that_a_person_takes_out_of_its_cause_is_told_of_with_it_still(region: World) -> None:
    town = Town(region)
    houses = [town.cold(house) for house in (1, 2, 3)]
    town.at(DUE)
    town.act("apart", houses[0])
    town.restart()
    (row,) = town.at(DUE + 1)
    assert (row.id, row.authors) == (f"overdue:{houses[0]}", 3)
    for house in houses:
        assert town.at(DUE + 1)
        town.answer(house, "substantive")
    assert town.at(DUE + 2) == []


def test_an_alert_that_was_closed_begins_anew_with_the_next_house(region: World) -> None:
    town = Town(region)
    houses = [town.cold(house) for house in (1, 2)]
    town.at(5)
    houses.append(town.cold(3))
    (row,) = town.at(DUE)
    town.take(Action("close", "close", REGION, row.id, str(row.version), "anna", START, reason="знаем"))
    assert town.at(DUE + 1) == []
    (row,) = town.at(DUE + 5)
    assert (row.authors, row.sounds) == (3, 0)

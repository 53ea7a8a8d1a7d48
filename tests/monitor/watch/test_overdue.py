"""Deadlines that pass: what has one cause is told of as one, until none of it owes an answer any more."""

from __future__ import annotations

import pytest

from monitor.model.plain import pack, unpack
from monitor.model.rows import AlertRow, IncidentEventRow
from monitor.model.verdict import Urgency
from monitor.model.watch import Action
from monitor.watch.overdue import MANY
from sources.simulated.world import World
from tests.crash.region import MINUTE, REGION, START, watch
from tests.monitor.watch.town import DUE, Town


@pytest.mark.parametrize("restarts", [False, True])
def test_one_cause_that_is_late_is_one_alert_which_grows_and_ends_with_the_last(region: World, restarts: bool) -> None:
    town = Town(region)
    houses = []
    for number in range(1, 12):
        town.at(number)
        houses.append(town.cold(number))
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
    assert loud.text.startswith("Обещали до 17:40, ответа по существу нет.")
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


def test_a_snapshot_of_before_has_an_alert_for_each_house(region: World) -> None:
    town = Town(region)
    houses = [town.cold(house) for house in (1, 2, 3)]
    town.at(DUE)
    version, state = unpack(town.stage.dump(REGION))
    del state["casework"]["overdue"]
    town.stage = watch(region)
    town.stage.load(REGION, pack([version, state]), 0)
    town.answer(houses[1], "substantive")
    (row,) = town.at(DUE + 1)
    town.answer(houses[0], "substantive")
    assert town.at(DUE + 2) == []
    assert town.alerts[row.id].status == "resolved"


def test_many_late_answers_are_one_silent_alert_until_the_last_is_given(region: World) -> None:
    town = Town(region)
    early = [town.cold(number, f"улица {number}", "roads.holes") for number in range(1, MANY)]
    # Few are told of one by one, and one of them is somebody's work.
    told = town.at(DUE)
    assert {row.id for row in told} == {f"overdue:{home}" for home in early}
    town.act("claim", told[0].id, version=told[0].version)
    for number in (7, 8):
        town.at(DUE + number)
        early.append(town.cold(number, f"улица {number}", "roads.holes"))
    town.restart()
    two = town.at(2 * DUE + 8)
    assert {row.id for row in two if row.claimed_by} == {told[0].id}
    (many,) = [row for row in two if not row.claimed_by]
    assert (many.kind, many.level, many.sounds, many.incident) == ("overdue", "notice", 0, "")
    assert many.observed == MANY
    assert many.title.startswith("Просрочены ответы: 5 инцидентов")
    over = [row for row in town.alerts.values() if row.kind == "overdue" and row.status == "resolved"]
    assert {row.id for row in over} == {row.id for row in told[1:]}
    for number, home in enumerate(early[1:], 1):
        assert [row.id for row in town.at(2 * DUE + 10 + number) if not row.claimed_by] == [many.id]
        town.answer(home, "substantive")
        town.restart()
    assert [row.id for row in town.at(2 * DUE + 30)] == [told[0].id]


def test_a_broken_promise_is_told_apart_from_the_many(region: World) -> None:
    town = Town(region)
    homes = [town.cold(number, f"улица {number}", "roads.holes") for number in range(1, MANY + 2)]
    town.at(DUE - 5)
    town.answer(homes[0], "interim")
    (many,) = town.at(DUE)
    assert (many.observed, many.sounds) == (MANY, 0)
    loud = [row for row in town.at(DUE + 20) if row.id != many.id]
    assert [(row.incident, row.sounds, row.why) for row in loud] == [(homes[0], 1, "promise")]


def test_the_figures_of_the_many_are_told_once_a_minute_and_a_closed_alert_when_they_have_doubled(region: World) -> None:
    town = Town(region)
    for number in range(1, 4 * MANY):
        town.minute = (number - 1) // MANY
        town.cold(number, f"улица {number}", "roads.holes")
    (many,) = town.at(DUE)
    seen = len(town.rows)
    town.take(Action("close", "close", REGION, many.id, str(many.version), "anna", START, reason="знаем"))
    assert town.at(DUE + 1) == []
    (again,) = town.at(DUE + 2)
    assert (again.id, again.observed, again.sounds) == (many.id, 3 * MANY, 0)
    assert len([row for row in town.rows[seen:] if isinstance(row, AlertRow) and row.id == many.id]) <= 4


def test_a_mild_complaint_that_is_late_is_told_of_neither_with_its_cause_nor_with_the_many(region: World) -> None:
    town = Town(region)
    houses = [town.cold(number) for number in (1, 2, 3)]
    mild = town.cold(4, urgency=Urgency.RAISED)
    assert town.incidents[mild].parent == houses[0]
    town.at(1)
    for number in range(MANY):
        town.cold(number, f"улица {number}", "roads.holes")
    (cause,) = town.at(DUE)
    town.act("claim", cause.id, version=cause.version)
    assert {row.incident for row in town.at(DUE + 1)} == {houses[0], ""}
    late = town.incidents[mild].deadline
    town.at(1 + (late - START) // MINUTE)
    town.cold(4, urgency=Urgency.RAISED, who="another")
    assert {row.incident for row in town.at(town.minute + 1)} == {houses[0], ""}

"""Parents that turn out to be one: one alert is left, which tells of all that both told of, and nothing is lost or doubled."""

from __future__ import annotations

import pytest

from monitor.model.rows import AlertRow
from monitor.model.verdict import Urgency
from monitor.model.watch import Action
from sources.simulated.world import World
from tests.crash.region import REGION, START
from tests.monitor.watch.town import Town

LAMPS = "landscaping.lighting"


def dark(town: Town, street: str, houses: range) -> list[str]:
    """Houses of a street without light outside, one a minute. They are no network that fails as a whole: each is a danger."""
    names = []
    for house in houses:
        town.at(town.minute + 1)
        names.append(town.cold(house, street, LAMPS, Urgency.DANGER))
    return names


def told(town: Town) -> list[AlertRow]:
    return [row for row in town.alerts.values() if row.kind == "urgent" and row.status == "firing"]


@pytest.mark.parametrize("restarts", [False, True])
def test_two_parents_that_become_one_have_one_alert_with_all_of_their_members(region: World, restarts: bool) -> None:
    town = Town(region)
    first = dark(town, "мира", range(1, 3))
    assert [row.title.count("адрес") for row in told(town)] == [0, 0]
    first += dark(town, "мира", range(3, 4))
    (one,) = told(town)
    assert (one.id, one.authors) == (f"urgent:{first[0]}", 3)
    second = dark(town, "лесная", range(1, 5))
    one, two = told(town)
    assert (two.id, two.authors, two.observed) == (f"urgent:{second[0]}", 4, 4)
    town.take(Action("claim", "claim", REGION, two.id, str(two.version), "anna", START))
    if restarts:
        town.restart()
    third = dark(town, "садовая", range(1, 3))
    assert {town.incidents[name].parent for name in (*first, *second, *third)} == {first[0]}
    (all_of_it,) = told(town)
    assert (all_of_it.id, all_of_it.authors, all_of_it.observed, all_of_it.claimed_by) == (one.id, 9, 9, "anna")
    assert all_of_it.title.endswith("(9 адресов)")
    assert all_of_it.sounds == one.sounds
    assert town.alerts[two.id].status == "resolved"
    causes = town.stage.regions[REGION]._alerts._causes
    assert set(causes._alert) == {*first, *second, *third}
    assert set(causes._alert.values()) == {one.id}
    # A person says that one house has another cause: it is told of where people know it, and its parent holds the others.
    town.act("apart", second[0])
    assert town.incidents[second[0]].parent == ""
    if restarts:
        town.restart()
    town.cold(1, "лесная", LAMPS, Urgency.DANGER)
    (after,) = told(town)
    assert (after.id, after.authors) == (one.id, 9)
    assert {town.incidents[name].parent for name in (*first, *second[1:], *third)} == {first[0]}
    for name in (*first, *second, *third):
        assert told(town)
        town.delete(name)
    assert told(town) == []


def test_what_is_told_of_does_not_go_into_an_alert_that_a_person_has_closed(region: World) -> None:
    town = Town(region)
    first, second = dark(town, "мира", range(1, 5)), dark(town, "лесная", range(1, 5))
    one, two = told(town)
    town.take(Action("close", "close", REGION, one.id, str(one.version), "anna", START, reason="знаем"))
    dark(town, "садовая", range(1, 2))
    assert {town.incidents[name].parent for name in (*first, *second)} == {first[0]}
    assert two.id in {row.id for row in told(town)}


def test_parents_that_are_late_when_they_become_one_are_told_of_as_one(region: World) -> None:
    town = Town(region)
    dark(town, "мира", range(1, 5))
    dark(town, "лесная", range(1, 5))
    one, two = town.at(24)
    dark(town, "садовая", range(1, 2))
    town.restart()
    (both,) = town.at(26)
    assert (both.id, both.observed, both.sounds) == (one.id, 8, 0)
    assert town.alerts[two.id].status == "resolved"
    (all_of_it,) = town.at(40)
    assert (all_of_it.id, all_of_it.observed) == (one.id, 9)

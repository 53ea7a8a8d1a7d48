"""One cause, one alert: incidents and spikes that tell of the same, and those that do not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.monitor.watch.desk import COLD, HOUR, PROFILE, TOWNS, Desk, appeal, incident, spike

STREET: dict[str, Any] = {"street": "мира", "territory": TOWNS[0]}


def test_one_burst_main_is_one_alert_with_its_addresses() -> None:
    desk = Desk()
    desk.told(incident(1, theme="housing.cold_water", street="мира"), "a0")
    for number in range(2, 13):
        desk.danger(incident(number, house=str(number), street="мира"), f"a{number}")
        desk.again()
    assert desk.danger(incident(2, 2, house="2", street="мира"), "a2") is None
    row = desk.alerts.get("urgent:i1")
    assert row is not None
    assert (row.authors, row.sounds, row.level, row.theme, row.body) == (10, 2, "flash", "housing.heating", "teplo")
    assert "адресов" in row.title
    # Eleven of them are over, one is left: so is the alert.
    assert [one for number in range(1, 12) for one in desk.alerts.over(f"i{number}", 5, 90)] == []
    assert [one.status for one in desk.alerts.over("i12", 5, 91)] == ["resolved"]


@pytest.mark.parametrize(
    "other",
    [
        {"territory": TOWNS[1], "street": "мира"},
        {"theme": "housing.other", "street": "мира"},
        {"theme": "housing.cold_water", "street": "победы"},
        {"group": "safety", "theme": "safety.fire", "street": "мира"},
    ],
)
def test_another_danger_is_another_alert(other: dict[str, Any]) -> None:
    desk = Desk()
    desk.told(incident(1, **STREET))
    assert desk.told(incident(2, **(STREET | other))) == ("urgent", 1, "fired")


def test_hours_later_it_is_another_cause() -> None:
    desk = Desk()
    desk.told(incident(1, **STREET))
    desk.at += 7 * HOUR
    assert desk.told(incident(2, **STREET)) == ("urgent", 1, "fired")


def test_a_spike_joins_the_alert_of_the_incident_that_makes_it() -> None:
    desk = Desk()
    desk.told(incident(authors=5))
    desk.again()
    row, louder = spike(desk, TOWNS[0], "housing", "notice", COLD)
    assert (row.id, row.kind, row.level, row.sounds, louder) == ("urgent:i1", "urgent", "urgent", 1, False)
    assert (row.subject, row.incident, row.authors) == (f"{TOWNS[0]}|group|housing", "i1", 5)
    assert "Всплеск" in row.text
    desk.again()
    row, louder = spike(desk, TOWNS[0], "housing", "flash", COLD)
    assert (row.id, row.level, row.sounds, row.why, louder) == ("urgent:i1", "flash", 2, "level", True)
    # It grows on, silently, and tells of both.
    assert desk.told(incident(authors=12)) == ("flash", 2, "level")
    assert desk.alerts.calm(f"{TOWNS[0]}|group|housing", 2 * HOUR, 90) is None
    (ended,) = desk.alerts.over("i1", 2 * HOUR, 91)
    assert (ended.status, ended.level) == ("resolved", "flash")


def test_an_incident_joins_the_alert_of_the_spike_that_tells_of_it() -> None:
    desk = Desk()
    first, louder = spike(desk, TOWNS[0], "housing", "notice", COLD)
    assert (first.kind, first.sounds, louder) == ("spike", 0, True)
    desk.again()
    assert desk.told(incident(urgency=3)) == ("urgent", 1, "level")
    desk.again()
    row = desk.alerts.get(first.id)
    assert row is not None
    assert (row.kind, row.subject, row.incident, row.authors, row.observed) == ("spike", first.subject, "i1", 22, 22)
    assert row.title.startswith("Опасно: housing.heating")
    # The incident was none: what is left is the spike, and then nothing.
    (left,) = desk.alerts.over("i1", 2 * HOUR, 90)
    assert (left.status, left.incident, left.title) == ("firing", "", first.title)
    ended = desk.alerts.calm(first.subject, 3 * HOUR, 91)
    assert ended is not None
    assert ended.status == "resolved"


@pytest.mark.parametrize(
    ("row", "where", "group", "themes", "incidents"),
    [
        ({"theme": "energy.gas"}, TOWNS[0], "housing", COLD, {}),
        ({"theme": "energy.gas", "group": "energy"}, TOWNS[0], "energy", {"energy.outage": 20, "energy.gas": 1}, {"i1": 1, "i2": 20}),
        ({}, TOWNS[1], "housing", COLD, {}),
        ({}, TOWNS[0], "housing", {"housing.lift": 20, "housing.heating": 2}, {}),
        ({}, TOWNS[0], "roads", {"roads.potholes": 9}, {}),
        ({"theme": "safety.fire", "group": "safety"}, TOWNS[0], "safety", {"safety.fire": 9}, {"i2": 9}),
    ],
)
def test_another_cause_in_the_same_place_is_another_alert(
    row: dict[str, Any], where: str, group: str, themes: dict[str, int], incidents: dict[str, int]
) -> None:
    """Whichever comes first."""
    desk = Desk()
    assert desk.told(incident(**row)) == ("urgent", 1, "fired")
    found, louder = spike(desk, where, group, "flash", themes, incidents=incidents)
    assert (found.kind, found.incident, found.sounds, louder) == ("spike", "", 1, True)
    desk = Desk()
    spike(desk, where, group, "flash", themes, incidents=incidents)
    assert desk.told(incident(**row)) == ("urgent", 1, "fired")


def test_an_incident_that_a_good_part_of_the_spike_is_of_is_its_cause() -> None:
    fire = incident(theme="safety.fire", group="safety")
    desk = Desk()
    desk.told(fire)
    row, louder = spike(desk, TOWNS[0], "safety", "flash", {"safety.fire": 9}, incidents={"i1": 5, "i2": 4})
    assert (row.id, row.level, louder) == ("urgent:i1", "flash", True)
    desk = Desk()
    first, _ = spike(desk, TOWNS[0], "safety", "flash", {"safety.fire": 9}, incidents={"i1": 5, "i2": 4})
    told = desk.danger(fire)
    assert told is not None
    assert (told.id, told.sounds) == (first.id, 1)


def test_a_spike_of_hours_later_is_another_one() -> None:
    desk = Desk()
    desk.told(incident(authors=5))
    desk.at += 7 * HOUR
    row, louder = spike(desk, TOWNS[0], "housing", "urgent", COLD)
    assert (row.kind, row.sounds, louder) == ("spike", 1, True)


def test_the_same_failure_in_another_group_is_no_second_alert() -> None:
    """Of a town without light some write to the energy company, others to the house's."""
    desk = Desk()
    first, _ = spike(desk, TOWNS[0], "energy", "urgent", {"energy.outage": 9})
    desk.again()
    second, louder = spike(desk, TOWNS[0], "housing", "urgent", {"housing.electricity": 8, "housing.lift": 1})
    assert (second.id, second.subject, second.sounds, louder) == (first.id, first.subject, 1, False)
    assert desk.alerts.calm(first.subject, 2 * HOUR, 90) is None
    ended = desk.alerts.calm(f"{TOWNS[0]}|group|housing", 2 * HOUR, 91)
    assert ended is not None
    assert ended.id == first.id


def test_incidents_that_turn_out_to_have_one_parent_have_one_alert() -> None:
    desk = Desk()
    lamps: dict[str, Any] = {"group": "landscaping", "theme": "landscaping.lighting"}
    desk.told(incident(1, street="мира", **lamps), "a")
    desk.told(incident(2, street="победы", **lamps), "b")
    desk.again()
    desk.told(incident(1, 2, street="мира", parent="i1", **lamps), "c")
    desk.version += 1
    ended, row = desk.alerts.danger(
        incident(2, 2, street="победы", parent="i1", **lamps), 2, desk.at, "темно", desk.version, appeal("d")
    )
    assert (ended.id, ended.status) == ("urgent:i2", "resolved")
    assert (row.id, row.status, row.authors) == ("urgent:i1", "firing", 4)


def test_scattered_houses_of_a_large_town_are_one_alert_and_no_catastrophe() -> None:
    large = next(one.parent for one in PROFILE.territories.values() if one.kind == "district")
    desk = Desk()
    for number in range(1, 15):
        desk.danger(incident(number, street=f"улица {number}", territory=large), f"a{number}", territory=large)
    row = desk.alerts.get("urgent:i1")
    assert row is not None
    assert (row.level, row.authors, row.sounds) == ("urgent", 10, 1)


def test_a_blackout_of_the_region_is_one_alert_and_a_danger_beside_a_snowfall_another() -> None:
    desk = Desk()
    first, _ = spike(desk, "samara", "energy", "urgent", {"energy.outage": 40}, wide=True)
    dark: dict[str, Any] = {"group": "energy", "theme": "energy.outage"}
    for number, town in enumerate(TOWNS[:3]):
        desk.danger(incident(number, territory=town, urgency=3, **dark), f"a{number}", territory=town)
        desk.again()
    row = desk.alerts.get(first.id)
    assert row is not None
    assert (row.level, row.sounds, row.title, row.territory, row.incident) == ("urgent", 1, first.title, "samara", "i0")
    desk = Desk()
    desk.told(incident(theme="roads.snow", group="roads"))
    snow, louder = spike(desk, "samara", "roads", "notice", {"roads.snow": 40}, incidents={"i1": 20}, wide=True)
    assert (snow.kind, snow.incident, louder) == ("spike", "", True)
    assert desk.told(incident(2, theme="roads.snow", group="roads", territory=TOWNS[1])) == ("urgent", 1, "fired")

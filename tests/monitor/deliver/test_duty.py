"""Whom the directory names: level, group, territory, hour; quiet hours with an exception for danger; who comes after whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.deliver.duty import Duty, Turn
from monitor.deliver.escalation import Escalations
from monitor.deliver.planner import Planner
from monitor.outgoing.read import read
from monitor.outgoing.shapes import AlertData
from monitor.profile.duty import Role, Span
from monitor.profile.load import load_profile
from tests.monitor.deliver.alerts import NOW, alert, destinations, event, planned

PROFILE = load_profile("samara")
CITY = next(one.id for one in PROFILE.territories.values() if one.kind == "municipality")
DISTRICT = next(one for one in PROFILE.territories.values() if one.kind == "district")
NIGHT = Role("night", "", ("night",), hours=Span(20 * 60, 8 * 60), weekdays=frozenset({0}))
MINUTE = 60_000


def data(level: str = "urgent", territory: str = CITY, group: str = "housing", **changes: object) -> AlertData:
    told = read("alerts", event(alert(1, level, territory=territory, group=group))).data
    assert isinstance(told, AlertData)
    for name, value in changes.items():
        setattr(told, name, value)
    return told


def at(day: int, hour: int, minute: int = 0) -> int:
    """A time of a day in January 2026 in Samara, which is four hours ahead; the 19th is a Monday."""
    return int(datetime(2026, 1, day, hour, minute, tzinfo=UTC).timestamp() * 1000) - 4 * 60 * MINUTE


def directory(*roles: Role) -> Duty:
    return Duty(replace(PROFILE, duty=roles))


def test_a_role_is_told_of_its_territories_groups_and_levels() -> None:
    roles = (
        Role("city", "", ("city",), territories=frozenset({DISTRICT.parent})),
        Role("roads", "", ("roads",), groups=frozenset({"roads"})),
        Role("all", "", ("all", "city"), level="flash"),
    )
    duty = directory(*roles)
    assert duty.people(data(territory=DISTRICT.id), NOW) == ["city"]
    assert duty.people(data(territory=DISTRICT.parent, group="roads"), NOW) == ["city", "roads"]
    assert duty.people(data("flash", territory=DISTRICT.id), NOW) == ["city", "all"]
    # Nobody is there for it: all who want to hear of this level are told, but not of a trifle.
    assert duty.people(data(territory="samara", group="housing"), NOW) == ["city", "roads"]
    assert duty.people(data("notice", territory="samara"), NOW) == []


@pytest.mark.parametrize(
    ("when", "works"),
    [(at(19, 19, 59), False), (at(19, 20), True), (at(20, 3), True), (at(20, 8), False), (at(20, 21), False), (at(19, 3), False)],
)
def test_a_shift_over_midnight_is_that_of_the_day_it_began(when: int, works: bool) -> None:
    duty = directory(NIGHT, Role("day", "", ("day",)))
    assert ("night" in duty.people(data(), when)) == works


def test_quiet_hours_have_no_sound_except_for_danger() -> None:
    duty = directory(Role("desk", "", ("chat", "phone"), quiet=Span(22 * 60, 7 * 60), deputy=("deputy",)))
    night, day = at(19, 23), at(20, 9)
    assert [duty.quiet("chat", data(), when) for when in (night, day)] == [True, False]
    assert not duty.quiet("chat", data("flash"), night)
    assert duty.turns(data(), night) == []
    assert duty.turns(data("flash"), night) == duty.turns(data(), day) == [Turn(10 * MINUTE, ("deputy",))]
    planner = Planner(destinations(chat="telegram", phone="sms"), {"samara": duty}, {})
    assert [one.destination for one in planned(planner, alert(1), night)] == ["chat"]
    assert [one.destination for one in planned(planner, alert(2, "flash"), night)] == ["chat", "phone"]


def follow(escalations: Escalations, told: AlertData, what: str, version: int, when: int) -> None:
    escalations.follow(told, what, "{}", version, when)  # type: ignore[arg-type]


def minutes(escalations: Escalations, until: int = 60) -> list[tuple[int, str]]:
    """Who is told in which minute."""
    return [(minute, one.destination) for minute in range(until) for one in escalations.due(NOW + minute * MINUTE)]


KNOWN = destinations(desk="telegram", deputy="telegram", head="email")
ROLE = Role("desk", "", ("desk",), deputy=("deputy",), deputy_minutes=5, head=("head",), head_minutes=10)


def test_deputy_then_head() -> None:
    escalations = Escalations(KNOWN, {"samara": directory(ROLE)})
    follow(escalations, data(), "fired", 1, NOW)
    follow(escalations, data(), "changed", 2, NOW + MINUTE)
    assert minutes(escalations) == [(5, "deputy"), (10, "head")]
    assert minutes(escalations) == []


def test_an_answer_or_an_end_stops_it() -> None:
    for changes in ({"answered_by": "anna"}, {"status": "resolved"}):
        escalations = Escalations(KNOWN, {"samara": directory(ROLE)})
        follow(escalations, data(), "fired", 1, NOW)
        assert minutes(escalations, 7) == [(5, "deputy")]
        follow(escalations, data(**changes), "changed", 2, NOW + 7 * MINUTE)
        assert minutes(escalations) == []


def test_a_rising_level_begins_anew_and_once() -> None:
    escalations = Escalations(KNOWN, {"samara": directory(ROLE)})
    follow(escalations, data(), "fired", 1, NOW)
    follow(escalations, data("flash"), "louder", 2, NOW + 3 * MINUTE)
    assert minutes(escalations) == [(8, "deputy"), (13, "head")]


def test_a_new_process_tells_nobody_twice() -> None:
    first = Escalations(KNOWN, {"samara": directory(ROLE)})
    follow(first, data(), "fired", 1, NOW)
    told = [one.id for one in first.due(NOW + 5 * MINUTE)]
    second = Escalations(KNOWN, {"samara": directory(ROLE)}, told)
    follow(second, data(), "fired", 1, NOW)
    assert minutes(second) == [(10, "head")]


BODY = Role(
    "teplo", "", ("hook", "mail"), bodies=frozenset({"uk"}), deputy=("chief",), deputy_minutes=5, head=("boss",), head_minutes=10
)
AT_THE_BODY = destinations(desk="telegram", system="webhook", hook="webhook", mail="email", chief="telegram", boss="max")


def test_a_body_is_told_of_its_tasks_and_broken_promises_and_of_nothing_else() -> None:
    duty = directory(ROLE, BODY)
    planner = Planner(AT_THE_BODY, {"samara": duty}, {})
    steps: list[dict[str, Any]] = [{}, {"tasked_at": NOW}, {"tasked_at": NOW, "taken_by": "chief"}]
    told = [
        {one.destination: one.kind for one in planned(planner, alert(1, version=version, **changes))}
        for version, changes in enumerate(steps, 1)
    ]
    assert told[0] == {"system": "alert", "desk": "alert"}
    assert told[1] == {"system": "alert", "hook": "task", "mail": "task"}
    assert told[2] == {"system": "alert"}
    promise = alert(2, kind="overdue", why="promise", version=9)
    assert {one.destination for one in planned(planner, promise)} == {"system", "desk", "hook", "mail"}
    other = alert(3, tasked_at=NOW, body="other", version=10)
    assert {one.destination for one in planned(planner, other)} == {"system", "desk"}


def test_a_task_that_nobody_takes_goes_to_the_deputy_and_the_head_of_the_body() -> None:
    duty = directory(ROLE, BODY)
    for taken, expected in (("", [(5, "chief"), (10, "boss")]), ("chief", [(5, "chief")])):
        escalations = Escalations(AT_THE_BODY, {"samara": duty})
        task = data(body="uk", tasked_at=NOW, answered_by="anna")
        follow(escalations, task, "task", 2, NOW)
        follow(escalations, data(body="uk", tasked_at=NOW, answered_by="anna", authors=9), "changed", 3, NOW + MINUTE)
        found = minutes(escalations, 7)
        follow(escalations, data(body="uk", tasked_at=NOW, answered_by="anna", taken_by=taken), "changed", 4, NOW + 7 * MINUTE)
        assert found + minutes(escalations) == expected

"""What is told to whom: once a level, to people what is new, to systems everything."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.deliver import planner as planner_module
from monitor.deliver.planner import Planner, Told
from tests.monitor.deliver.alerts import alert, destinations, planned

EVERYBODY = destinations(chat="telegram", phone="sms", system="webhook")


def told(planner: Planner, number: int, level: str, status: str = "firing", version: int = 0) -> list[tuple[str, str]]:
    row = alert(number, level, status, version=alert(number).version + version)
    return [(message.destination, message.event) for message in planned(planner, row)]


def test_the_life_of_an_alert() -> None:
    planner = Planner(EVERYBODY, {}, {})
    assert told(planner, 1, "urgent") == [("system", "fired"), ("chat", "fired"), ("phone", "fired")]
    assert told(planner, 1, "urgent", version=1) == [("system", "changed")]
    assert told(planner, 1, "flash", version=2) == [("system", "louder"), ("chat", "louder"), ("phone", "louder")]
    assert told(planner, 1, "flash", "resolved", version=3) == [("system", "resolved"), ("chat", "resolved")]
    assert told(planner, 1, "urgent", version=4) == [("system", "reopened"), ("chat", "reopened"), ("phone", "reopened")]


def test_ids_are_of_the_event_and_the_destination_and_nothing_else() -> None:
    first, again = (planned(Planner(EVERYBODY, {}, {}), alert(1), now) for now in (1, 2))
    assert [message.id for message in first] == [message.id for message in again]
    assert len({message.id for message in first} | {one.id for one in planned(Planner(EVERYBODY, {}, {}), alert(2))}) == 6
    assert all("." not in message.id and len(message.id) < 64 for message in first)


def test_a_destination_has_a_lowest_level() -> None:
    from dataclasses import replace

    chat = replace(EVERYBODY["chat"], level="flash")
    planner = Planner({"chat": chat}, {}, {})
    assert told(planner, 1, "urgent") == []
    assert told(planner, 1, "flash", version=1) == [("chat", "louder")]


def test_what_was_told_before_the_start_counts() -> None:
    planner = Planner(EVERYBODY, {}, {("samara", alert(1).id): Told("urgent", over=False)})
    assert told(planner, 1, "urgent") == [("system", "changed")]


def test_what_watch_repeats_after_a_crash_is_known() -> None:
    planner = Planner(EVERYBODY, {}, {})
    steps: list[dict[str, Any]] = [{}, {"answered_by": "anna"}, {"sounds": 2, "why": "facility", "answered_by": ""}]
    for version, changes in enumerate(steps, 1):
        assert planned(planner, alert(1, version=version, **changes))
    for version, changes in enumerate(steps, 1):
        assert planned(planner, alert(1, version=version, **changes)) == []


def test_a_sound_for_something_new_is_told_to_people_and_growth_is_not() -> None:
    planner = Planner(EVERYBODY, {}, {})
    steps: list[tuple[dict[str, Any], str]] = [
        ({}, "fired"), ({"authors": 9}, "changed"), ({"sounds": 2, "why": "territory"}, "wider"),
        ({"sounds": 3, "why": "again"}, "reminded"), ({"sounds": 3, "tasked_at": 5, "answered_by": "anna"}, "task"),
    ]  # fmt: skip
    for version, (changes, event) in enumerate(steps, 1):
        messages = planned(planner, alert(1, version=version, **changes))
        assert {message.event for message in messages} == {event}
        assert ("chat" in {message.destination for message in messages}) == (event not in ("changed", "task"))


def test_what_is_remembered_is_bounded_and_what_goes_on_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner_module, "KNOWN", 20)
    known: dict[tuple[str, str], Told] = {}
    planner = Planner(EVERYBODY, {}, known)
    told(planner, 1, "urgent")
    for number in range(2, 200):
        told(planner, number, "urgent", version=2 * number)
        told(planner, number, "urgent", "resolved", version=2 * number + 1)
    assert len(known) <= 21
    assert told(planner, 1, "urgent", version=1000) == [("system", "changed")]
    assert told(planner, 199, "urgent", version=1000) == [("system", "reopened"), ("chat", "reopened"), ("phone", "reopened")]


def test_what_is_remembered_is_bounded_though_all_fire(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner_module, "KNOWN", 20)
    known = {("samara", alert(number).id): Told("urgent", over=False, version=1) for number in range(30)}
    planner = Planner(EVERYBODY, {}, known)
    for number in range(30, 60):
        planned(planner, alert(number, version=2))
        assert len(known) == 20
    # Those told of longest ago are gone; the others are still known.
    assert [message.event for message in planned(planner, alert(59, authors=9, version=3))] == ["changed"]
    assert {message.event for message in planned(planner, alert(1, version=3))} == {"fired"}

"""Incidents that people close by hand and open again, what is told of them since, and what opens one by itself."""

from __future__ import annotations

import orjson
import pytest

from monitor.model.rows import AlertRow, IncidentEventRow
from monitor.model.verdict import Urgency
from sources.simulated.world import World
from tests.monitor.watch.town import DUE, Town

GAS = "energy.gas"


class Desk:
    """A town with an incident of one voice about gas, of which an alert tells."""

    def __init__(self, region: World) -> None:
        self.town = Town(region)
        self.incident = self.write()
        self.minute = 0

    def write(self, who: str = "", urgency: Urgency = Urgency.DANGER) -> str:
        return self.town.cold(5, theme=GAS, urgency=urgency, who=who)

    def act(self, kind: str, reason: str = "") -> str:
        """The conflict; empty: it was done."""
        self.pass_time()
        self.town.act("resolve" if kind == "resolve" else "reopen", self.incident, reason=reason)
        event = next(row for row in reversed(self.town.rows) if isinstance(row, IncidentEventRow) and row.kind == "action")
        self.detail = orjson.loads(event.detail)
        assert (event.incident, event.actor, self.detail["accepted"]) == (self.incident, "anna", not self.detail["conflict"])
        return str(self.detail["conflict"])

    def pass_time(self) -> None:
        self.minute += 1
        self.town.at(self.minute)

    def status(self) -> str:
        return self.town.incidents[self.incident].status

    def alert(self) -> AlertRow:
        (row,) = [row for row in self.town.alerts.values() if row.kind == "urgent"]
        return row

    def history(self) -> list[str]:
        events = [row for row in self.town.rows if isinstance(row, IncidentEventRow) and row.incident == self.incident]
        return [row.kind for row in events]


@pytest.fixture(params=[False, True], ids=["one process", "restarts"])
def desk(region: World, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(region)
    if request.param:
        take = made.town.take

        def again(record: object) -> None:
            made.town.restart()
            take(record)  # type: ignore[arg-type]

        monkeypatch.setattr(made.town, "take", again)
    return made


def test_a_closed_incident_is_over_with_its_alert_and_opened_again_as_if_nothing_had_been(desk: Desk) -> None:
    assert (desk.status(), desk.alert().status, desk.alert().sounds) == ("open", "firing", 1)
    assert desk.act("reopen") == "open"
    assert desk.act("resolve") == "no_reason"
    assert desk.act("resolve", "устранено, проверил газовик") == ""
    assert desk.detail["reason"] == "устранено, проверил газовик"
    assert (desk.status(), desk.alert().status) == ("closed", "resolved")
    assert desk.alert().note == "Инцидент закрыл anna: устранено, проверил газовик"
    assert desk.act("resolve", "ещё раз") == "closed"
    assert desk.act("reopen") == ""
    assert (desk.status(), desk.alert().status, desk.alert().sounds, desk.alert().note) == ("open", "firing", 1, "")


def test_a_closed_incident_owes_no_answer(desk: Desk) -> None:
    desk.act("resolve", "устранено")
    assert desk.town.at(DUE + 1) == []
    desk.minute = DUE + 1
    assert desk.act("reopen") == ""
    assert [row.incident for row in desk.town.at(DUE + 3)] == [desk.incident]


def test_a_later_complaint_opens_it_without_a_sound(desk: Desk) -> None:
    desk.act("resolve", "устранено")
    # What was written before it was closed, and is read only now, is no news.
    assert desk.town.cold(5, theme=GAS, urgency=Urgency.NORMAL, who="early") == desk.incident
    assert desk.status() == "closed"
    desk.pass_time()
    assert desk.write("later", Urgency.NORMAL) == desk.incident
    assert (desk.status(), desk.alert().status, desk.history()[-1]) == ("open", "resolved", "reopened")
    assert desk.town.incidents[desk.incident].members == 3


def test_many_who_tell_of_what_is_urgent_sound_again(desk: Desk) -> None:
    desk.act("resolve", "устранено")
    desk.pass_time()
    for who in ("b", "c"):
        desk.write(who, Urgency.URGENT)
        assert desk.alert().status == "resolved"
    desk.write("d", Urgency.URGENT)
    assert (desk.alert().status, desk.alert().sounds, desk.alert().why) == ("firing", 2, "reopened")
    desk.write("e", Urgency.URGENT)
    assert desk.alert().sounds == 2


def test_one_who_is_in_danger_afterwards_sounds_at_once(desk: Desk) -> None:
    desk.act("resolve", "ложный вызов")
    desk.write("early")
    assert (desk.status(), desk.alert().status) == ("closed", "resolved")
    desk.pass_time()
    desk.write("later")
    assert (desk.status(), desk.alert().status, desk.alert().why) == ("open", "firing", "reopened")


def test_what_is_void_or_unknown_can_not_be_closed(desk: Desk) -> None:
    desk.town.delete(desk.incident)
    assert desk.act("resolve", "пусто") == "gone"
    desk.incident = "i-nothing"
    assert desk.act("resolve", "пусто") == "gone"

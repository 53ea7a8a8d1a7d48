"""What people do about alerts: the first wins, a rising level asks again, a snooze ends."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from monitor.model.rows import AlertRow, IncidentRow
from monitor.model.watch import Action, ActionKind, decode_record, encode_record
from monitor.profile.load import load_profile
from monitor.watch import rows
from monitor.watch.alerts import Alerts
from monitor.watch.answers import SNOOZE_LONGEST, answer, taken, wake
from monitor.watch.effects import Changes
from monitor.watch.settings import Names

HOUR = 3_600_000
NAME = "urgent:vk:-1_1"


def incident(authors: int) -> IncidentRow:
    place = ("samara", "", "", "", "", "")
    figures = (1, 1, 1, 0, authors, authors, 0, 0)
    return IncidentRow("vk:-1_1", "samara", "open", "housing", "", *place, 3, "vk:-1_1", *figures, "", "", "", 1)


class Desk:
    """Alerts of a region with one that fires; actions come one record after the other."""

    def __init__(self) -> None:
        self.alerts = Alerts(load_profile("samara"), Names())
        self.version = 10
        (self.row,) = self.alerts.danger(incident(1), 1, 1, "Хлещет кипяток", self.version)

    def act(
        self, kind: ActionKind, actor: str = "anna", based_on: str = "", until: int = 0, at: int = HOUR, reason: str = ""
    ) -> dict[str, Any]:
        """The outcome as the history has it."""
        self.version += 1
        changes = Changes("samara", self.version)
        based_on = based_on or str(self.now().version)
        answer(Action(f"act{self.version}", kind, "samara", NAME, based_on, actor, at, until, reason=reason), self.alerts, changes)
        event = changes.events[0]
        assert (event.id, event.actor, event.kind, event.incident) == (f"act{self.version}", actor, "action", event.incident)
        detail: dict[str, Any] = orjson.loads(event.detail)
        assert bool(changes.alerts) == detail["accepted"]
        return detail

    def now(self) -> AlertRow:
        return self.alerts.get(NAME) or self.row


def test_two_claim_at_once_and_one_wins() -> None:
    desk = Desk()
    seen = str(desk.now().version)
    assert desk.act("claim", "anna", seen)["accepted"]
    lost = desk.act("claim", "boris", seen)
    assert (lost["conflict"], lost["claimed_by"]) == ("claimed", "anna")
    assert (desk.now().claimed_by, desk.now().answered_by, desk.now().answered_at) == ("anna", "anna", HOUR)
    assert desk.act("release", "boris")["conflict"] == "claimed"
    assert desk.act("release", "anna")["accepted"]
    assert (desk.now().claimed_by, desk.now().answered_by) == ("", "")
    assert desk.act("claim", "boris")["accepted"]


def test_a_rising_level_asks_for_a_new_answer_and_keeps_the_claim() -> None:
    desk = Desk()
    desk.act("claim")
    seen = str(desk.now().version)
    assert desk.alerts.danger(incident(12), 12, 2, "", 50) != []
    row = desk.now()
    assert (row.level, row.claimed_by, row.answered_by, row.answered_at) == ("flash", "anna", "", 0)
    assert desk.act("acknowledge", based_on=seen)["conflict"] == "changed"
    assert desk.act("acknowledge")["accepted"]


def test_silent_growth_is_no_conflict_and_whatever_asks_anew_is_one() -> None:
    desk = Desk()
    seen = str(desk.now().version)
    assert desk.alerts.danger(incident(3), 3, 2, "", 50)[0].version == 50
    again(desk)
    assert desk.act("claim", based_on="49")["accepted"]
    # An answer of somebody else's is something to look at.
    assert desk.act("task", "boris", seen)["conflict"] in ("changed", "no_body")
    assert desk.act("acknowledge", "boris", seen)["conflict"] == "changed"
    # Nobody has seen a version that is still to come.
    assert desk.act("acknowledge", "boris", "51")["accepted"] is False
    desk.act("release")
    changes = Changes("samara", 70)
    wake(desk.alerts, 9 * HOUR, changes)
    assert list(changes.alerts) == [NAME]
    assert desk.act("claim", based_on="69")["conflict"] == "changed"
    assert desk.act("claim", based_on="70")["accepted"]


def test_a_snooze_ends_by_itself_or_by_a_rising_level() -> None:
    desk = Desk()
    for until in (HOUR, HOUR - 1, HOUR + SNOOZE_LONGEST + 1):
        assert desk.act("snooze", until=until)["conflict"] == "too_long"
    assert desk.act("snooze", until=2 * HOUR)["accepted"]
    for now, woken in ((2 * HOUR - 1, []), (2 * HOUR, [NAME]), (2 * HOUR, [])):
        changes = Changes("samara", 60)
        wake(desk.alerts, now, changes)
        assert list(changes.alerts) == woken
    assert (desk.now().answered_by, desk.now().snoozed_until) == ("", 0)
    desk.act("snooze", until=2 * HOUR)
    desk.alerts.danger(incident(12), 12, 2, "", 70)
    assert desk.now().snoozed_until == 0


def test_an_alert_that_is_over_takes_no_action() -> None:
    desk = Desk()
    desk.act("claim")
    over = desk.alerts.over("vk:-1_1", 5, 90)
    assert [(row.status, row.claimed_by) for row in over] == [("resolved", "anna")]
    assert desk.act("claim")["conflict"] == "over"


def again(desk: Desk) -> None:
    """As after a restart."""
    state = desk.alerts.dump()
    desk.alerts = Alerts(load_profile("samara"), Names())
    desk.alerts.load(state)


def test_a_person_closes_an_alert_with_a_reason_and_growth_opens_it_again() -> None:
    desk = Desk()
    assert desk.act("close")["conflict"] == "no_reason"
    told = desk.act("close", reason="учения")
    assert (told["accepted"], told["reason"], told["kind"]) == (True, "учения", "close")
    assert desk.alerts.get(NAME) is None
    closed = desk.alerts.closed(NAME)
    assert closed is not None
    assert (closed.status, closed.note, closed.at) == ("resolved", "Закрыл anna: учения", HOUR)
    assert desk.act("close", reason="ещё раз", based_on="1")["conflict"] == "over"
    again(desk)
    # The same voice again tells nothing new; a second one does.
    assert desk.alerts.danger(incident(1), 1, 2 * HOUR, "", 70) == []
    (row,) = desk.alerts.danger(incident(2), 2, 2 * HOUR, "", 71)
    assert (row.status, row.why, row.sounds, row.note, row.claimed_by) == ("firing", "reopened", 2, "", "")
    assert desk.alerts.closed(NAME) is None
    desk.act("close", reason="ложный вызов")
    # The incident itself is over: nothing is left to begin anew.
    assert desk.alerts.over("vk:-1_1", 3 * HOUR, 80) == []
    assert desk.alerts.closed(NAME) is None


def test_an_office_that_answers_has_taken_its_task() -> None:
    desk = Desk()
    desk.alerts.put(desk.now()._replace(body="teplo"))
    desk.act("task")
    assert taken(desk.alerts, (desk.alerts.of("vk:-1_1"), ""), "Теплосеть", HOUR - 1, 50) == []
    (row,) = taken(desk.alerts, (desk.alerts.of("vk:-1_1"), ""), "Теплосеть", HOUR, 51)
    assert (row.taken_by, row.version, desk.now()) == ("Теплосеть", 51, row)
    assert taken(desk.alerts, (desk.alerts.of("vk:-1_1"), ""), "Другие", 2 * HOUR, 52) == []
    assert desk.act("accept")["conflict"] == "taken"


@pytest.mark.parametrize("old", [False, True])
def test_answers_are_in_the_snapshot_and_an_older_one_is_read(old: bool) -> None:
    desk = Desk()
    desk.act("claim")
    state = desk.alerts.dump()
    if old:
        state = [[[*row[:21], row[-1]] for row in state[0]], state[1]]
    other = Alerts(load_profile("samara"), Names())
    other.load(state)
    row = other.get(NAME)
    assert row is not None
    kept = desk.now()
    assert row == (kept._replace(claimed_by="", answered_by="", answered_at=0) if old else kept)
    assert rows.plain(row)


def test_an_action_of_before_is_read() -> None:
    old = b'{"type":"action","id":"a","kind":"not_appeal","region":"r","subject":"s","based_on":"1","actor":"operator","at":1}'
    action = decode_record(old)
    assert isinstance(action, Action)
    assert action.until == 0
    assert decode_record(encode_record(action)) == action

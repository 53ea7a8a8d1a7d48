"""An alert's life: what makes a sound and what does not, what asks again, what ends and what begins anew."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.watch.answers import wake
from monitor.watch.bell import REPEAT
from monitor.watch.effects import Changes
from tests.monitor.watch.desk import COLD, HOUR, TOWNS, Desk, incident, spike


@pytest.mark.parametrize("restarts", [False, True])
def test_each_new_thing_sounds_once_and_growth_is_silent(restarts: bool) -> None:
    desk = Desk()
    steps: list[tuple[Any, dict[str, Any], Any]] = [
        (incident(), {}, ("urgent", 1, "fired")),
        (incident(authors=2), {}, ("urgent", 1, "fired")),
        (incident(authors=3), {"territory": TOWNS[1]}, ("urgent", 2, "territory")),
        (incident(authors=4), {"facility": "школа 59"}, ("urgent", 3, "facility")),
        (incident(authors=10), {}, ("flash", 4, "level")),
    ]
    for row, place, told in steps:
        assert desk.told(row, **place) == told
        if restarts:
            desk.again()
    known: list[dict[str, Any]] = [{"territory": TOWNS[1]}, {"territory": "samara"}]
    known += [{"facility": "школа 59"}, {"facility": "маршрут 7"}]
    for place in known:
        assert desk.danger(incident(authors=11), **place) is None
    assert desk.told(incident(authors=30)) == ("flash", 4, "level")


def test_fewer_authors_make_nothing_quieter() -> None:
    desk = Desk()
    desk.told(incident(authors=12))
    assert desk.danger(incident(authors=3)) is None
    assert desk.told(incident(authors=20)) == ("flash", 1, "fired")


def test_those_who_tell_of_danger_make_the_level_and_all_are_shown() -> None:
    desk = Desk()
    assert desk.told(incident(authors=27), telling=9) == ("urgent", 1, "fired")
    row = desk.alerts.get("urgent:i1")
    assert row is not None
    assert (row.authors, row.text.startswith("Об опасности пишут 9 из 27. ")) == (27, True)
    desk.again()
    assert desk.told(incident(authors=30), telling=10) == ("flash", 2, "level")


def test_those_who_tell_of_danger_in_the_houses_of_a_street_are_added_up() -> None:
    desk = Desk()
    for number in range(1, 6):
        desk.danger(incident(number, 9, street="мира", house=str(number)), f"a{number}", telling=1)
    row = desk.alerts.get("urgent:i1")
    assert row is not None
    assert row.level == "urgent"
    for number in range(1, 6):
        for voice in range(2):
            desk.danger(incident(number, 9, street="мира", house=str(number)), f"b{number}{voice}", telling=2 + voice)
            desk.again()
    row = desk.alerts.get("urgent:i1")
    assert row is not None
    assert (row.level, row.sounds) == ("flash", 2)


def test_what_grew_by_less_than_a_step_is_shown_after_a_minute() -> None:
    desk = Desk()
    desk.told(incident(authors=20))
    assert desk.danger(incident(authors=20)) is None
    desk.at += 60_000
    assert desk.danger(incident(authors=20)) is None
    assert desk.told(incident(authors=27)) == ("flash", 1, "fired")
    assert desk.danger(incident(authors=28)) is None


def test_what_was_over_and_begins_again_is_reopened_and_keeps_its_count() -> None:
    desk = Desk()
    desk.told(incident())
    assert [row.status for row in desk.alerts.over("i1", 5, 20)] == ["resolved"]
    desk.again()
    assert desk.told(incident()) == ("urgent", 2, "reopened")


def test_what_spreads_sounds_when_its_towns_have_doubled() -> None:
    desk = Desk()
    desk.told(incident())
    heard = [(row := desk.danger(incident(authors=2), territory=town)) and row.sounds for town in TOWNS[1:9]]
    assert heard == [2, None, 3, None, None, None, 4, None]


def test_all_that_waits_asks_again_at_the_same_full_hour() -> None:
    desk = Desk()
    for number, minutes in enumerate((5, 20, 40)):
        desk.at = HOUR + minutes * 60_000
        desk.told(incident(number, territory=TOWNS[number]))
    changes = Changes("samara", 100)
    wake(desk.alerts, 6 * HOUR - 1, changes)
    assert changes.alerts == {}
    wake(desk.alerts, 6 * HOUR, changes)
    assert len(changes.alerts) == 3


def test_an_alert_that_nobody_works_on_asks_again_once_an_interval() -> None:
    desk = Desk()
    desk.told(incident(1))
    desk.told(incident(2, territory=TOWNS[1]))
    row = desk.alerts.get("urgent:i2")
    assert row is not None
    desk.alerts.put(row._replace(claimed_by="anna", answered_by="anna", answered_at=HOUR))
    heard = []
    for minutes in range(0, 10 * 60, 10):
        changes = Changes("samara", 100 + minutes)
        wake(desk.alerts, HOUR + minutes * 60_000, changes)
        heard += [(minutes, name, one.why, one.sounds) for name, one in changes.alerts.items()]
    assert heard == [(240, "urgent:i1", "again", 2), (480, "urgent:i1", "again", 3)]
    assert REPEAT == 240 * 60_000


def test_a_spike_that_was_closed_is_told_of_again_only_when_it_is_louder() -> None:
    desk = Desk()
    first, _ = spike(desk, TOWNS[0], "housing", "urgent", COLD)
    desk.alerts.close(first, "Закрыл anna: учения")
    desk.again()
    assert spike(desk, TOWNS[0], "housing", "urgent", COLD) == (None, False)
    row, louder = spike(desk, TOWNS[0], "housing", "flash", COLD)
    assert row is not None
    assert (row.id, row.why, row.sounds, louder) == (first.id, "reopened", 2, True)
    desk.alerts.close(row, "Закрыл anna: учения")
    # It is over: the next one is another.
    assert desk.alerts.calm(first.subject, 2 * HOUR, 90) is None
    row, louder = spike(desk, TOWNS[0], "housing", "urgent", COLD, bucket=3 * HOUR)
    assert row is not None
    assert (row.id != first.id, row.why, row.sounds, louder) == (True, "fired", 1, True)


def test_what_is_shown_whole_and_was_closed_begins_anew_when_it_has_doubled() -> None:
    desk = Desk()
    row = desk.alerts.rows.plain("silent:x", "silent", "samara", "urgent", HOUR, "Не видно", "", 1)._replace(observed=10)
    desk.alerts.close(desk.alerts.show(row, HOUR), "Закрыл anna: знаем")
    assert desk.alerts.show(row._replace(observed=20, version=2), HOUR).status == "resolved"
    again = desk.alerts.show(row._replace(observed=21, version=3), HOUR)
    assert (again.status, again.why, again.sounds) == ("firing", "reopened", 2)

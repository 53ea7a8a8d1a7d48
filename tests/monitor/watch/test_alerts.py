"""An alert's life: what makes a sound and what does not, what asks again, what ends and what begins anew."""

from __future__ import annotations

import pytest

from monitor.watch.answers import wake
from monitor.watch.bell import REPEAT
from monitor.watch.effects import Changes
from tests.monitor.watch.desk import COLD, HOUR, TOWNS, Desk, incident, spike


@pytest.mark.parametrize("restarts", [False, True])
def test_each_new_thing_sounds_once_and_growth_is_silent(restarts: bool) -> None:
    desk = Desk()
    steps = [
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
    for place in ({"territory": TOWNS[1]}, {"facility": "школа 59"}, {"facility": "маршрут 7"}, {"territory": "samara"}):
        assert desk.danger(incident(authors=11), **place) is None
    assert desk.told(incident(authors=30)) == ("flash", 4, "level")


def test_fewer_authors_make_nothing_quieter() -> None:
    desk = Desk()
    desk.told(incident(authors=12))
    assert desk.danger(incident(authors=3)) is None
    assert desk.told(incident(authors=20)) == ("flash", 1, "fired")


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

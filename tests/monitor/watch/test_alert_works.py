"""Planned works and alerts: what they explain is quiet, until scope, term or frost exceed them."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.model.rows import IncidentRow
from monitor.model.works import Work, Works
from monitor.watch.answers import wake
from monitor.watch.effects import Changes
from tests.monitor.watch.desk import HOUR, TOWNS, Desk, incident


def work(**changes: Any) -> Works:
    values: dict[str, Any] = {"name": "опрессовка", "group": "housing", "begins": 0, "ends": 3 * HOUR, "theme": "housing.heating"}
    temperature = changes.pop("temperature", None)
    return Works("samara", HOUR, (Work(**(values | {"territory": TOWNS[0]} | changes)),), temperature)


def test_works_explain_until_they_do_not() -> None:
    desk = Desk()
    assert desk.alerts.plan(work(authors=5), HOUR, 11) == []
    row = desk.danger(incident())
    assert row is not None
    assert (row.level, row.sounds, row.note) == ("notice", 0, "Плановые работы: опрессовка, до 07:00.")
    desk.again()
    # More people than they explain.
    assert desk.told(incident(authors=6)) == ("urgent", 1, "works")
    row = desk.alerts.get("urgent:i1")
    assert row is not None
    assert "жалоб больше" in row.note


@pytest.mark.parametrize(
    ("works", "row", "sounds"),
    [
        (work(), incident(), 0),
        (work(frost=-15, temperature=-24), incident(), 1),
        (work(frost=-15, temperature=-5), incident(), 0),
        (work(frost=-15), incident(), 1),
        (work(), incident(urgency=3), 1),
        (work(theme="housing.hot_water"), incident(), 1),
        (work(territory=TOWNS[1]), incident(), 1),
        (work(streets=("победы",)), incident(street="мира"), 1),
        (work(streets=("мира",)), incident(street="мира"), 0),
        (work(begins=2 * HOUR), incident(), 1),
        (work(ends=HOUR), incident(), 1),
    ],
)
def test_scope_term_and_frost(works: Works, row: IncidentRow, sounds: int) -> None:
    desk = Desk()
    desk.alerts.plan(works, HOUR, 11)
    found = desk.danger(row)
    assert found is not None
    assert found.sounds == sounds


def test_the_term_of_works_ends_and_the_alert_sounds_once() -> None:
    desk = Desk()
    desk.alerts.plan(work(), HOUR, 11)
    desk.danger(incident())
    for now, woken in ((3 * HOUR - 1, []), (3 * HOUR, ["works"]), (3 * HOUR + 1, [])):
        changes = Changes("samara", 20 + now)
        wake(desk.alerts, now, changes)
        assert [row.why for row in changes.alerts.values()] == woken


def test_works_that_are_announced_later_annotate_what_has_sounded() -> None:
    desk = Desk()
    desk.danger(incident())
    (row,) = desk.alerts.plan(work(), HOUR, 30)
    assert (row.level, row.sounds, row.version) == ("urgent", 1, 30)
    assert row.note

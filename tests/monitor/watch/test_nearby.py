"""What is usual in a street: that of another town of the same name says nothing of this one."""

from __future__ import annotations

from tests.monitor.watch.test_joining import HEATING, HOUR
from tests.monitor.watch.test_parents import Street


def _troubled(town: str) -> Street:
    """A street of one town in which something is told of every hour and a half."""
    told = Street()
    for number in range(40):
        told.parent(HEATING, "ленина", str(number), HOUR + number * HOUR * 3 // 2, town)
    return told


def test_troubles_of_another_town_explain_nothing_in_a_street_of_the_same_name() -> None:
    told = _troubled("luga")
    assert [told.parent(HEATING, "ленина", str(number), 62 * HOUR) for number in range(100, 103)][-1]
    told = _troubled("grad")
    assert not [told.parent(HEATING, "ленина", str(number), 62 * HOUR) for number in range(100, 103)][-1]


def test_a_cause_goes_on_over_a_pause_whatever_is_told_of_in_another_town() -> None:
    told = _troubled("luga")
    parent = [told.parent(HEATING, "ленина", str(number), 62 * HOUR) for number in range(100, 103)][-1]
    assert parent
    assert told.parent(HEATING, "ленина", "103", 66 * HOUR) == parent

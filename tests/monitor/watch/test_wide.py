"""How loud a cause of many places is: weather never wakes anybody, a failed network does, in frost most of all."""

from __future__ import annotations

import pytest

from monitor.model.incident import AlertLevel
from monitor.watch.spike_posts import Made
from monitor.watch.wide import wide_level

SNOW = {"roads.snow": 30, "landscaping.cleaning": 9, "housing.electricity": 3}
DARK = {"energy.outage": 20, "housing.electricity": 9, "roads.snow": 10}


@pytest.mark.parametrize(
    ("themes", "level", "dangerous", "temperature", "expected"),
    [
        (SNOW, "flash", 0, None, "notice"),
        (SNOW, "flash", 20, -30, "notice"),
        ({}, "flash", 20, -30, "notice"),
        ({"energy.payments": 30}, "flash", 0, -30, "notice"),
        (DARK, "notice", 0, None, "notice"),
        (DARK, "urgent", 2, 5, "urgent"),
        (DARK, "flash", 0, None, "urgent"),
        (DARK, "notice", 0, -10, "urgent"),
        (DARK, "flash", 0, -24, "flash"),
        (DARK, "notice", 3, 20, "urgent"),
        (DARK, "flash", 3, None, "flash"),
        ({"housing.heating": 12}, "flash", 0, -24, "flash"),
    ],
)
def test_the_level_of_a_wide_cause(
    themes: dict[str, int], level: AlertLevel, dangerous: int, temperature: int | None, expected: str
) -> None:
    assert wide_level(level, Made([], 40, [], themes, {}, dangerous), temperature) == expected

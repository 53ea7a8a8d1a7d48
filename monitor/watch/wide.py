"""How loud a cause is that many places share.

Weather, a price, a holiday: everybody sees it, and it is one notice for the region. A network that fails in many towns at once (no
heat, water or light) is one alert for the region too, and it wakes people: as loud as its rise is, up to urgent; in frost, or where
several people write of danger to life, urgent at least and flash where the rise is one.
"""

from __future__ import annotations

from typing import Final

from monitor.model.incident import AlertLevel
from monitor.watch.levels import LEVELS
from monitor.watch.spike_posts import Made

OUTAGES: Final = frozenset(("housing.heating", "housing.hot_water", "housing.cold_water", "housing.electricity", "energy.outage"))
"""Themes of networks whose failure in many places is a catastrophe: without them a house can't be lived in."""
FROST: Final = -10
"""Degrees (°C) and below in which pipes freeze within hours."""
VOICES: Final = 3
"""Authors who write of danger to life: one may exaggerate."""


def wide_level(level: AlertLevel, made: Made, temperature: int | None) -> AlertLevel:
    """The level of a wide cause whose rise has the level ``level``. ``temperature`` of the air, None where it is not known."""
    outage = sum(count for theme, count in made.themes.items() if theme in OUTAGES)
    if 2 * outage < sum(made.themes.values()) or not outage:
        return "notice"
    grave = made.dangerous >= VOICES or (temperature is not None and temperature <= FROST)
    choose = max if grave else min
    return choose(level, "urgent", key=LEVELS.index)

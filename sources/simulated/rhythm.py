"""When people write: the day and the week of a region, and the busier and quieter hours of each community."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sources.simulated.draw import mix

# Relative activity by local hour; a quiet night, a rise with the way to work, the peak after supper. At the weekend all is later.
_WORKDAY: Final = (4, 2, 1, 1, 1, 3, 9, 17, 23, 25, 25, 26, 27, 26, 25, 25, 26, 29, 33, 37, 39, 36, 26, 12)
_WEEKEND: Final = (7, 4, 2, 1, 1, 1, 3, 7, 13, 20, 25, 27, 27, 26, 25, 25, 25, 26, 29, 32, 34, 33, 26, 14)
_QUARTERS: Final = 7 * 24 * 4
_QUARTER_MS: Final = 900_000
_HOUR_MS: Final = 3_600_000
# The epoch was a Thursday: three days after a Monday.
_MONDAY: Final = 3 * 24 * 4

# Factors of a community's hour: mean 1, standard deviation 0.3 of the sixteen. Counts are more scattered than Poisson's for it.
_ACTIVITY: Final = (0.50, 0.60, 0.68, 0.74, 0.80, 0.85, 0.90, 0.94, 0.98, 1.03, 1.08, 1.13, 1.20, 1.28, 1.43, 1.86)
ACTIVITY_VARIANCE: Final = sum((factor - 1.0) ** 2 for factor in _ACTIVITY) / len(_ACTIVITY)


class Rhythm:
    """The relative rate of a region at any time (mean 1 over a week) and the month of the local calendar."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._offsets: dict[int, tuple[int, int]] = {}
        hours = [(_WEEKEND if day >= 5 else _WORKDAY)[hour] for day in range(7) for hour in range(24)]
        mean = sum(hours) / len(hours)
        # Between two hours the rate goes straight, so that no count jumps at the full hour.
        self._table = tuple(
            (hours[quarter // 4] * (4 - quarter % 4) + hours[(quarter // 4 + 1) % len(hours)] * (quarter % 4)) / (4 * mean)
            for quarter in range(_QUARTERS)
        )

    def rate(self, at: int) -> float:
        """The relative rate at a time (ms)."""
        return self._table[((at + self._local(at)[0]) // _QUARTER_MS + _MONDAY) % _QUARTERS]

    def month(self, at: int) -> int:
        """The local month, 1 to 12."""
        return self._local(at)[1]

    def mean(self, start: int, step: int) -> float:
        """The mean relative rate of the ``step`` ms from ``start``."""
        points = range(start, start + step, min(step, _QUARTER_MS))
        return sum(map(self.rate, points)) / len(points)

    def _local(self, at: int) -> tuple[int, int]:
        hour = at // _HOUR_MS
        found = self._offsets.get(hour)
        if found is None:
            local = (datetime.fromtimestamp(0, UTC) + timedelta(hours=hour)).astimezone(self._zone)
            offset = local.utcoffset() or timedelta()
            if len(self._offsets) > 100_000:
                self._offsets.clear()
            found = self._offsets[hour] = (int(offset.total_seconds() * 1000), local.month)
        return found


def activity(seed: int, at: int) -> float:
    """How busy the community with this seed is in the hour of ``at``, relative to what is usual at that hour."""
    return _ACTIVITY[mix(seed ^ (at // _HOUR_MS)) & 15]

"""When a surprise becomes a spike: levels, hysteresis and spacing."""

from __future__ import annotations

from typing import Literal

from detectors.spikes.settings import SpikeSettings
from monitor.model.incident import AlertLevel
from monitor.model.plain import Plain

LEVELS: tuple[AlertLevel, AlertLevel, AlertLevel] = ("notice", "urgent", "flash")
Rank = Literal[0, 1, 2, 3]


class Alarm:
    """One series: its rank (0 none, then as LEVELS), since when it is calm, and until when only a higher rank begins anew."""

    __slots__ = ("_calm_since", "_rest_rank", "_rest_until", "_settings", "rank")

    def __init__(self, settings: SpikeSettings) -> None:
        self._settings = settings
        self.rank = 0
        self._calm_since = -1
        self._rest_until = 0
        self._rest_rank = 0

    def judge(self, surprise: int, start: int) -> AlertLevel | None:
        """Takes the surprise of the bucket that begins at ``start``; gives the level of a spike that begins or rises by it."""
        settings = self._settings
        if surprise < settings.calm:
            if self.rank:
                self._cool(start)
            return None
        self._calm_since = -1
        rank = (surprise >= settings.notice) + (surprise >= settings.urgent) + (surprise >= settings.flash)
        if rank <= self.rank or (not self.rank and start < self._rest_until and rank <= self._rest_rank):
            return None
        self.rank = rank
        return LEVELS[rank - 1]

    def idle(self, start: int) -> bool:
        """Whether a new alarm would judge the same: nothing goes on, and no rest either."""
        return not self.rank and start >= self._rest_until

    def dump(self) -> Plain:
        return [self.rank, self._calm_since, self._rest_until, self._rest_rank]

    def load(self, state: Plain) -> None:
        self.rank, self._calm_since, self._rest_until, self._rest_rank = state

    def _cool(self, start: int) -> None:
        if self._calm_since < 0:
            self._calm_since = start
        end = start + self._settings.bucket_ms
        if end - self._calm_since >= self._settings.calm_ms:
            self._rest_until = end + self._settings.spacing_ms
            self._rest_rank = self.rank
            self.rank = 0
            self._calm_since = -1

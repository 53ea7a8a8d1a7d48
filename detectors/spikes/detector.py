"""The spike detector: many series side by side, none of which knows of another."""

from __future__ import annotations

from collections.abc import Sequence

from detectors.base import Bucket, Judgement
from detectors.spikes.plan import Plan
from detectors.spikes.series import Series
from detectors.spikes.settings import SpikeSettings
from monitor.model.plain import Plain


class Spikes:
    """Implements detectors.base.SpikeDetector. Memory a series is constant (about 8 kB); series are never dropped.

    >>> spikes = Spikes()
    >>> for hour in range(72):
    ...     usual = [spikes.observe("samara|heating", Bucket((hour * 12 + i) * 300_000, i == 0, 1, True)) for i in range(12)]
    >>> burst = spikes.observe("samara|heating", Bucket(72 * 3_600_000, 20, 17, True))
    >>> burst.spike.level, burst.spike.observed, burst.active
    ('flash', 20, True)
    """

    def __init__(self, settings: SpikeSettings | None = None) -> None:
        self._plan = Plan(settings or SpikeSettings())
        self._series: dict[str, Series] = {}

    def observe(self, series: str, bucket: Bucket) -> Judgement:
        state = self._series.get(series)
        if state is None:
            state = self._series[series] = Series(series, self._plan)
        return state.observe(bucket)

    def history(self, series: str, start: int, step: int, counts: Sequence[int]) -> None:
        """Raises ValueError for a series that was observed already, or a step that is not positive."""
        if step <= 0:
            raise ValueError("step must be positive")
        self._series.setdefault(series, Series(series, self._plan)).history(start, step, counts)

    def dump(self) -> Plain:
        return {name: state.dump() for name, state in self._series.items()}

    def load(self, state: Plain) -> None:
        self._series = {}
        for name, dumped in state.items():
            self._series[name] = Series(name, self._plan)
            self._series[name].load(dumped)

"""The spike detector: all series of a region side by side, and one rate of alerts held over them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from detectors.base import Judgement
from detectors.spikes.alarm import Alarm
from detectors.spikes.bank import Bank
from detectors.spikes.plan import Plan
from detectors.spikes.pool import Pool
from detectors.spikes.settings import SpikeSettings
from monitor.model.incident import Spike
from monitor.model.plain import Plain


class Spikes:
    """Implements detectors.base.SpikeDetector. Memory a series is constant (about 1.7 kB); series are never dropped.

    >>> spikes = Spikes()
    >>> spikes.history(0, 3_600_000, {"samara|heating": [1] * 72})
    >>> burst = spikes.close(72 * 3_600_000, True, {"samara|heating": (20, 17)})["samara|heating"]
    >>> burst.spike.level, burst.spike.observed, burst.active
    ('flash', 20, True)
    """

    def __init__(self, settings: SpikeSettings | None = None) -> None:
        self._plan = Plan(settings or SpikeSettings())
        self._bank = Bank(self._plan)
        self._pool = Pool(self._plan)
        self._names: dict[str, int] = {}
        # Only of series that are not calm.
        self._alarms: dict[str, Alarm] = {}

    def close(self, start: int, complete: bool, counts: Mapping[str, tuple[int, int]]) -> dict[str, Judgement]:
        self._know(counts)
        posts, authors = np.zeros(self._bank.count), np.zeros(self._bank.count)
        if counts:
            where = [self._names[name] for name in counts]
            posts[where], authors[where] = np.array(list(counts.values()), float).T
        expected, found = self._bank.step(start, posts, authors, complete)
        worst = (found.max(axis=0, initial=0.0) + 0.5).astype(int)
        usual = (expected * 1000.0 + 0.5).astype(int)
        shift = self._pool.take(worst)
        high = np.nonzero(worst - shift >= self._plan.settings.calm)[0]
        names = list(self._names) if len(high) else []
        told = dict.fromkeys([*counts, *self._alarms, *(names[index] for index in high)])
        judged = {}
        for name in told:
            index = self._names[name]
            judged[name] = self._judgement(name, start, int(usual[index]), int(worst[index]), shift, found[:, index])
        return judged

    def history(self, start: int, step: int, counts: Mapping[str, Sequence[int]]) -> None:
        """Raises ValueError once a bucket was closed, or for a step that is not positive."""
        if step <= 0:
            raise ValueError("step must be positive")
        self._know(counts)
        longest = max(map(len, counts.values()), default=0)
        table = np.zeros((longest, self._bank.count))
        for name, column in counts.items():
            table[: len(column), self._names[name]] = column
        self._bank.teach(start, step, table)

    def bytes_each(self) -> int:
        """Memory of one series, bytes, without its name."""
        return self._bank.bytes_each() + self._pool.bytes_each()

    def dump(self) -> Plain:
        alarms = {name: alarm.dump() for name, alarm in self._alarms.items()}
        return [list(self._names), self._bank.dump(), self._pool.dump(), alarms]

    def load(self, state: Plain) -> None:
        names, bank, pool, alarms = state
        self._names = {name: index for index, name in enumerate(names)}
        self._bank.load(bank)
        self._pool.load(pool, len(names))
        self._alarms = {}
        for name, dumped in alarms.items():
            self._alarms[name] = Alarm(self._plan.settings)
            self._alarms[name].load(dumped)

    def _know(self, names: Mapping[str, object]) -> None:
        new = [name for name in names if name not in self._names]
        if new:
            self._names |= {name: index for index, name in enumerate(new, len(self._names))}
            self._bank.grow(len(new))
            self._pool.grow(len(new))

    def _judgement(self, name: str, start: int, usual: int, found: int, shift: int, windows: np.ndarray) -> Judgement:
        alarm = self._alarms.get(name) or Alarm(self._plan.settings)
        # What only the shift makes high is a notice, never more.
        level = alarm.judge(max(min(found, found - shift), min(found - shift, self._plan.settings.urgent - 1)), start)
        if alarm.idle(start):
            self._alarms.pop(name, None)
        else:
            self._alarms[name] = alarm
        spike = None
        if level is not None:
            back, since, expected = self._bank.windows.onset(self._names[name], int(windows.argmax()))
            onset = start - (back - 1) * self._plan.settings.bucket_ms
            spike = Spike(name, start, level, since, int(expected * 1000.0 + 0.5), found, onset)
        return Judgement(usual, found, spike, alarm.rank > 0)

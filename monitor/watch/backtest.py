"""Tension over stored history, with other settings: the alerts that would have fired. The same code judges as in watch itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from detectors.base import SpikeDetector
from monitor.model.rows import AlertRow, AppealRow
from monitor.model.watch import History
from monitor.profile.model import Profile
from monitor.watch.alerts import Alerts
from monitor.watch.effects import Changes, WatchEffects
from monitor.watch.levels import LEVELS
from monitor.watch.settings import Names, WatchSettings
from monitor.watch.tension import Tension

READ = "read"
"""The one source of a backtest: it has been read where a bucket was complete."""


class Fired(NamedTuple):
    """An alert of a series: its highest level, when it began to rise and when it was told first, and its end (0: it fires still)."""

    series: str
    title: str
    level: str
    since: int
    at: int
    until: int


class Backtest:
    """One region. Times are ms."""

    def __init__(self, profile: Profile, settings: WatchSettings, names: Names, spikes: SpikeDetector) -> None:
        self._region = profile.id
        self._settings = settings
        self._tension = Tension(profile, settings, spikes, Alerts(profile, names), [READ])
        self._appeals: dict[str, AppealRow] = {}
        self._fired: dict[str, Fired] = {}

    def teach(self, start: int, step: int, counts: Mapping[str, list[int]]) -> None:
        """What was before: counts of the narrowest territories by series. Fires nothing."""
        self._tension.teach(History(self._region, start, step, dict(counts)))

    def bucket(self, start: int, appeals: Sequence[AppealRow], *, complete: bool) -> None:
        """The appeals of the next bucket, all of them, whoever brought them when."""
        changes = Changes(self._region, 0)
        end = start + self._settings.bucket
        self._tension.begin(start)
        for row in appeals:
            self._appeals[row.id] = row
            self._tension.count(row, "", changes)
        if complete:
            self._tension.read(READ, end)
        else:
            self._tension.tick(end + self._settings.grace)
        self._tension.close(self._appeals, changes, WatchEffects())
        for alert in changes.alerts.values():
            self._take(alert)
        oldest = end - self._settings.series_window
        for name in [name for name, row in self._appeals.items() if row.published_at < oldest]:
            del self._appeals[name]

    def fired(self) -> list[Fired]:
        """All alerts so far, in the order in which they were told."""
        return list(self._fired.values())

    def _take(self, row: AlertRow) -> None:
        before = self._fired.get(row.id)
        if before is None:
            self._fired[row.id] = Fired(row.subject, row.title, row.level, row.since, row.at, 0)
        elif row.status == "resolved":
            self._fired[row.id] = before._replace(until=row.at)
        else:
            self._fired[row.id] = before._replace(level=max(before.level, row.level, key=LEVELS.index))


def compared(then: Sequence[Fired], now: Sequence[Fired]) -> list[tuple[Fired | None, Fired | None]]:
    """Alerts of the same series whose times meet side by side, in order of their beginnings; None where there is no other."""
    open_ = list(now)
    pairs: list[tuple[Fired | None, Fired | None]] = []
    for one in then:
        twin = next((other for other in open_ if other.series == one.series and _meet(one, other)), None)
        if twin is not None:
            open_.remove(twin)
        pairs.append((one, twin))
    pairs += [(None, other) for other in open_]
    return sorted(pairs, key=lambda pair: min((one.at, one.series) for one in pair if one is not None))


def _meet(one: Fired, other: Fired) -> bool:
    return (not other.until or one.since <= other.until) and (not one.until or other.since <= one.until)

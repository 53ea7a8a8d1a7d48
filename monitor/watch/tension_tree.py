"""One cause, one alert along the tree of territories.

What one place suffers is told for that place and not again for those around it. What many places suffer at once, as in a
snowfall, is told once for the territory around them, mostly as a notice (see monitor.watch.wide): nobody is woken for what everybody
sees. While it goes on, and for a day after, a place in it is told of only where it rises clearly more than the whole does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from monitor.model.incident import AlertLevel, Spike
from monitor.model.plain import Plain
from monitor.profile.model import Profile

MANY = 5
"""So many places write and none of them writes half of all: what they suffer has a wider cause."""
AFTER = 86_400_000
"""Ms for which a wider cause explains places after its end: posts come late, and small places rise last. An outage that people were
woken for explains nothing after its end: the light may go out again.
"""
BEYOND = 4.0
"""Standard deviations above its part of the wider cause that make a place a cause of its own."""
SPREAD = 0.3
"""How far the parts of places differ by their nature, as a variance where the mean is 1."""


class Tree:
    """Which spikes are told. ``posts`` gives how many a series had since a moment (ms)."""

    def __init__(self, profile: Profile, posts: Callable[[str, int], int]) -> None:
        self._profile = profile
        self._posts = posts
        self._going: dict[str, Spike] = {}
        # Of wider causes: times the usual in thousandths, until when (0: still going on), and whether it is an outage.
        self._wide: dict[str, tuple[int, int, bool]] = {}

    def choose(
        self,
        fired: Sequence[Spike],
        active: Collection[str],
        told: Callable[[str], bool],
        level: Callable[[Spike], AlertLevel],
        at: int,
    ) -> list[Spike]:
        """Those to be told of what ``fired`` at the close of a bucket (``at``, ms), with their levels; ``active`` are the series
        whose spikes go on, ``told`` says of a series whether an alert of it fires, ``level`` how loud a wide cause is.
        """
        self._end(active, at)
        self._going |= {spike.series: spike for spike in fired}
        found = []
        for spike in sorted(fired, key=lambda one: self._depth(one.series)):
            if self._is_wide(spike):
                loud = level(spike)
                new = spike.series not in self._wide and not self._covered(spike) and not self._said(spike, told)
                self._wide[spike.series] = self._times(spike), 0, loud != "notice"
                if loud != "notice" if told(spike.series) else new:
                    found.append(replace(spike, level=loud))
            elif not self._covered(spike) and (told(spike.series) or not self._narrowed(spike)):
                found.append(spike)
        return found

    def wide(self, series: str) -> bool:
        """Whether many places share what a series tells of."""
        return series in self._wide

    def dump(self) -> Plain:
        going = [[s.series, s.bucket, s.level, s.observed, s.expected, s.surprise, s.onset] for s in self._going.values()]
        return [going, [[series, *wide] for series, wide in self._wide.items()]]

    def load(self, state: Plain) -> None:
        going, wide = state
        self._going = {spike[0]: Spike(*spike) for spike in going}
        # Snapshots of before outages were told apart know none.
        self._wide = {series: (times, until, bool(outage)) for series, times, until, *outage in wide}

    def _end(self, active: Collection[str], at: int) -> None:
        self._going = {series: spike for series, spike in self._going.items() if series in active}
        for series, (times, until, outage) in list(self._wide.items()):
            if series not in active and not until:
                until = at if outage else at + AFTER
                self._wide[series] = times, until, outage
            if until and until <= at:
                del self._wide[series]

    def _inside(self, series: str) -> list[str]:
        """The same dimension in all territories within."""
        territory, _, rest = series.partition("|")
        known = self._profile.territories
        return [f"{one}|{rest}" for one in known if one != territory and territory in self._profile.path(one)]

    def _around(self, series: str) -> list[str]:
        territory, _, rest = series.partition("|")
        return [f"{one}|{rest}" for one in self._profile.path(territory)[1:]]

    def _depth(self, series: str) -> int:
        return len(self._profile.path(series.partition("|")[0]))

    def _is_wide(self, spike: Spike) -> bool:
        """Whether many places share it: of those within that have no places within themselves."""
        inside = self._inside(spike.series)
        parents = {self._profile.territories[series.partition("|")[0]].parent for series in inside}
        posts = [self._posts(series, spike.onset or spike.bucket) for series in inside if series.partition("|")[0] not in parents]
        return sum(count > 0 for count in posts) >= MANY and 2 * max(posts) < spike.observed

    def _narrowed(self, spike: Spike) -> bool:
        """Whether a narrower territory tells of the same: its alert says more."""
        return any(series in self._going for series in self._inside(spike.series))

    def _said(self, spike: Spike, told: Callable[[str], bool]) -> bool:
        """Whether the alerts of places within already tell of most of it."""
        said = [self._going[series] for series in self._inside(spike.series) if series in self._going and told(series)]
        return 2 * sum(map(_excess, said)) >= _excess(spike)

    def _covered(self, spike: Spike) -> bool:
        """Whether it is no more than its part of a wider cause."""
        for series in self._around(spike.series):
            if series in self._wide:
                part = spike.expected / 1000.0 * self._wide[series][0] / 1000.0
                return spike.observed - part < BEYOND * math.sqrt(part + SPREAD * part * part + 1.0)
        return False

    def _times(self, spike: Spike) -> int:
        return max(self._wide.get(spike.series, (0,))[0], spike.observed * 1_000_000 // max(spike.expected, 1))


def _excess(spike: Spike) -> int:
    return spike.observed * 1000 - spike.expected

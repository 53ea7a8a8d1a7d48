"""The past of the simulated region as counts: what its series would have shown, without making the posts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sources.simulated.draw import seed_of
from sources.simulated.events import Surge
from sources.simulated.mixture import NAMED_ADDRESS, NAMED_AREA, appeal_share, complaint_share, themes_of
from sources.simulated.places import Places
from sources.simulated.rhythm import ACTIVITY_VARIANCE, Rhythm
from sources.simulated.sites import Site

_HOUR_MS: Final = 3_600_000
# A series that only bursts ever touch has no communities to share moods.
_LEAST_SCATTER: Final = 1e-6
_DAY_MS: Final = 24 * _HOUR_MS
Key = tuple[str, str]
"""Territory and group."""


class Rates:
    """Expected complaints by territory and group, as shares of all events of the region."""

    def __init__(self, sites: Sequence[Site], places: Places) -> None:
        self._sites = sites
        self._places = places
        self._region = sites[0].source.region

    def shares(self, month: int, reached: frozenset[int] | None = None, group: str = "") -> dict[Key, tuple[float, float]]:
        """By key: the share, and the sum of the squares of the single sites' shares (their common ups and downs do not average out).

        Only of the sites in ``reached`` and of ``group``, if these are given.
        """
        themes = themes_of(month)
        by_place: dict[tuple[bool, str], float] = defaultdict(float)
        for theme in themes:
            if group in ("", theme.group):
                by_place[theme.address, theme.group] += complaint_share(theme) / len(themes)
        # Sites of one territory differ in nothing but how much they write.
        homes: dict[tuple[str, bool], list[float]] = defaultdict(list)
        for site in self._sites:
            if reached is None or site.index in reached:
                homes[site.source.territory, site.official].append(site.share)
        sums: dict[Key, float] = defaultdict(float)
        squares: dict[Key, float] = defaultdict(float)
        for (territory, official), of_sites in homes.items():
            one: dict[Key, float] = defaultdict(float)
            targets = self._places.targets(territory)
            counts = Counter(target.territory for target in targets)
            for (address, name), share in by_place.items():
                named = (NAMED_ADDRESS if address else NAMED_AREA) / 100
                appeals = appeal_share(official) * share
                one[territory or self._region, name] += appeals * (1 - named)
                for target, count in counts.items():
                    one[target, name] += appeals * named * count / len(targets)
            for key, value in one.items():
                sums[key] += value * sum(of_sites)
                squares[key] += value * value * sum(share * share for share in of_sites)
        return {key: (value, squares[key]) for key, value in sums.items()}


def draw_history(
    rates: Rates,
    rhythm: Rhythm,
    seed: int,
    start: int,
    steps: int,
    step_ms: int,
    per_ms: float,
    surges: Sequence[tuple[Surge, frozenset[int]]],
    extra: Mapping[Key, Mapping[int, int]],
    around: Mapping[str, str],
) -> dict[str, list[int]]:
    """Counts per ``step_ms`` from ``start`` by series; ``per_ms`` is the region's mean number of events per millisecond.

    Each count is a negative binomial draw: Poisson around the expected rate times the communities' hourly moods. ``extra`` are
    counts by key and step that are added as they are (bursts). A series with less than one complaint a day has no history of its
    own: it is part of that of the territory around it (``around``), so that all sums are right.
    """
    times = start + step_ms * np.arange(steps, dtype=np.int64)
    events = np.array([rhythm.mean(int(at), step_ms) for at in times]) * per_ms * step_ms
    months = np.array([rhythm.month(int(at)) for at in times])
    shares = {month: rates.shares(month) for month in sorted(set(months.tolist()))}
    least = steps * step_ms / _DAY_MS
    totals: dict[Key, float] = defaultdict(float, dict.fromkeys(extra, 0.0))
    for month, found in shares.items():
        of_month = float(events[months == month].sum())
        for key, (share, _) in found.items():
            totals[key] += of_month * share
    homes = _folded(totals, least, around)
    expected: dict[Key, NDArray[np.float64]] = {home: np.zeros(steps) for home in homes.values()}
    scatter: dict[Key, float] = dict.fromkeys(expected, 0.0)
    for month, found in shares.items():
        inside = months == month
        for key, (share, squares) in found.items():
            expected[homes[key]][inside] += events[inside] * share
            # What the same few communities write goes up and down together.
            scatter[homes[key]] = max(scatter[homes[key]], squares / (share * share))
        for surge, reached in surges:
            risen = inside & (times >= surge.start) & (times < surge.end)
            if risen.any():
                for key, (share, _) in rates.shares(month, reached, surge.group).items():
                    expected[homes[key]][risen] += events[risen] * share * (surge.factor - 1)
    moods = ACTIVITY_VARIANCE / max(1.0, step_ms / _HOUR_MS)
    result = {}
    for key in sorted(expected):
        generator = np.random.Generator(np.random.Philox(seed_of(seed, "history", *key)))
        shape = 1 / (moods * max(scatter[key], _LEAST_SCATTER))
        counts = generator.poisson(expected[key] * generator.gamma(shape, 1 / shape, steps))
        for part, more in extra.items():
            if homes.get(part, part) == key:
                for step, count in more.items():
                    counts[step] += count
        result[f"{key[0]}|group|{key[1]}"] = counts.tolist()
    return result


def _folded(totals: Mapping[Key, float], least: float, around: Mapping[str, str]) -> dict[Key, Key]:
    """Where each key is counted: itself, or the narrowest territory around it that comes to ``least``; the region takes the rest."""

    def depth(key: Key) -> int:
        place, count = key[0], 0
        while place in around:
            place, count = around[place], count + 1
        return count

    sums = defaultdict(float, totals)
    homes: dict[Key, Key] = {}
    # A territory takes what its parts lacked before it is judged itself.
    waiting = sorted(totals, key=lambda key: (-depth(key), key))
    for level in range(depth(waiting[0]) if waiting else 0, -1, -1):
        for key in sorted(key for key in sums if depth(key) == level):
            wider = (around.get(key[0], ""), key[1])
            if wider[0] and sums[key] < least:
                homes[key] = wider
                sums[wider] += sums[key]
            else:
                homes[key] = key
    for key in waiting:
        home = homes[key]
        while homes[home] != home:
            home = homes[home]
        homes[key] = home
    return homes

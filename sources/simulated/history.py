"""The past of the simulated region as counts: what its series would have shown, without making the posts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sources.simulated.draw import seed_of
from sources.simulated.events import Surge
from sources.simulated.mixture import NAMED_ADDRESS, NAMED_AREA, appeal_share, complaint_share, themes_of
from sources.simulated.places import Places
from sources.simulated.rhythm import ACTIVITY_VARIANCE, Rhythm
from sources.simulated.sites import Site

_HOUR_MS = 3_600_000
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
        for (territory, official), shares in homes.items():
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
                sums[key] += value * sum(shares)
                squares[key] += value * value * sum(share * share for share in shares)
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
    extra: dict[Key, dict[int, int]],
) -> dict[str, list[int]]:
    """Counts per ``step_ms`` from ``start`` by series; ``per_ms`` is the region's mean number of events per millisecond.

    Each count is a negative binomial draw: Poisson around the expected rate times the communities' hourly moods. ``extra`` are
    counts by key and step that are added as they are (bursts).
    """
    times = start + step_ms * np.arange(steps, dtype=np.int64)
    events = np.array([rhythm.mean(int(at), step_ms) for at in times]) * per_ms * step_ms
    months = np.array([rhythm.month(int(at)) for at in times])
    expected: dict[Key, NDArray[np.float64]] = {}
    scatter: dict[Key, float] = {}
    for month in sorted(set(months.tolist())):
        inside = months == month
        shares = rates.shares(month)
        for key, (share, squares) in shares.items():
            expected.setdefault(key, np.zeros(steps))[inside] = events[inside] * share
            scatter[key] = squares / (share * share)
        for surge, reached in surges:
            risen = inside & (times >= surge.start) & (times < surge.end)
            if risen.any():
                for key, (share, _) in rates.shares(month, reached, surge.group).items():
                    expected[key][risen] += events[risen] * share * (surge.factor - 1)
    moods = ACTIVITY_VARIANCE / max(1.0, step_ms / _HOUR_MS)
    result = {}
    for key in sorted(expected):
        generator = np.random.Generator(np.random.Philox(seed_of(seed, "history", *key)))
        shape = 1 / (moods * scatter[key])
        counts = generator.poisson(expected[key] * generator.gamma(shape, 1 / shape, steps))
        for step, count in extra.get(key, {}).items():
            counts[step] += count
        result[f"{key[0]}|group|{key[1]}"] = [int(count) for count in counts]
    return result

"""How far the windows of each series stray from what is expected of them, by their nature.

The variance of a window is its mean, as Poisson's, plus a learned share of its mean times its level (what as many buckets of
average height would expect): a burst is made by its cause and not by the hour, so at night it is as high as at noon. How far that
holds, and how far noise goes with the hour instead, all series learn together. Every window learns its own share, as neighbouring
buckets depend on each other. Bursts are clipped, so that the share describes the usual days; how often bursts come is what the alarm
learns. Until a series has shown its own share, it has that of all series together.
"""

from __future__ import annotations

import numpy as np

from detectors.spikes.columns import Array, Columns
from detectors.spikes.plan import Plan
from monitor.model.plain import Plain

_STEEPEST = 0.95
"""Of a slope: some noise is left where next to nothing is expected."""


class Dispersions(Columns):
    """A weighted mean of each window's share, shrunk towards that of the population, and this towards what the settings assume."""

    _shares: Array
    _weights: Array
    _line: Array

    def __init__(self, plan: Plan) -> None:
        windows = len(plan.sizes)
        super().__init__({"_shares": ((windows,), "f8"), "_weights": ((windows,), "f8")})
        self._plan = plan
        # What is left of the weight of the settings' assumption: a few series forget it, as they forget the rest.
        self._assumed = plan.weight
        # Of each window, for a line through shares by rhythm: sums of weight, rhythm, its square, share, and rhythm times share.
        self._line = np.zeros((windows, 5))
        self._slope = np.zeros(windows)

    def shares(self) -> Array:
        """Of each window and series."""
        settings = self._plan.settings
        weight: float | Array = self._assumed
        usual = np.full((len(self._shares), 1), settings.dispersion)
        if self._shares.shape[1] >= settings.population:
            # The samples of a long window overlap: a day shows in 24 of them.
            weight = self._plan.weight * self._plan.spans[:, None]
            shares, weights = (each.sum(axis=1, keepdims=True) for each in (self._shares, self._weights))
            usual = (shares + usual * weight) / (weights + weight)
        found: Array = np.maximum((self._shares + usual * weight) / (self._weights + weight), settings.dispersion_floor)
        if self._shares.shape[1] >= settings.population:
            # What is shorter strays no less. Few posts are clipped too much to show it themselves.
            found = np.maximum.accumulate(found[::-1])[::-1]
        return found

    def forget(self) -> None:
        """Ages all windows by a block."""
        self._assumed *= self._plan.keep_dispersion
        self._shares *= self._plan.keep_dispersion
        self._weights *= self._plan.keep_dispersion
        self._line *= self._plan.keep_dispersion

    def tilt(self, rhythm: Array, window: Array | int) -> Array:
        """What a share is multiplied by where so many times as many posts are expected as at average height: 1 if noise is as high
        at night as at noon, the rhythm itself if it goes with the hour; 1 on average.
        """
        slope = self._slope[window]
        tilt: Array = 1.0 - slope + slope * rhythm
        return tilt

    def relative(self, window: int, rhythm: Array) -> Array:
        """The variance beyond Poisson's of a window over the square of its mean."""
        found: Array = self.shares()[window] / rhythm * self.tilt(rhythm, window)
        return found

    def settle(self) -> None:
        """Once a day: the slopes of the lines. Few series keep to 0: each would be explained by its own bursts."""
        if self._shares.shape[1] < self._plan.settings.population:
            return
        # The shortest windows hold too few posts for a line of their own.
        short = len(self._plan.short)
        lines = np.concatenate([np.repeat(self._line[:short].sum(axis=0, keepdims=True), short, axis=0), self._line[short:]])
        weight, rhythm, square, share, product = lines.T
        spread = square * weight - rhythm * rhythm
        known = spread > 0.0
        steep = np.divide(product * weight - rhythm * share, spread, out=np.zeros(len(spread)), where=known)
        # Share at rhythm 1, by the line; a slope is a part of it.
        middle = np.divide(share - steep * (rhythm - weight), weight, out=np.zeros(len(spread)), where=known)
        self._slope = np.clip(np.divide(steep, middle, out=np.zeros(len(spread)), where=middle > 0.0), 0.0, _STEEPEST)

    def learn(
        self, window: int, share: Array, level: Array, counts: Array, expected: Array, calm: Array | float = 1.0, scale: float = 1.0
    ) -> None:
        """Takes a block's samples of a window (a row each), which together weigh as one; ``share`` as it is so far,
        ``level`` in posts a window; only series that are ``calm`` teach (1, else 0): a burst that widens its own share hides.

        A sample weighs the more, the more posts it expects: among few, one burst would decide for weeks.
        """
        settings = self._plan.settings
        expected = np.maximum(expected, 1e-9)
        excess = counts - expected
        rhythm = expected / level
        tilt = self.tilt(rhythm, window)
        square = np.minimum(excess * excess, settings.dispersion_clip**2 * expected * (1.0 + share * level * tilt))
        weight = (expected / (settings.dispersion_posts + expected)) ** 2 * calm / len(counts)
        found = scale * (square - expected) / (expected * level)
        self._shares[window] += (weight * found / tilt).sum(axis=0)
        self._weights[window] += weight.sum(axis=0)
        at, seen = weight * rhythm, weight * found
        self._line[window] += [weight.sum(), at.sum(), (at * rhythm).sum(), seen.sum(), (seen * rhythm).sum()]

    def dump(self) -> Plain:
        return [[self._assumed, self._slope.tolist(), self._line.tolist()], super().dump()]

    def load(self, state: Plain, count: int) -> None:
        (self._assumed, slope, line), columns = state
        self._slope, self._line = np.array(slope), np.array(line)
        super().load(columns, count)

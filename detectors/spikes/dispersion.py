"""How far the windows of each series stray from what is expected of them, by their nature.

The variance of a window is its mean, as Poisson's, plus a learned share of its mean times its level (what as many buckets of
average height would expect): a burst is made by its cause and not by the hour, so at night it is as high as at noon. Every window
learns its own share, as neighbouring buckets depend on each other. Bursts are clipped, so that the share describes the usual
days; how often bursts come is what the alarm learns. Until a series has shown its own share, it has that of all series together.
"""

from __future__ import annotations

import numpy as np

from detectors.spikes.columns import Array, Columns
from detectors.spikes.plan import Plan
from monitor.model.plain import Plain


class Dispersions(Columns):
    """A weighted mean of each window's share, shrunk towards that of the population, and this towards what the settings assume."""

    _shares: Array
    _weights: Array

    def __init__(self, plan: Plan) -> None:
        windows = len(plan.sizes)
        super().__init__({"_shares": ((windows,), "f8"), "_weights": ((windows,), "f8")})
        self._plan = plan
        # What is left of the weight of the settings' assumption: a few series forget it, as they forget the rest.
        self._assumed = plan.weight

    def shares(self) -> Array:
        """Of each window and series."""
        settings, weight = self._plan.settings, self._assumed
        usual = np.full((len(self._shares), 1), settings.dispersion)
        if self._shares.shape[1] >= settings.population:
            weight = self._plan.weight
            shares, weights = (each.sum(axis=1, keepdims=True) for each in (self._shares, self._weights))
            usual = (shares + usual * weight) / (weights + weight)
        found: Array = np.maximum((self._shares + usual * weight) / (self._weights + weight), settings.dispersion_floor)
        return found

    def forget(self) -> None:
        """Ages all windows by a block."""
        self._assumed *= self._plan.keep_dispersion
        self._shares *= self._plan.keep_dispersion
        self._weights *= self._plan.keep_dispersion

    def learn(self, window: int, share: Array, level: Array, counts: Array, expected: Array, scale: float = 1.0) -> None:
        """Takes a block's samples of a window (a row each), which together weigh as one; ``share`` as it is so far,
        ``level`` in posts a window.

        A sample weighs the more, the more posts it expects: among few, one burst would decide for weeks.
        """
        settings = self._plan.settings
        expected = np.maximum(expected, 1e-9)
        excess = counts - expected
        square = np.minimum(excess * excess, settings.dispersion_clip**2 * expected * (1.0 + share * level))
        weight = (expected / (settings.dispersion_posts + expected)) ** 2 / len(counts)
        self._shares[window] += (weight * scale * (square - expected) / (expected * level)).sum(axis=0)
        self._weights[window] += weight.sum(axis=0)

    def dump(self) -> Plain:
        return [self._assumed, super().dump()]

    def load(self, state: Plain, count: int) -> None:
        self._assumed, columns = state
        super().load(columns, count)

"""How far the windows of one series stray from what is expected of them, by their nature.

The variance of a window is its mean, as Poisson's, plus a learned share of its mean times its level (what as many buckets of
average height would expect): a burst is made by its cause and not by the hour, so at night it is as high as at noon. Every window
learns its own share, as neighbouring buckets depend on each other. The bursts themselves are learned too: what a series does every
few days is no surprise, and is forgotten with the rest.
"""

from __future__ import annotations

from collections.abc import Sequence

from detectors.spikes.plan import Plan
from monitor.model.plain import Plain


class Dispersion:
    """A weighted mean of each window's share, starting from the one that the settings assume."""

    __slots__ = ("_plan", "_shares", "_weights")

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._shares = [plan.settings.dispersion * plan.weight] * len(plan.sizes)
        self._weights = [plan.weight] * len(plan.sizes)

    def share(self, window: int) -> float:
        return max(self._shares[window] / self._weights[window], self._plan.settings.dispersion_floor)

    def forget(self) -> None:
        """Ages all windows by a block."""
        keep = self._plan.keep_dispersion
        self._shares = [share * keep for share in self._shares]
        self._weights = [weight * keep for weight in self._weights]

    def learn(self, window: int, level: float, samples: Sequence[tuple[float, float]], scale: float = 1.0) -> None:
        """Takes a block's (count, expected) of a window, which together weigh as one sample; ``level`` in posts a window.

        A sample weighs the more, the more posts it expects: among few, one burst would decide for weeks.
        """
        few = self._plan.settings.dispersion_posts
        for count, expected in samples:
            if expected <= 0.0:
                continue
            excess = count - expected
            weight = (expected / (few + expected)) ** 2 / len(samples)
            self._shares[window] += weight * scale * (excess * excess - expected) / (expected * level)
            self._weights[window] += weight

    def dump(self) -> Plain:
        return [list(self._shares), list(self._weights)]

    def load(self, state: Plain) -> None:
        self._shares, self._weights = list(state[0]), list(state[1])

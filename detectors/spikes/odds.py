"""The odds that a problem goes on in a series, by Bayes' rule.

A window asks how rarely chance does as much; it does not ask what a problem would do. Problems have a size (how many times the usual)
and a length, begin at any time and end: the posterior odds of one against none are the statistic that finds most and soonest at so
many false alerts (Shiryaev, Theory of Probability and its Applications 1963), and as problems end they are kept by the forward
recursion of a hidden Markov model over size, length, and the noise of an hour (Rabiner, Proceedings of the IEEE 1989).
"""

from __future__ import annotations

import math

import numpy as np

from detectors.spikes.columns import Array, Columns
from detectors.spikes.plan import Plan
from detectors.spikes.settings import HOUR
from monitor.model.plain import Plain

_KIND = np.float32
_EXTRA = (np.exp(np.linspace(math.log(2.4), math.log(8.0), 3)) - 1.0).astype(_KIND)[:, None, None]
"""How many times the usual comes on top of it: less is not worth an alert, more is as plain."""
_HOURS = (1.0, 8.0, 64.0)
"""Mean lengths; a problem of each ends at any time alike, so that all together end as those that are seen."""
_POINTS = ((math.sqrt(3.0), 0.0, -math.sqrt(3.0)), (1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0))
"""Of Gauss' and Hermite's quadrature over a standard normal variable, and their weights."""
_NODES, _WEIGHTS = (np.array(each, _KIND)[:, None] for each in _POINTS)
_QUIETEST = 0.05
"""Cube root of the least noise."""
_OFTEN = 1e-6
"""Problems that begin in a bucket of a series."""
_ENOUGH = 12.0
"""Extra posts that make a problem: one that is likely to bring fewer is less likely to be looked for."""
_AHEAD = 3.0
"""Hours that are like the present one; what comes after them is like the average."""
_SCALE = 53.0
"""Decibels that make these odds as rare as the surprise of a window at the level of a notice."""
_FAR = 1e-12
"""Of a probability: odds are told no further."""
_LEAST = _KIND(1e-30)
"""Of a likelihood: what no state explains leaves all as likely as they were."""


class Odds(Columns):
    """``decibels`` of each series. A state is no problem, or one of a size and a length, each with a node of the hour's noise."""

    _none: Array
    _some: Array
    _spread: Array

    def __init__(self, plan: Plan) -> None:
        nodes = len(_NODES)
        super().__init__(
            {"_none": ((nodes,), "f4"), "_some": ((len(_EXTRA), len(_HOURS), nodes), "f4"), "_spread": ((), "f4")},
        )
        self._urgent = plan.settings.urgent
        bucket = plan.settings.bucket_ms
        self._lengths = np.maximum(1.0, np.array(_HOURS) * HOUR / bucket).astype(_KIND)[:, None]
        self._ahead = np.minimum(self._lengths, max(1.0, _AHEAD * HOUR / bucket)).astype(_KIND)

    def grow(self, count: int) -> None:
        super().grow(count)
        self._none[:, -count:] = _WEIGHTS

    def clear(self) -> None:
        """Nothing goes on anywhere."""
        self._none[:] = _WEIGHTS
        self._some[:] = 0.0

    def load(self, state: Plain, count: int) -> None:
        super().load(state, count)
        if not state:
            # A snapshot of the time before them.
            self.clear()

    def turn(self) -> None:
        """The noise of a new hour has nothing to do with that of the last."""
        self._none = _WEIGHTS * self._none.sum(axis=0)
        self._some = _WEIGHTS * self._some.sum(axis=2, keepdims=True)

    def spread(self, dispersion: Array) -> None:
        """Sets the variance of the noise of an hour, where its mean is 1."""
        self._spread[:] = dispersion

    def add(self, posts: Array, expected: Array, level: Array, known: Array) -> None:
        """Takes a bucket; ``level`` is what is expected of one of average height. Only those of series whose posts are ``known`` to
        be of this bucket say something: how many come late nobody knows well enough.
        """
        posts, expected, level = (each.astype(_KIND) for each in (posts * known, expected * known, level))
        noise = self._noise()
        rates = np.concatenate([noise[None], noise + _EXTRA])
        likely = np.log(rates) * posts - rates * expected
        likely -= likely.max(axis=(0, 1))
        np.maximum(np.exp(likely, out=likely), _LEAST, out=likely)
        brought = _EXTRA * (expected * self._ahead + level * (self._lengths - self._ahead))
        begins = _KIND(_OFTEN / len(_EXTRA) / len(_HOURS)) / (1.0 + (_KIND(_ENOUGH) / np.maximum(brought, _KIND(1e-6))) ** 3)
        ended = (self._some / self._lengths[:, None]).sum(axis=(0, 1))
        self._some *= 1.0 - 1.0 / self._lengths[:, None]
        self._some += begins[:, :, None] * self._none
        self._some *= likely[1:, None]
        self._none = (self._none + ended) * likely[0]
        scale = 1.0 / (self._none.sum(axis=0) + self._some.sum(axis=(0, 1, 2)))
        self._none *= scale
        self._some *= scale

    def weigh(self, found: Array) -> Array:
        """The surprises of windows, (window, series): all of a series higher or lower by half of what the odds are beyond its most
        surprising one, since two views of one rise err in different ways. What a window alone calls urgent stays as it is.
        """
        worst = found.max(axis=0)
        more = np.where(worst < self._urgent, (self.decibels() - worst) / 2.0, 0.0)
        return np.where(found > 0.0, np.maximum(0.0, found + more), 0.0)

    def decibels(self) -> Array:
        """On the scale of surprise, never below 0."""
        some = self._some.sum(axis=(0, 1, 2), dtype="f8")
        none = self._none.sum(axis=0, dtype="f8")
        found: Array = np.maximum(0.0, _SCALE + 10.0 * np.log10((some + _FAR) / (none + _FAR)))
        return found

    def _noise(self) -> Array:
        """Nodes of a gamma distribution, (node, series): its cube root is nearly normal (Wilson and Hilferty 1931)."""
        root = 1.0 - self._spread / 9.0 + _NODES * np.sqrt(self._spread) / 3.0
        nodes: Array = np.maximum(root, _QUIETEST) ** 3
        nodes /= (_WEIGHTS * nodes).sum(axis=0)
        return nodes

"""Spreads a budget of readings over sources and hours so that the posts of all are seen as young as can be.

Posts of a source arrive as a Poisson stream of rate r and are seen at its next reading. Read f times an hour, evenly, they are
1/(2f) hours old on average, and the ages of all posts add up to the sum of r/(2f). Under a sum of f that is given this is least
where f is proportional to the square root of r: the derivative -r/(2f²) is then the same everywhere. Here an age counts more than
its length (to the power of 1.5), since a late post harms more than two that are half as late: then f goes with r to the power of
1/2.5, the mean age is a hundredth above the least, and the latest twentieth of posts is some hundredths younger. It holds for each
hour as for each source, so nights are read less than evenings. Bounds from below (the ceiling of a class) and above (a network's
least pause) cut the curve without changing it elsewhere (Karush, Kuhn, Tucker); what is left over is shared out by the same rule: a
bisection finds the one factor.

On readings and their least sum of ages: Azar, Horvitz, Lubetzky, Peres, Shahaf, "Tractable near-optimal policies for
crawling", PNAS 2018; Cho, Garcia-Molina, "Effective page refresh policies for Web crawlers", TODS 2003.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEPS: Final = 40
POWER: Final = 1 / 2.5
_URGENT: Final = 0.8
"""What urgent sources get of a budget at most: the others are read seldom then, but they are read."""


class Plan(NamedTuple):
    """``often``: readings an hour, sources by slots. ``short``: the budget does not cover the ceilings, they were stretched."""

    often: Floats
    short: bool


def spread(
    rates: Floats,
    hours: Floats,
    low: Floats,
    high: Floats,
    urgent: NDArray[np.bool_],
    budget: float,
    power: float = POWER,
) -> Plan:
    """``rates``: posts an hour, sources by slots; ``hours``: length of each slot; ``low`` and ``high``: bounds of readings an hour.

    ``budget``: readings in all slots together. Where even the lower bounds cost more, those of the sources that are not ``urgent``
    are stretched first, all alike, but not to nothing.
    """
    low = np.minimum(low, high)
    total = float(hours.sum())
    needed = float(low.sum()) * total
    if needed >= budget:
        first = float(low[urgent].sum()) * total
        rest = needed - first
        given = min(first, budget * (_URGENT if rest else 1.0))
        factors = np.where(urgent, given / first if first else 1.0, (budget - given) / rest if rest else 1.0)
        return Plan(np.repeat((low * factors)[:, None], len(hours), axis=1), needed > budget)
    root = rates**power
    lower, upper = low[:, None], high[:, None]
    least, most = -30.0, 30.0
    for _ in range(_STEPS):
        middle = (least + most) / 2
        if float((np.clip(np.exp(middle) * root, lower, upper) * hours).sum()) > budget:
            most = middle
        else:
            least = middle
    return Plan(np.clip(np.exp(least) * root, lower, upper), False)

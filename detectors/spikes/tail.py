"""How improbable a count is: the upper tail of a negative binomial distribution, in decibels."""

from __future__ import annotations

import math

_DECIBEL = 10.0 / math.log(10.0)
_TERMS = 16
"""Terms of the tail that are added one by one; what remains is bounded by a geometric series."""


def surprise(count: int, mean: float, dispersion: float) -> float:
    """Minus ten times the common logarithm of P(X >= count), X negative binomial with variance mean + dispersion * mean**2.

    Never below 0; 0 for a count that is not above its mean. The tail is summed from its first terms, so nothing is subtracted
    from 1 and the result stays exact to a fraction of a decibel at any depth.
    """
    if count <= mean:
        return 0.0
    shape = 1.0 / dispersion
    ratio = mean / (mean + shape)
    log_first = (
        math.lgamma(count + shape)
        - math.lgamma(shape)
        - math.lgamma(count + 1.0)
        - shape * math.log1p(mean * dispersion)
        + count * math.log(ratio)
    )
    total = term = 1.0
    k = float(count)
    for _ in range(_TERMS):
        term *= ratio * (k + shape) / (k + 1.0)
        total += term
        k += 1.0
    step = max(ratio * (k + shape) / (k + 1.0), ratio)
    total += term * step / (1.0 - step) if step < 1.0 else term * count
    return max(0.0, -_DECIBEL * (log_first + math.log(total)))

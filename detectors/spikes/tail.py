"""How improbable counts are: the upper tail of negative binomial distributions, in decibels, for arrays."""

from __future__ import annotations

import numpy as np

from detectors.spikes.columns import Array

_DECIBEL = float(10.0 / np.log(10.0))
_TERMS = 16
"""Terms of the tail that are added one by one; what remains is bounded by a geometric series."""
_SHIFT = 8
"""Stirling's series is exact to 1e-11 from here on; smaller arguments are shifted up."""
_STEPS = np.arange(float(_TERMS))
_SHIFTS = np.arange(float(_SHIFT))


def surprise(counts: Array, means: Array, dispersions: Array) -> Array:
    """Minus ten times the common logarithm of P(X >= count), X negative binomial with variance mean + dispersion * mean**2.

    Never below 0; 0 for a count that is not above its mean. The tail is summed from its first terms, so nothing is subtracted
    from 1 and the result stays exact to a fraction of a decibel at any depth. All arguments are flat arrays of one length.
    """
    size = len(means)
    shapes = 1.0 / dispersions
    ratio = means / (means + shapes)
    gammas = log_gamma(np.concatenate([counts + shapes, shapes, counts + 1.0]))
    log_first = gammas[:size] - gammas[size : 2 * size] - gammas[2 * size :]
    log_first += counts * np.log(ratio) - shapes * np.log1p(means * dispersions)
    k = counts[:, None] + _STEPS
    terms = np.cumprod(ratio[:, None] * (k + shapes[:, None]) / (k + 1.0), axis=1)
    last, beyond = terms[:, -1], counts + _TERMS
    step = np.maximum(ratio * (beyond + shapes) / (beyond + 1.0), ratio)
    rest = np.where(step < 1.0, last * step / np.maximum(1.0 - step, 1e-12), last * counts)
    found = -_DECIBEL * (log_first + np.log(1.0 + terms.sum(axis=1) + rest))
    return np.where(counts > means, np.maximum(0.0, found), 0.0)


def log_gamma(x: Array) -> Array:
    """The logarithm of the gamma function for positive x: Stirling's series (Abramowitz and Stegun, 6.1.41)."""
    small = x < _SHIFT
    z = np.where(small, x + _SHIFT, x)
    inverse = 1.0 / (z * z)
    series = (1.0 / 12.0 - inverse * (1.0 / 360.0 - inverse * (1.0 / 1260.0 - inverse / 1680.0))) / z
    found = (z - 0.5) * np.log(z) - z + 0.9189385332046727 + series
    found[small] -= np.log((x[small, None] + _SHIFTS).prod(axis=1))
    return found

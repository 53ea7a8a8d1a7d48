import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.spikes.tail import surprise as surprises


def surprise(count: int, mean: float, dispersion: float) -> float:
    return float(surprises(np.array([float(count)]), np.array([mean]), np.array([dispersion]))[0])


def exact(count: int, mean: float, dispersion: float) -> float:
    """The tail added up from the probability of 0, in decibels."""
    shape = 1.0 / dispersion
    ratio = mean / (mean + shape)
    term = (1.0 - ratio) ** shape
    below = []
    for k in range(count):
        below.append(term)
        term *= ratio * (k + shape) / (k + 1.0)
    above = []
    k = count
    while term > 1e-300 and k < count + 20_000:
        above.append(term)
        term *= ratio * (k + shape) / (k + 1.0)
        k += 1
    return -10.0 * math.log10(math.fsum(above))


@pytest.mark.parametrize("dispersion", [0.02, 0.3, 1.0, 5.0])
@pytest.mark.parametrize(("count", "mean"), [(5, 0.05), (6, 4.0), (20, 4.0), (200, 90.0), (400, 90.0)])
def test_is_the_tail_of_the_negative_binomial(count: int, mean: float, dispersion: float) -> None:
    # Near the mean the bound of what is not added up is loose, and always on the side of less surprise.
    found, truth = surprise(count, mean, dispersion), exact(count, mean, dispersion)
    assert truth - (0.2 if truth > 20.0 else 4.0) <= found <= truth + 1e-6


def test_tends_to_poisson() -> None:
    tail = math.fsum(math.exp(-2.0) * 2.0**k / math.factorial(k) for k in range(10, 60))
    assert surprise(10, 2.0, 1e-6) == pytest.approx(-10.0 * math.log10(tail), abs=0.01)


def test_is_finite_where_probabilities_are_not() -> None:
    assert 10_000 < surprise(1_000_000, 1.0, 0.02) < 1e9
    assert surprise(10_000_000, 9_000_000.0, 0.02) > 0.0


@given(st.integers(0, 500), st.floats(1e-6, 500.0), st.floats(0.02, 20.0))
def test_more_posts_are_never_less_surprising(count: int, mean: float, dispersion: float) -> None:
    assert 0.0 <= surprise(count, mean, dispersion) <= surprise(count + 1, mean, dispersion) + 1e-6


def test_nothing_above_the_mean_is_no_surprise() -> None:
    assert surprise(3, 3.0, 1.0) == 0.0
    assert surprise(0, 1e-6, 1.0) == 0.0

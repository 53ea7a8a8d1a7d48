"""The plan: within its budget and bounds, and no other plan within them sees posts younger."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.schedule.plan import Floats, spread

RATES = st.lists(st.floats(1e-4, 50), min_size=2, max_size=12)


def _ages(rates: Floats, often: Floats, power: float) -> float:
    """The sum over posts of their age to the power of 1/power - 1, which the plan makes small: 1/2 stands for the age itself."""
    exponent = 1 / power - 1
    return float((rates / often**exponent).sum())


@given(rates=RATES, budget=st.floats(1, 2000), seed=st.integers(0, 1 << 16), power=st.sampled_from([0.5, 0.4]))
def test_budget_and_bounds_hold_and_no_exchange_helps(rates: list[float], budget: float, seed: int, power: float) -> None:
    draw = np.random.default_rng(seed)
    slots = 3
    table = np.array(rates)[:, None] * draw.uniform(0.1, 2, (len(rates), slots))
    hours = np.array([0.3, 1.0, 1.0])
    low, high = draw.uniform(0.01, 1, len(rates)), draw.uniform(2, 60, len(rates))
    urgent = draw.uniform(size=len(rates)) < 0.3
    plan = spread(table, hours, low, high, urgent, budget, power)
    spent = float((plan.often * hours).sum())
    assert spent <= budget * (1 + 1e-6)
    assert (plan.often > 0).all()
    assert (plan.often <= high[:, None] * (1 + 1e-9)).all()
    if plan.short:
        assert float(low.sum() * hours.sum()) > budget
        return
    assert (plan.often >= low[:, None] * (1 - 1e-9)).all()
    assert spent >= min(budget, float(high.sum() * hours.sum())) * (1 - 1e-4)
    before = _ages(table * hours, plan.often, power)
    for _ in range(20):
        one, other = draw.integers(len(rates), size=2), draw.integers(slots, size=2)
        moved = plan.often.copy()
        step = 0.05 * min(moved[one[0], other[0]], moved[one[1], other[1]])
        moved[one[0], other[0]] += step / hours[other[0]]
        moved[one[1], other[1]] -= step / hours[other[1]]
        if (moved >= low[:, None]).all() and (moved <= high[:, None]).all():
            assert _ages(table * hours, moved, power) >= before * (1 - 1e-3)


def test_the_square_root_rule() -> None:
    plan = spread(np.array([[1.0], [4.0], [16.0]]), np.ones(1), np.zeros(3), np.full(3, 1e9), np.zeros(3, bool), 7.0, 0.5)
    assert plan.often[:, 0] == pytest.approx([1, 2, 4])


def test_a_budget_that_covers_no_ceilings_is_told_and_urgent_ones_go_first() -> None:
    low = np.array([12.0, 1.0, 1.0])
    plan = spread(np.ones((3, 2)), np.ones(2), low, np.full(3, 60.0), np.array([True, False, False]), 26.0)
    assert plan.short
    assert float(plan.often.sum()) == pytest.approx(26.0)
    assert plan.often[0, 0] > 10
    assert (plan.often[1:] > 0.2).all()

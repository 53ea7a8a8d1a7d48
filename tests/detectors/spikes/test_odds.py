"""The odds of a problem: as one who adds up all histories has them, up while it goes on and down after it."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

from detectors.spikes import Spikes, SpikeSettings
from detectors.spikes.odds import Odds
from detectors.spikes.plan import Plan
from monitor.model.plain import pack, unpack
from tests.detectors.spikes.worlds import BUCKET, DAY, HISTORY, after, close, draw, taught

SIZES = [2.4 * (8.0 / 2.4) ** (part / 2) for part in range(3)]
LENGTHS = [12.0, 96.0, 768.0]


def fed(posts: list[int], expected: float, spread: float = 0.1, known: bool = True) -> Odds:
    odds = Odds(Plan(SpikeSettings()))
    odds.grow(1)
    odds.spread(np.array([spread]))
    for count in posts:
        odds.add(np.array([float(count)]), np.array([expected]), np.array([expected]), np.array([known]))
    return odds


def summed(posts: list[int], expected: float, spread: float) -> float:
    """Decibels of the odds, over all histories of so many buckets of one hour."""
    weights = [1 / 6, 2 / 3, 1 / 6]
    noise = [(1 - spread / 9 + node * math.sqrt(spread) / 3) ** 3 for node in (math.sqrt(3), 0.0, -math.sqrt(3))]
    mean = sum(map(math.prod, zip(weights, noise, strict=True)))
    kinds = list(product(SIZES, LENGTHS))
    some = none = 0.0
    for weight, node in zip(weights, noise, strict=True):
        for history in product([None, *kinds], repeat=len(posts)):
            chance, before = weight, None
            for count, state in zip(posts, history, strict=True):
                if state is None:
                    chance *= 1 / before[1] if before else 1.0
                elif before is None:
                    brought = (state[0] - 1.0) * expected * state[1]
                    chance *= 1e-6 / len(kinds) / (1.0 + (12.0 / brought) ** 3)
                else:
                    chance *= 1.0 - 1 / state[1] if state == before else 0.0
                rate = expected * (node / mean + (state[0] - 1.0 if state else 0.0))
                chance *= math.exp(-rate) * rate**count / math.factorial(count)
                before = state
            if before:
                some += chance
            else:
                none += chance
    return max(0.0, 53.0 + 10.0 * math.log10(some / none))


@pytest.mark.parametrize("posts", [[0, 0, 4], [5, 6, 7], [3, 9, 1]])
def test_they_are_those_of_all_histories(posts: list[int]) -> None:
    assert fed(posts, 0.8).decibels()[0] == pytest.approx(summed(posts, 0.8, 0.1), abs=0.01)


def test_they_rise_with_a_problem_and_fall_after_it() -> None:
    rise = [float(fed([3] * length, 0.5).decibels()[0]) for length in (0, 4, 8, 12)]
    assert rise == sorted(rise)
    assert rise[0] == 0.0
    assert rise[-1] > 75.0
    falling = [float(fed([3] * 12 + [0] * length, 0.5).decibels()[0]) for length in (0, 6, 12, 36)]
    assert falling == sorted(falling, reverse=True)
    assert falling[-1] == 0.0


def test_the_noise_of_an_hour_is_no_problem() -> None:
    """The same rise says less where hours stray more."""
    assert fed([2] * 12, 0.7, 0.02).decibels()[0] > fed([2] * 12, 0.7, 0.3).decibels()[0] + 5.0


def test_posts_of_another_time_say_nothing() -> None:
    assert fed([500], 0.5, known=False).decibels()[0] == 0.0


def test_windows_are_weighed_by_them_up_to_what_is_urgent() -> None:
    odds = fed([3] * 12, 0.5)
    beyond = float(odds.decibels()[0])
    found = odds.weigh(np.array([[30.0], [0.0], [20.0]]))[:, 0].tolist()
    assert found == pytest.approx([(30.0 + beyond) / 2.0, 0.0, 20.0 + (beyond - 30.0) / 2.0])
    assert fed([], 0.5).weigh(np.array([[70.0], [69.0]]))[:, 0].tolist() == [70.0, 69.0]
    assert fed([], 0.5).weigh(np.array([[69.0], [10.0]]))[:, 0].tolist() == [34.5, 0.0]


def test_a_snapshot_without_them_is_taken() -> None:
    """Nothing is known to go on then; what begins later is found."""
    counts = {f"s{number}": draw(f"older {number}", 0.5, 29) for number in range(8)}
    spikes, older = taught(counts), Spikes()
    later = after(counts, DAY)
    for index in range(30):
        close(spikes, HISTORY + index, {name: each[index] for name, each in later.items()})
    state = unpack(pack(spikes.dump()))
    state[1][1] = state[1][1][:4]
    older.load(state)
    told = [each.close((HISTORY + 30) * BUCKET, True, {"s1": (9, 9)})["s1"] for each in (spikes, older)]
    assert told[0].spike is not None
    assert told[0].expected == told[1].expected
    assert pack(older.dump()) != pack(spikes.dump())
    judged = [close(older, HISTORY + 31 + index, {"s1": 9})["s1"] for index in range(3)]
    assert any(each.active for each in judged)

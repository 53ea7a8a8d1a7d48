import numpy as np
import pytest

from detectors.spikes import SpikeSettings
from detectors.spikes.baseline import Baselines
from detectors.spikes.plan import Plan


def made(count: int = 1) -> Baselines:
    base = Baselines(Plan(SpikeSettings()))
    base.grow(count)
    return base


def learned(hours: int, *posts: float) -> Baselines:
    """Hours of which the eight from 9 on have all posts of the day, at these rates a bucket."""
    base = made(len(posts))
    for hour in range(hours):
        base.learn(hour, np.array(posts) * (36.0 if 9 <= hour % 24 < 17 else 0.0), 12.0)
    return base


def test_many_posts_have_a_rhythm_and_few_have_none() -> None:
    base = learned(28 * 24, 5.0, 0.001)
    assert base.level()[0] == pytest.approx(5.0, rel=0.1)
    assert base.rhythm(28 * 24 + 12) == pytest.approx([3.0, 1.0], abs=0.25)
    assert base.rhythm(28 * 24 + 3) == pytest.approx([0.0, 1.0], abs=0.25)


def test_few_posts_have_the_rhythm_of_all() -> None:
    base = learned(28 * 24, 0.001, *[1.0] * 8)
    assert base.rhythm(28 * 24 + 12)[0] == pytest.approx(3.0, abs=0.3)
    assert base.rhythm(28 * 24 + 3)[0] < 0.2


def test_knows_the_week() -> None:
    base = made()
    for hour in range(8 * 168):
        base.learn(hour, np.array([12.0 * (2 if hour // 24 % 7 == 3 else 10)]), 12.0)
    assert base.rhythm(8 * 168 + 3 * 24 + 12)[0] < 0.45 * base.rhythm(8 * 168 + 4 * 24 + 12)[0]


def test_a_new_level_is_usual_after_a_week() -> None:
    base = made()
    for hour in range(28 * 24):
        base.learn(hour, np.array([60.0]), 12.0)
    for hour in range(28 * 24, 35 * 24):
        base.learn(hour, np.array([180.0]), 12.0)
    assert 13.0 < base.level()[0] < 19.0


def test_silence_is_not_never() -> None:
    base = made()
    for hour in range(90 * 24):
        base.learn(hour, np.zeros(1), 12.0)
    assert 0.0 < base.level()[0] < 0.001


def test_who_comes_late_was_silent_before() -> None:
    base = made(2)
    for hour in range(20 * 24):
        base.learn(hour, np.array([60.0, 0.0]), 12.0)
    base.grow(1)
    assert 0.0 < base.level()[2] < 0.01 < base.level()[0]


def test_a_holiday_is_a_sunday() -> None:
    """From a Thursday on, day 0; a Sunday is day 3. A holiday teaches the Sunday, and no Wednesday becomes quiet by it."""
    holidays = frozenset({7 * 7 + 6, 8 * 7 + 4})
    plain, told = made(), Baselines(Plan(SpikeSettings(holidays=holidays, working=frozenset({8 * 7 + 2}))))
    told.grow(1)
    for hour in range(8 * 168):
        quiet = hour // 24 % 7 == 3 or hour // 24 in holidays
        for base in (plain, told):
            base.learn(hour, np.array([12.0 * (2 if quiet else 10)]), 12.0)
    monday, sunday = (8 * 7 + 4) * 24 + 12, (8 * 7 + 3) * 24 + 12
    assert told.rhythm(monday) == told.rhythm(sunday)
    assert plain.rhythm(monday)[0] > 2.0 * told.rhythm(monday)[0]
    wednesday, friday, saturday = ((8 * 7 + day) * 24 + 12 for day in (6, 1, 2))
    assert told.rhythm(wednesday)[0] > plain.rhythm(wednesday)[0]
    assert told.rhythm(saturday) == told.rhythm(friday)

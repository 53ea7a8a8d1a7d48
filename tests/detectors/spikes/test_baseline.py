import pytest

from detectors.spikes import SpikeSettings
from detectors.spikes.baseline import Baseline
from detectors.spikes.plan import Plan


def learned(hours: int, posts: float, settings: SpikeSettings | None = None) -> Baseline:
    """Hours of which the eight from 9 on have all posts of the day, at the rate ``posts`` a bucket."""
    base = Baseline(Plan(settings or SpikeSettings()))
    for hour in range(hours):
        count = 12 * 3 * posts if 9 <= hour % 24 < 17 else 0.0
        base.learn(hour, count, count, 12.0)
    return base


def test_many_posts_have_a_rhythm_and_few_have_none() -> None:
    dense, sparse = learned(28 * 24, 5.0), learned(28 * 24, 0.001)
    assert dense.level() == pytest.approx(5.0, rel=0.1)
    assert (dense.rhythm(28 * 24 + 12), dense.rhythm(28 * 24 + 3)) == pytest.approx((3.0, 0.0), abs=0.25)
    assert (sparse.rhythm(28 * 24 + 12), sparse.rhythm(28 * 24 + 3)) == pytest.approx((1.0, 1.0), abs=0.1)


def test_knows_the_week() -> None:
    base = Baseline(Plan(SpikeSettings()))
    for hour in range(8 * 168):
        count = 12.0 * (2 if hour // 24 % 7 == 3 else 10)
        base.learn(hour, count, count, 12.0)
    assert base.rhythm(8 * 168 + 3 * 24 + 12) < 0.45 * base.rhythm(8 * 168 + 4 * 24 + 12)


def test_a_lasting_new_level_is_most_of_the_usual_after_two_days() -> None:
    base = Baseline(Plan(SpikeSettings()))
    for hour in range(28 * 24):
        base.learn(hour, 60.0, 60.0, 12.0)
    for hour in range(28 * 24, 30 * 24):
        base.learn(hour, 180.0, 60.0, 12.0)
    level = base.level()
    assert level is not None
    assert 10.5 < level < 15.0


def test_silence_is_not_never() -> None:
    base = Baseline(Plan(SpikeSettings()))
    assert base.level() is None
    for hour in range(90 * 24):
        base.learn(hour, 0.0, 0.0, 12.0)
    level = base.level()
    assert level is not None
    assert 0.0 < level < 0.001


def test_the_prior_is_what_is_expected_at_first() -> None:
    base = Baseline(Plan(SpikeSettings(prior_rate=0.25)))
    assert base.level() == pytest.approx(0.25)

"""The rate of alerts that people ask for, over series whose rises are known to have a tail unlike the model's."""

import numpy as np
import pytest

from detectors.spikes.plan import Plan
from detectors.spikes.pool import Pool
from detectors.spikes.settings import SpikeSettings

SERIES, WEEK = 720, 2016


@pytest.mark.parametrize(("scale", "asked"), [(3.0, 20.0), (6.0, 20.0), (6.0, 5.0), (9.0, 20.0)])
def test_the_rate_that_people_ask_for_is_what_they_get(scale: float, asked: float) -> None:
    """Two rises a series and week, after three to learn them. Heights are exponential (the model has ``scale`` 4.3), but some series
    rise higher than others, by a third.
    """
    random = np.random.default_rng(5)
    scales = scale / random.gamma(8.0, 1.0 / 8.0, SERIES)
    settings = SpikeSettings(per_week=asked)
    pool = Pool(Plan(settings))
    pool.grow(SERIES)
    # So many that chance alone moves the count by a tenth at most.
    alerts, weeks = 0, 10 if asked > 10 else 18
    for bucket in range((3 + weeks) * WEEK):
        worst = np.zeros(SERIES, int)
        rises = random.poisson(2.0 * SERIES / WEEK)
        if rises:
            risen = random.integers(0, SERIES, rises)
            worst[risen] = (15.5 + random.exponential(scales[risen])).astype(int)
        shift = pool.take(worst)
        if bucket >= 3 * WEEK:
            alerts += int((worst >= settings.notice + shift).sum())
    assert asked * weeks / 1.25 <= alerts <= asked * weeks * 1.25


def test_a_region_where_nobody_complains_waits_for_ever() -> None:
    pool = Pool(Plan(SpikeSettings()))
    pool.grow(0)
    assert {pool.take(np.zeros(0, int)) for _ in range(8 * WEEK)} == {0}

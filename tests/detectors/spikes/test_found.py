"""What is found, when, and what is not: exact figures on seeded series."""

import pytest

from detectors.base import Bucket, Judgement
from detectors.spikes import Spikes, SpikeSettings
from tests.detectors.spikes.worlds import BUCKET, DAY, HISTORY, HOUR, bucket, draw, play, taught

BEGIN = HISTORY + DAY + 14 * HOUR
"""A burst begins at two in the afternoon of the second day after the history."""


def fired(judgements: list[Judgement]) -> list[tuple[int, str]]:
    return [(i, j.spike.level) for i, j in enumerate(judgements) if j.spike]


def delay(rate: float, times: int, seed: int) -> int | None:
    """Buckets from the begin of a burst to its first spike; None if there is none within a day. Fails on a spike before."""
    counts = draw(f"{rate} {seed}", rate, 31, factor=lambda i: times if i >= BEGIN else 1.0)
    spikes = taught("s", counts)
    first = fired(play(spikes, "s", counts[HISTORY : BEGIN + DAY], HISTORY))
    return first[0][0] - (BEGIN - HISTORY) if first else None


@pytest.mark.parametrize(
    ("rate", "times", "delays"),
    [
        (0.05, 10, [1, 9, 4, 5, 4]),
        (0.5, 3, [3, 8, 5, 5, 23]),
        (0.5, 5, [2, 4, 2, 2, 2]),
        (0.5, 10, [0, 2, 0, 0, 1]),
        (5.0, 3, [2, 2, 1, 2, 2]),
        (5.0, 5, [0, 0, 0, 0, 0]),
        (5.0, 10, [0, 0, 0, 0, 0]),
    ],
)
def test_bursts_are_found_in_so_many_buckets(rate: float, times: int, delays: list[int | None]) -> None:
    assert [delay(rate, times, seed) for seed in range(5)] == delays


@pytest.mark.parametrize(("rate", "noise", "most"), [(0.005, 0.0, 0), (0.05, 0.5, 0), (0.5, 0.0, 0), (5.0, 0.2, 1)])
def test_quiet_weeks_are_quiet(rate: float, noise: float, most: int) -> None:
    """At most so many alerts in 70 series-days, as measured."""
    alerts = 0
    for seed in range(5):
        counts = draw(f"quiet {seed}", rate, 42, noise)
        alerts += len(fired(play(taught("s", counts), "s", counts[HISTORY:], HISTORY)))
    assert alerts <= most


@pytest.mark.parametrize(("rate", "noise"), [(0.05, 0.0), (0.5, 0.0), (5.0, 0.3)])
def test_weather_raises_one_alert_at_most(rate: float, noise: float) -> None:
    """Three times the usual for a week, and back."""
    begin = HISTORY + 2 * DAY
    counts = draw("snow", rate, 42, noise, factor=lambda i: 3.0 if begin <= i < begin + 7 * DAY else 1.0)
    judgements = play(taught("s", counts), "s", counts[HISTORY:], HISTORY)
    assert len(fired(judgements)) <= 1
    assert not any(j.active for j in judgements[4 * DAY :])


def test_what_an_outage_held_back_is_no_burst() -> None:
    counts = draw("outage", 2.0, 30)
    spikes = taught("s", counts)
    noon = HISTORY + DAY + 12 * HOUR
    play(spikes, "s", counts[HISTORY:noon], HISTORY)
    held = sum(counts[noon : noon + 2 * HOUR])
    dark = [spikes.observe("s", bucket(noon + i, 0, complete=False)) for i in range(2 * HOUR)]
    back = [held, *counts[noon + 2 * HOUR + 1 : HISTORY + 2 * DAY]]
    light = play(spikes, "s", back, noon + 2 * HOUR)
    assert fired(dark + light) == []
    # The same number of posts out of the blue is a burst.
    sudden = taught("s", counts)
    play(sudden, "s", counts[HISTORY : noon + 2 * HOUR], HISTORY)
    assert play(sudden, "s", [held], noon + 2 * HOUR)[0].spike is not None


def test_incomplete_buckets_are_judged_and_teach_nothing() -> None:
    counts = draw("teach", 0.5, 30)
    one, other = taught("s", counts), taught("s", counts)
    for i in range(5 * HOUR):
        one.observe("s", bucket(HISTORY + i, 0, complete=False))
    after = 5 * HOUR + 3 * DAY
    assert one.observe("s", bucket(HISTORY + after, 0)).expected == other.observe("s", bucket(HISTORY + after, 0)).expected
    assert taught("s", counts).observe("s", bucket(HISTORY, 60, complete=False)).spike is not None


def test_few_posts_or_few_authors_are_no_spike() -> None:
    counts = [0] * HISTORY
    assert taught("s", counts).observe("s", bucket(HISTORY, 4)).spike is None
    assert taught("s", counts).observe("s", bucket(HISTORY, 5)).spike is not None
    assert taught("s", counts).observe("s", Bucket(HISTORY * BUCKET, 50, 2, True)).spike is None
    assert taught("s", counts).observe("s", Bucket(HISTORY * BUCKET, 50, 0, True)).spike is not None


def test_a_spike_explains_itself() -> None:
    counts = draw("explain", 0.05, 30)
    spikes = taught("samara|heating", counts)
    play(spikes, "samara|heating", [0] * 40, HISTORY)
    judgements = play(spikes, "samara|heating", [1, 3, 6, 9], HISTORY + 40)
    begun = next(j.spike for j in judgements if j.spike)
    assert (begun.series, begun.bucket, begun.onset) == ("samara|heating", (HISTORY + 42) * BUCKET, (HISTORY + 40) * BUCKET)
    assert (begun.observed, begun.level) == (10, "urgent")
    assert 0 < begun.expected < 500
    assert begun.surprise == judgements[2].surprise >= 70
    assert all(j.active for j in judgements[2:])


def test_a_new_series_does_not_fire_at_once_but_on_its_first_day() -> None:
    counts = draw("cold", 5.0, 2)
    spikes = Spikes()
    assert fired(play(spikes, "s", counts[: 20 * HOUR])) == []
    assert play(spikes, "s", [400], 20 * HOUR)[0].spike is not None


def test_a_new_series_is_judged_by_its_prior() -> None:
    settings = SpikeSettings(prior_rate=0.05)
    assert play(Spikes(settings), "s", [3, 2])[-1].spike is None
    assert play(Spikes(settings), "s", [30])[-1].spike is not None
    assert play(Spikes(), "s", [30])[-1].spike is None


def test_people_sleep_by_local_time() -> None:
    """The same local nights, told in UTC and three hours ahead of it, are judged alike."""
    counts = draw("zone", 5.0, 31)
    here, there = Spikes(), Spikes(SpikeSettings(timezone_offset_ms=3 * 3_600_000))
    shift = 36 * BUCKET
    for i, posts in enumerate(counts[: 8 * DAY]):
        at_home = here.observe("s", Bucket(i * BUCKET, posts, 0, True))
        abroad = there.observe("s", Bucket(i * BUCKET - shift, posts, 0, True))
        assert at_home[:2] == abroad[:2]

"""What is found, when, and what is not: exact figures on seeded series."""

from itertools import pairwise

import pytest

from detectors.base import Judgement
from detectors.spikes import Spikes, SpikeSettings
from tests.detectors.spikes.worlds import BUCKET, DAY, HISTORY, HOUR, after, close, draw, play, taught

BEGIN = DAY // 2
"""A burst begins at noon of the first day after the history."""


def fired(judgements: list[Judgement]) -> list[tuple[int, str]]:
    return [(i, j.spike.level) for i, j in enumerate(judgements) if j.spike]


def test_bursts_are_found_in_so_many_buckets() -> None:
    """Buckets from the begin of a burst to its first spike, five seeds each; None if there is none in half a day."""
    sorts = [(0.05, 10), (0.5, 3), (0.5, 5), (0.5, 10), (5.0, 3), (5.0, 5), (5.0, 10)]

    def world(rate: float, times: int, seed: int) -> list[int]:
        return draw(f"{rate} {seed}", rate, 29, factor=lambda i: times if i >= HISTORY + BEGIN else 1.0)

    counts = {f"{rate} {times} {seed}": world(rate, times, seed) for rate, times in sorts for seed in range(5)}
    found = play(taught(counts), after(counts), HISTORY)
    delays: dict[str, list[int | None]] = {}
    for name, judgements in found.items():
        first = fired(judgements)
        delays.setdefault(name.rpartition(" ")[0], []).append(first[0][0] - BEGIN if first else None)
    assert delays == {
        "0.05 10": [9, 2, 7, 21, 4],
        "0.5 3": [7, 12, 11, 14, 15],
        "0.5 5": [2, 5, 1, 4, 5],
        "0.5 10": [0, 2, 0, 1, 2],
        "5.0 3": [1, 2, 0, 1, 1],
        "5.0 5": [0, 0, 0, 0, 0],
        "5.0 10": [0, 0, 0, 0, 0],
    }


def test_quiet_weeks_are_quiet() -> None:
    """At most one alert in 200 series-days, as measured."""
    counts = {
        f"{rate} {noise} {seed}": draw(f"quiet {seed}", rate, 33, noise)
        for rate, noise in [(0.005, 0.0), (0.05, 0.5), (0.5, 0.0), (5.0, 0.2)]
        for seed in range(10)
    }
    found = play(taught(counts), after(counts), HISTORY)
    assert sum(len(fired(judgements)) for judgements in found.values()) <= 1


def test_weather_raises_two_alerts_at_most() -> None:
    """Three times the usual for a week, and back: an alert, perhaps a louder one, and in three days it is usual."""
    days = HISTORY + 2 * DAY
    counts = {
        str(rate): draw("snow", rate, 38, noise, factor=lambda i: 3.0 if days <= i < days + 7 * DAY else 1.0)
        for rate, noise in [(0.05, 0.0), (0.5, 0.0), (5.0, 0.3)]
    }
    for judgements in play(taught(counts), after(counts), HISTORY).values():
        begun = [j for before, j in pairwise(judgements) if j.active and not before.active]
        assert len(begun) <= 2
        assert not any(j.active for j in judgements[5 * DAY :])


def test_what_an_outage_held_back_is_no_burst() -> None:
    counts = draw("outage", 2.0, 29)
    noon = HISTORY + BEGIN
    held = sum(counts[noon : noon + 2 * HOUR])
    spikes, sudden = taught({"s": counts}), taught({"s": counts})
    for each in (spikes, sudden):
        play(each, {"s": counts[HISTORY:noon]}, HISTORY)
    dark = [close(spikes, noon + i, {"s": 0}, complete=False)["s"] for i in range(2 * HOUR)]
    light = play(spikes, {"s": [held, *counts[noon + 2 * HOUR + 1 :]]}, noon + 2 * HOUR)["s"]
    assert fired(dark + light) == []
    # The same number of posts out of the blue is a burst.
    play(sudden, {"s": counts[noon : noon + 2 * HOUR]}, noon)
    assert close(sudden, noon + 2 * HOUR, {"s": held})["s"].spike is not None


def test_incomplete_buckets_are_judged_and_teach_nothing() -> None:
    counts = {"s": draw("teach", 0.5, 28)}
    one, other = taught(counts), taught(counts)
    for i in range(5 * HOUR):
        close(one, HISTORY + i, {"s": 0}, complete=False)
    later = HISTORY + 5 * HOUR + 3 * DAY
    assert close(one, later, {"s": 0})["s"].expected == close(other, later, {"s": 0})["s"].expected
    assert close(taught(counts), HISTORY, {"s": 60}, complete=False)["s"].spike is not None


@pytest.mark.parametrize(("posts", "authors", "spike"), [(4, 4, False), (5, 5, True), (50, 2, False), (50, 0, True)])
def test_few_posts_or_few_authors_are_no_spike(posts: int, authors: int, spike: bool) -> None:
    spikes = taught({"s": [0] * HISTORY})
    found = spikes.close(HISTORY * BUCKET, True, {"s": (posts, authors)})["s"]
    assert (found.spike is not None) == spike


def test_a_spike_explains_itself() -> None:
    name = "samara|heating"
    spikes = taught({name: draw("explain", 0.05, 28)})
    play(spikes, {name: [0] * 40}, HISTORY)
    judgements = play(spikes, {name: [1, 3, 6, 9]}, HISTORY + 40)[name]
    begun = next(j.spike for j in judgements if j.spike)
    assert (begun.series, begun.bucket, begun.onset) == (name, (HISTORY + 42) * BUCKET, (HISTORY + 40) * BUCKET)
    assert (begun.observed, begun.level) == (10, "urgent")
    assert 0 < begun.expected < 500
    assert begun.surprise == judgements[2].surprise >= 70
    assert all(j.active for j in judgements[2:])


def test_a_new_region_does_not_fire_at_once_but_on_its_first_day() -> None:
    spikes = Spikes()
    assert fired(play(spikes, {"s": draw("cold", 5.0, 1)[: 20 * HOUR]})["s"]) == []
    assert close(spikes, 20 * HOUR, {"s": 400})["s"].spike is not None


def test_a_series_that_begins_with_a_burst_fires() -> None:
    spikes = taught({"t": draw("other", 0.5, 28)})
    assert close(spikes, HISTORY, {"t": 1, "new": 12})["new"].spike is not None


def test_people_sleep_by_local_time() -> None:
    """The same local nights, told in UTC and three hours ahead of it, are judged alike."""
    counts = draw("zone", 5.0, 3)
    here, there = Spikes(), Spikes(SpikeSettings(timezone_offset_ms=3 * 3_600_000))
    for i, posts in enumerate(counts):
        assert close(here, i, {"s": posts})["s"][:2] == close(there, i - 36, {"s": posts})["s"][:2]

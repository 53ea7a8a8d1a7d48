"""One series by itself: its own habits, its own rate."""

from detectors.spikes import Lone, SpikeSettings
from tests.detectors.spikes.worlds import BUCKET, DAY, draw


def alerts(counts: list[int], per_week: float = 1.0) -> list[int]:
    lone = Lone(SpikeSettings(per_week=per_week))
    return [i for i, posts in enumerate(counts) if lone.see(i * BUCKET, posts, True).level]


def wild(days: int, height: int) -> list[int]:
    """Bursts of ten minutes every day and a half."""
    counts = draw("wild", 3.0, days)
    for begin in range(DAY // 2, days * DAY, DAY * 3 // 2):
        counts[begin] += height
        counts[begin + 1] += height
    return counts


def test_what_a_series_does_all_the_time_is_less_and_less_news() -> None:
    counts = wild(10, 40)
    counts[9 * DAY + 60] += 400
    assert [i for i in alerts(counts, 0.2) if i > 2 * DAY] == [9 * DAY + 60]


def test_a_greater_rate_gives_more_alerts() -> None:
    counts = draw("restless", 3.0, 6, 1.0)
    assert len(alerts(counts, 0.1)) < len(alerts(counts, 50.0))

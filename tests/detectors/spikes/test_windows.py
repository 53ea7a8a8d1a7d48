import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.spikes import SpikeSettings
from detectors.spikes.plan import Plan
from detectors.spikes.windows import EXPECTED, POSTS, Windows
from monitor.model.plain import pack

PLAN = Plan(SpikeSettings())


def filled(posts: list[int], expected: float = 0.5) -> Windows:
    windows = Windows(PLAN)
    windows.grow(2)
    for index, count in enumerate(posts):
        if index and index % 12 == 0:
            windows.turn()
        windows.add(np.array([0.0, count]), np.array([0.0, expected]), np.array([0.0, min(count, 2)]))
    return windows


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=400))
def test_sums_are_those_of_the_last_buckets(posts: list[int]) -> None:
    sums = filled(posts).sums()
    into = (len(posts) - 1) % 12 + 1
    spans = list(PLAN.short) + [(blocks - 1) * 12 + into for blocks in PLAN.long]
    for window, span in enumerate(spans):
        recent = posts[-span:]
        assert sums[window, :, 1].tolist() == [sum(recent), len(recent) * 0.5, sum(min(p, 2) for p in recent)]
    assert not sums[:, :, 0].any()


def test_keeps_a_day_however_long_it_runs() -> None:
    assert pack(filled([1] * 600).dump()) == pack(filled([1] * 6000).dump())


def test_pieces_cut_a_whole_block() -> None:
    pieces = filled([9] * 12 + [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]).pieces(3)
    assert pieces[:, POSTS, 1].tolist() == [6, 15, 24, 33]
    assert pieces[:, EXPECTED, 1].tolist() == [1.5] * 4


def test_onset_is_where_the_rate_changed() -> None:
    assert filled([0, 1, 0, 1] * 20 + [4, 5, 6]).onset(1, 2) == (3, 15, 1.5)
    # In a long window by the block: six hours ago, with the five buckets of the current one.
    back, posts, _ = filled([0, 1] * 600 + [2] * 65).onset(1, 5)
    assert (back, posts) == (65, 130)

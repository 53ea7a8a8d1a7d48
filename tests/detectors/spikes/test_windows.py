from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.spikes import SpikeSettings
from detectors.spikes.plan import Plan
from detectors.spikes.windows import Windows

PLAN = Plan(SpikeSettings())


def filled(posts: list[int], expected: float = 0.5) -> Windows:
    windows = Windows(PLAN)
    for index, count in enumerate(posts):
        if index and index % 12 == 0:
            windows.turn()
        windows.add(count, expected, min(count, 2))
    return windows


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=400))
def test_sums_are_those_of_the_last_buckets(posts: list[int]) -> None:
    windows = filled(posts)
    into = (len(posts) - 1) % 12 + 1
    spans = list(PLAN.short) + [(blocks - 1) * 12 + into for blocks in PLAN.long]
    for window, span in enumerate(spans):
        recent = posts[-span:]
        assert windows.sum(window) == (sum(recent), len(recent) * 0.5, sum(min(p, 2) for p in recent))
    assert windows.sum(0, minimum=posts[-1] + 1) is None


def test_keeps_a_day_however_long_it_runs() -> None:
    short, long = filled([1] * 600), filled([1] * 6000)
    assert short.dump() == long.dump()
    assert long.day <= 25 * 12


def test_pieces_cut_the_block_from_its_end() -> None:
    windows = filled([9] * 12 + [1, 2, 3, 4, 5])
    assert windows.pieces(2) == [(9, 1.0), (5, 1.0)]
    assert windows.pieces(6) == []
    assert filled([0] * 12).pieces(3) == [(0, 1.5)]


def test_onset_is_where_the_rate_changed() -> None:
    back, posts, expected = filled([0, 1, 0, 1] * 20 + [4, 5, 6]).onset(2)
    assert (back, posts, expected) == (3, 15, 1.5)
    # In a long window by the block: six hours ago, with the five buckets of the current one.
    slow = filled([0, 1] * 600 + [2] * 65)
    back, posts, _ = slow.onset(5)
    assert (back, posts) == (65, 130)

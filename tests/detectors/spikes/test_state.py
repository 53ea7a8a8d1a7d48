"""The state: exact, bounded, and each series for itself."""

import doctest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.base import Judgement
from detectors.spikes import Spikes, SpikeSettings, detector
from monitor.model.plain import pack, unpack
from tests.detectors.spikes.worlds import BUCKET, DAY, HISTORY, HOUR, after, close, draw, hourly, play, taught

counts = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.tuples(st.sampled_from([0, 1, 2, 7, 60]), st.integers(0, 4)))
steps = st.lists(st.tuples(counts, st.booleans()), min_size=1, max_size=60)
Steps = list[tuple[dict[str, tuple[int, int]], bool]]


def run(spikes: Spikes, steps: Steps, first: int, step: int) -> list[dict[str, Judgement]]:
    return [spikes.close((first + index) * step, complete, counts) for index, (counts, complete) in enumerate(steps)]


@settings(max_examples=40, deadline=None)
@given(steps, st.integers(0, 60), st.sampled_from([300_000, 420_000, 3_600_000, 86_400_000]))
def test_a_restart_changes_nothing(steps: Steps, cut: int, step: int) -> None:
    cut = min(cut, len(steps))
    chosen = SpikeSettings(bucket_ms=step)
    straight, broken, restored = Spikes(chosen), Spikes(chosen), Spikes(chosen)
    for each in (straight, broken):
        each.history(-24 * 3_600_000, 3_600_000, {"a": [3, 0, 1] * 8})
    before = run(broken, steps[:cut], 0, step)
    restored.close(0, True, {"gone": (1, 1)})
    restored.load(unpack(pack(broken.dump())))
    assert before + run(restored, steps[cut:], cut, step) == run(straight, steps, 0, step)
    assert pack(restored.dump()) == pack(straight.dump())


def test_a_dump_does_not_change_afterwards() -> None:
    counts = {"s": draw("dump", 0.5, 29)}
    spikes = taught(counts)
    state = spikes.dump()
    packed = pack(state)
    play(spikes, after(counts), HISTORY)
    assert pack(state) == packed
    assert pack(spikes.dump()) != packed


def test_few_series_do_not_know_of_each_other() -> None:
    worlds = {f"s{i}": draw(f"order {i}", 0.3 * i, 2) for i in range(1, 5)}
    alone = {name: play(Spikes(), {name: counts})[name] for name, counts in worlds.items()}
    assert play(Spikes(), worlds) == alone
    assert play(Spikes(), dict(reversed(worlds.items()))) == alone


def test_a_series_that_is_not_named_had_no_posts() -> None:
    counts = {"s": draw("sparse", 0.02, 4), "t": draw("dense", 2.0, 4)}
    told, named = Spikes(), Spikes()
    close(named, 0, {"s": 0, "t": 0})
    close(told, 0, {"s": 0, "t": 0})
    for index in range(1, 2 * DAY):
        posts = {name: each[index] for name, each in counts.items()}
        full = close(named, index, posts)
        assert close(told, index, {name: count for name, count in posts.items() if count}).items() <= full.items()


def test_memory_is_bounded() -> None:
    counts = draw("memory", 0.5, 4)
    spikes = Spikes()
    play(spikes, {"s": counts[: 2 * DAY]})
    young = len(pack(spikes.dump()))
    play(spikes, {"s": counts[2 * DAY :]}, 2 * DAY)
    assert abs(len(pack(spikes.dump())) - young) < 64
    assert spikes.bytes_each() <= 2_048


def test_history_teaches_what_observing_would_have() -> None:
    """By the hour in buckets of half an hour: the same hours, a sixth of the buckets."""
    whole = draw("same", 2.0, 29, noise=0.2)
    counts = [sum(whole[at : at + 6]) for at in range(0, len(whole), 6)]
    half = 6 * BUCKET
    observed, other = Spikes(SpikeSettings(bucket_ms=half)), Spikes(SpikeSettings(bucket_ms=half))
    first = HISTORY // 6
    for at in range(first):
        observed.close(at * half, True, {"s": (counts[at], 0)})
    other.history(0, HOUR * BUCKET, {"s": hourly(whole[:HISTORY])})
    seen, told = (
        [each.close(at * half, True, {"s": (counts[at], 0)})["s"] for at in range(first, first + DAY // 6)]
        for each in (observed, other)
    )
    expected = sum(j.expected for j in seen)
    assert expected == pytest.approx(288 * 2000, rel=0.15)
    assert sum(abs(a.expected - b.expected) for a, b in zip(seen, told, strict=True)) < 0.05 * expected


def test_history_may_be_coarse_or_fine() -> None:
    counts = {"s": draw("coarse", 2.0, 29)}
    daily, fine = Spikes(), Spikes()
    daily.history(0, DAY * BUCKET, {"s": [sum(counts["s"][i : i + DAY]) for i in range(0, HISTORY, DAY)]})
    fine.history(0, BUCKET, {"s": counts["s"][:HISTORY]})
    by_hour = play(taught(counts), after(counts, DAY), HISTORY)
    assert play(fine, after(counts, DAY), HISTORY) == by_hour
    total = sum(j.expected for j in by_hour["s"])
    assert sum(j.expected for j in play(daily, after(counts, DAY), HISTORY)["s"]) == pytest.approx(total, rel=0.05)


def test_refuses_what_breaks_the_contract() -> None:
    spikes = Spikes()
    spikes.close(BUCKET, True, {"s": (0, 0)})
    with pytest.raises(ValueError, match="not after"):
        spikes.close(BUCKET, True, {})
    with pytest.raises(ValueError, match="history after"):
        spikes.history(0, 3_600_000, {"s": hourly([1] * HOUR)})
    with pytest.raises(ValueError, match="step"):
        spikes.history(0, 0, {"t": [1]})
    with pytest.raises(ValueError, match="levels"):
        SpikeSettings(notice=90, urgent=70)


def test_a_gap_begins_a_new_day() -> None:
    spikes = taught({"s": draw("gap", 0.5, 28)})
    play(spikes, {"s": [30] * 3}, HISTORY)
    assert close(spikes, HISTORY + 2 * DAY, {"s": 1})["s"].surprise == 0


def test_the_example_runs() -> None:
    assert doctest.testmod(detector).failed == 0
    assert doctest.testmod(detector).attempted > 0


def test_a_burst_of_the_past_is_no_news() -> None:
    spikes = Spikes()
    spikes.history(0, 3_600_000, {"s": [*[0] * (14 * 24 - 3), 6, 0, 0]})
    fired = play(spikes, {"s": [1] + [0] * 11}, 14 * DAY)["s"]
    assert [judgement.spike for judgement in fired] == [None] * 12

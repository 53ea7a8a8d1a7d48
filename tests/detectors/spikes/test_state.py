"""The state: exact, bounded, and each series for itself."""

import doctest
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.base import Bucket
from detectors.spikes import Spikes, SpikeSettings, detector
from monitor.model.plain import pack, unpack
from tests.detectors.spikes.worlds import BUCKET, DAY, HISTORY, HOUR, draw, hourly, play, taught

steps = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.sampled_from([0, 0, 0, 1, 2, 7, 60]), st.integers(0, 4), st.booleans()),
    min_size=1,
    max_size=120,
)


def run(spikes: Spikes, buckets: list[tuple[str, Bucket]]) -> list[object]:
    return [spikes.observe(name, bucket) for name, bucket in buckets]


@settings(max_examples=60, deadline=None)
@given(steps, st.integers(0, 120), st.sampled_from([300_000, 420_000, 3_600_000, 86_400_000]))
def test_a_restart_changes_nothing(steps: list[tuple[str, int, int, bool]], cut: int, step: int) -> None:
    times = {"a": 0, "b": 0}
    buckets = []
    for name, posts, authors, complete in steps:
        buckets.append((name, Bucket(times[name], posts, authors, complete)))
        times[name] += step
    chosen = SpikeSettings(bucket_ms=step, prior_rate=0.1)
    straight = Spikes(chosen)
    straight.history("a", -24 * 3_600_000, 3_600_000, [3, 0, 1] * 8)
    broken = Spikes(chosen)
    broken.history("a", -24 * 3_600_000, 3_600_000, [3, 0, 1] * 8)
    before = run(broken, buckets[:cut])
    restored = Spikes(chosen)
    restored.observe("gone", Bucket(0, 1, 1, True))
    restored.load(unpack(pack(broken.dump())))
    assert before + run(restored, buckets[cut:]) == run(straight, buckets)
    assert pack(restored.dump()) == pack(straight.dump())


def test_a_dump_does_not_change_afterwards() -> None:
    counts = draw("dump", 0.5, 30)
    spikes = taught("s", counts)
    state = spikes.dump()
    packed = pack(state)
    play(spikes, "s", counts[HISTORY:], HISTORY)
    assert pack(state) == packed
    assert pack(spikes.dump()) != packed


def test_series_do_not_know_of_each_other() -> None:
    worlds = {f"s{i}": draw(f"order {i}", 0.3 * i, 3) for i in range(1, 5)}
    alone = {name: play(Spikes(), name, counts) for name, counts in worlds.items()}
    together = Spikes()
    random = Random(7)
    found: dict[str, list[object]] = {name: [] for name in worlds}
    for i in range(3 * DAY):
        names = sorted(worlds)
        random.shuffle(names)
        for name in names:
            found[name].append(together.observe(name, Bucket(i * BUCKET, worlds[name][i], worlds[name][i], True)))
    assert found == alone


def test_memory_is_bounded() -> None:
    counts = draw("memory", 0.5, 9)
    spikes = Spikes()
    play(spikes, "s", counts[: 2 * DAY])
    young = len(pack(spikes.dump()))
    play(spikes, "s", counts[2 * DAY :], 2 * DAY)
    assert abs(len(pack(spikes.dump())) - young) < 64
    assert young < 6_000


def test_history_teaches_what_observing_would_have() -> None:
    counts = draw("same", 2.0, 30, noise=0.2)
    observed = Spikes()
    play(observed, "s", counts[:HISTORY])
    ahead = counts[HISTORY : HISTORY + DAY]
    seen = play(observed, "s", ahead, HISTORY)
    told = play(taught("s", counts), "s", ahead, HISTORY)
    expected = sum(j.expected for j in seen)
    assert expected == pytest.approx(288 * 2000, rel=0.15)
    assert sum(abs(a.expected - b.expected) for a, b in zip(seen, told, strict=True)) < 0.05 * expected


def test_history_may_be_coarse_or_fine() -> None:
    counts = draw("coarse", 2.0, 29)
    ahead = counts[HISTORY : HISTORY + DAY]
    daily = Spikes()
    daily.history("s", 0, DAY * BUCKET, [sum(counts[i : i + DAY]) for i in range(0, HISTORY, DAY)])
    fine = Spikes()
    fine.history("s", 0, BUCKET, counts[:HISTORY])
    by_hour = play(taught("s", counts), "s", ahead, HISTORY)
    assert play(fine, "s", ahead, HISTORY) == by_hour
    total = sum(j.expected for j in by_hour)
    assert sum(j.expected for j in play(daily, "s", ahead, HISTORY)) == pytest.approx(total, rel=0.05)


def test_refuses_what_breaks_the_contract() -> None:
    spikes = Spikes()
    spikes.observe("s", Bucket(BUCKET, 0, 0, True))
    with pytest.raises(ValueError, match="not after"):
        spikes.observe("s", Bucket(BUCKET, 0, 0, True))
    with pytest.raises(ValueError, match="history after"):
        spikes.history("s", 0, 3_600_000, hourly([1] * HOUR))
    with pytest.raises(ValueError, match="step"):
        spikes.history("t", 0, 0, [1])
    with pytest.raises(ValueError, match="levels"):
        SpikeSettings(notice=90, urgent=70)


def test_a_gap_begins_a_new_day() -> None:
    counts = draw("gap", 0.5, 31)
    spikes = taught("s", counts)
    play(spikes, "s", [30] * 3, HISTORY)
    later = spikes.observe("s", Bucket((HISTORY + 2 * DAY) * BUCKET, 1, 1, True))
    assert later.surprise == 0


def test_the_example_runs() -> None:
    assert doctest.testmod(detector).failed == 0
    assert doctest.testmod(detector).attempted > 0


def test_a_burst_of_the_past_is_no_news() -> None:
    spikes = Spikes(SpikeSettings())
    quiet = [0] * (14 * 24)
    spikes.history("s", 0, 3_600_000, [*quiet[:-3], 6, 0, 0])
    start = 14 * 24 * 3_600_000
    fired = [spikes.observe("s", Bucket(start + n * BUCKET, int(n == 0), 0, True)).spike for n in range(12)]
    assert fired == [None] * 12

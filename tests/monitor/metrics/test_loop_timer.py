"""The buckets of a loop add up to its wall time, whatever it does."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from monitor.metrics.catalogue import Metrics
from monitor.metrics.labels import Bucket
from monitor.metrics.loop_timer import LoopTimer


class FakeClock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def seconds(registry: CollectorRegistry, stage: str) -> dict[str, float]:
    values = {
        name: registry.get_sample_value("nabat_loop_seconds_total", {"stage": stage, "bucket": name}) for name in get_args(Bucket)
    }
    return {name: value for name, value in values.items() if value}


def test_time_goes_to_the_bucket_that_the_loop_is_in() -> None:
    registry, clock = CollectorRegistry(), FakeClock()
    timer = LoopTimer(Metrics(registry).loop_seconds, "triage", clock)
    clock.now += 5
    assert timer.enter("decode") == "wait"
    clock.now += 2
    assert timer.enter("sink") == "decode"
    clock.now += 1
    assert timer.enter("sink") == "sink"
    assert seconds(registry, "triage") == {"wait": 5, "decode": 2, "sink": 1}
    assert seconds(registry, "watch") == {}


def test_an_interrupted_bucket_is_resumed() -> None:
    registry, clock = CollectorRegistry(), FakeClock()
    timer = LoopTimer(Metrics(registry).loop_seconds, "watch", clock)
    timer.enter("watch")
    clock.now += 1
    interrupted = timer.enter("snapshot")
    clock.now += 10
    timer.enter(interrupted)
    clock.now += 2
    timer.enter("wait")
    assert seconds(registry, "watch") == {"watch": 3, "snapshot": 10}


@settings(derandomize=True, database=None, deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.sampled_from(get_args(Bucket)), st.integers(0, 10_000))))
def test_buckets_add_up(steps: list[tuple[Bucket, int]]) -> None:
    registry, clock = CollectorRegistry(), FakeClock()
    timer = LoopTimer(Metrics(registry).loop_seconds, "triage", clock)
    for bucket, milliseconds in steps:
        clock.now += milliseconds / 1000
        timer.enter(bucket)
    assert sum(seconds(registry, "triage").values()) == pytest.approx(clock.now - 1000)

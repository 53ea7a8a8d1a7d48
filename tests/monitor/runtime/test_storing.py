"""A store that is waited for: it can be seen, and what waits no more is not seen waiting."""

from __future__ import annotations

import asyncio

import pytest
from prometheus_client import CollectorRegistry

from monitor.metrics.catalogue import Metrics
from monitor.model.errors import RetryableError
from monitor.runtime.storing import insist


class Store:
    """Answers after ``down`` failures."""

    def __init__(self, down: int, retry_after: float) -> None:
        self.down = down
        self.retry_after = retry_after
        self.asked = asyncio.Event()

    async def ask(self) -> str:
        self.asked.set()
        if self.down:
            self.down -= 1
            raise RetryableError("no connection", self.retry_after)
        return "answer"


def waiting(metrics: Metrics) -> bool:
    return bool(metrics.backpressure_active["triage"]._value.get())


async def test_it_is_asked_until_it_answers() -> None:
    metrics = Metrics(CollectorRegistry())
    assert await insist(Store(3, 0.0).ask, "triage", metrics, asyncio.Event()) == "answer"
    assert metrics.backpressure["triage"]._value.get() == 3
    assert not waiting(metrics)


async def test_whoever_is_cancelled_waits_no_more() -> None:
    # A gauge that stayed would keep the watchdog of the other partitions asleep for ever.
    metrics, store = Metrics(CollectorRegistry()), Store(1, 3600.0)
    task = asyncio.create_task(insist(store.ask, "triage", metrics, asyncio.Event()))
    await store.asked.wait()
    await asyncio.sleep(0)
    assert waiting(metrics)
    task.cancel()
    await asyncio.wait([task])
    assert not waiting(metrics)


async def test_at_the_end_it_is_given_up() -> None:
    metrics, give_up = Metrics(CollectorRegistry()), asyncio.Event()
    give_up.set()
    with pytest.raises(RetryableError, match="no connection"):
        await insist(Store(1, 3600.0).ask, "triage", metrics, give_up)
    assert not waiting(metrics)

"""What is shown of sources: one that can't be read hides nothing of the others."""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client import CollectorRegistry

from monitor.clock import ManualClock
from monitor.metrics.catalogue import Metrics
from monitor.model.rows import Row
from monitor.model.source import Source
from monitor.runtime.health import Health

NOW = 1_768_200_000_000


class Nowhere:
    async def write(self, rows: Sequence[Row]) -> None: ...

    async def close(self) -> None: ...


async def test_the_oldest_source_is_the_oldest_of_those_that_were_read() -> None:
    sources = [Source(f"vk:{number}", "vk", "community", "samara", str(number)) for number in range(3)]
    metrics, clock = Metrics(CollectorRegistry()), ManualClock(NOW)
    health = Health(sources, Nowhere(), metrics, clock)

    async def shown() -> float:
        await health._flush()
        return float(metrics.oldest_source_seconds._value.get())

    assert await shown() == 0
    health.read(sources[0], "ok", NOW, NOW, 1)
    health.read(sources[1], "ok", NOW, NOW - 60_000, 1)
    # A wall that was closed from the start is forbidden, and shown as that; the crawl of the others is to be seen.
    health.trouble(sources[2], "forbidden", "closed")
    clock.set(NOW + 7_200_000)
    assert await shown() == 7260

"""Brings rows to a sink that may say "not now": the same rows again until they are stored, and everybody can see it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from monitor.metrics.catalogue import Metrics
from monitor.metrics.labels import Stage
from monitor.model.errors import SinkBackpressure
from monitor.model.rows import Row
from sinks.base import Writer

log = logging.getLogger(__name__)


async def store(writer: Writer, rows: Sequence[Row], stage: Stage, metrics: Metrics, give_up: asyncio.Event) -> None:
    """Returns when all rows are stored. While the sink can't take them the stage stands still: the log holds, the crawl pauses.

    Raises SinkBackpressure if it does not take them and ``give_up`` is set.
    """
    failures = 0
    while True:
        try:
            await writer.write(rows)
        except SinkBackpressure as error:
            failures += 1
            metrics.backpressure[stage].inc()
            metrics.backpressure_active[stage].set(1)
            if failures == 1:
                log.warning("%s: the store takes nothing, intake is paused and nothing is lost: %s", stage, error)
            if await ends(error.retry_after, give_up):
                raise
        else:
            if failures:
                metrics.backpressure_active[stage].set(0)
                log.warning("%s: the store takes rows again after %d failed attempts", stage, failures)
            return


async def ends(seconds: float, give_up: asyncio.Event) -> bool:
    """Waits so long before something is tried again; says at once if it is not to be tried again."""
    try:
        async with asyncio.timeout(seconds):
            return await give_up.wait()
    except TimeoutError:
        return False

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


async def store(writer: Writer, rows: Sequence[Row], stage: Stage, metrics: Metrics) -> None:
    """Returns when all rows are stored. While the sink can't take them the stage stands still: the log holds, the crawl pauses."""
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
            await asyncio.sleep(error.retry_after)
        else:
            if failures:
                metrics.backpressure_active[stage].set(0)
                log.warning("%s: the store takes rows again after %d failed attempts", stage, failures)
            return

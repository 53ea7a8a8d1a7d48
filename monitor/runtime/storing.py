"""Waits for a store that may say "not now": the same request again until it is answered, and everybody can see it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from monitor.metrics.catalogue import Metrics
from monitor.metrics.labels import Stage
from monitor.model.errors import RetryableError
from monitor.model.rows import Row
from sinks.base import Writer

T = TypeVar("T")

log = logging.getLogger(__name__)


async def store(writer: Writer, rows: Sequence[Row], stage: Stage, metrics: Metrics, give_up: asyncio.Event) -> None:
    """Returns when all rows are stored. While the sink can't take them the stage stands still: the log holds, the crawl pauses.

    Raises SinkBackpressure if it does not take them and ``give_up`` is set.
    """
    await insist(lambda: writer.write(rows), stage, metrics, give_up)


async def insist(ask: Callable[[], Awaitable[T]], stage: Stage, metrics: Metrics, give_up: asyncio.Event, what: str = "база") -> T:
    """What ``ask`` gives, however long the store, or another one that ``what`` names, lets a stage wait that can't go on without.

    Raises the RetryableError if there is no answer and ``give_up`` is set.
    """
    failures = 0
    try:
        while True:
            try:
                found = await ask()
            except RetryableError as error:
                failures += 1
                metrics.backpressure[stage].inc()
                metrics.backpressure_active[stage].set(1)
                if failures == 1:
                    log.warning("%s: %s не принимает записи, приём приостановлен, ничего не потеряно: %s", stage, what, error)
                if await ends(error.retry_after, give_up):
                    raise
            else:
                if failures:
                    log.warning("%s: %s снова принимает записи, неудачных попыток было %d", stage, what, failures)
                return found
    finally:
        if failures:
            # Also where a partition goes to another worker meanwhile: what is left here does not wait.
            metrics.backpressure_active[stage].set(0)


async def ends(seconds: float, give_up: asyncio.Event) -> bool:
    """Waits so long before something is tried again; says at once if it is not to be tried again."""
    try:
        async with asyncio.timeout(seconds):
            return await give_up.wait()
    except TimeoutError:
        return False

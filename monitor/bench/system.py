"""A whole Nabat as the benchmarks see it: in one process, or as workers over Kafka and a ClickHouse server."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from typing import Protocol

from prometheus_client import CollectorRegistry

from monitor.bench.load import LiveLoad
from monitor.clock import SystemClock
from monitor.config import Config
from monitor.log.base import Log
from monitor.metrics.catalogue import Metrics
from monitor.model.source import Source
from monitor.runtime.appending import Appender
from monitor.runtime.board import Board
from monitor.runtime.crawler import Crawler
from monitor.runtime.health import Health

UNBOUNDED = 1_000_000
"""Pages that may lie in the log undone before crawling pauses: more than a run has, so that the load stays what it is."""


class System(Protocol):
    """Opened, given a backlog, started, loaded and left to come to rest as often as wanted, and stopped."""

    log: Log
    what: str

    async def open(self) -> None: ...

    async def start(self) -> None:
        """Lets the stages run."""

    def crawler(self, load: LiveLoad) -> Crawler:
        """Reads the load into the log as the sources of the system."""

    async def rest(self) -> None:
        """Returns when all that is in the log is done. NabatError if a part has failed."""

    async def stored(self) -> int:
        """Posts in the store."""

    def processor(self) -> dict[str, float]:
        """Seconds of processor time that each part has used."""

    async def stop(self) -> None: ...


def crawler(config: Config, sources: Sequence[Source], load: LiveLoad, log: Log, board: Board, health: Health) -> Crawler:
    """The crawler as it is, but for what holds it back."""
    section, clock = config.crawl, SystemClock()
    page_bytes, post_bytes, metrics = section.page_bytes, section.post_bytes, Metrics(CollectorRegistry())
    appender = Appender(log, board, health, metrics, clock, page_bytes=page_bytes, post_bytes=post_bytes, queue_pages=UNBOUNDED)
    return Crawler(sources, {load.network: load}, appender, log, health, clock, concurrency=section.concurrency)


async def bring(system: System, load: LiveLoad) -> None:
    """Crawls a live load to its end and waits until all is done."""
    reading = system.crawler(load)
    crawling = asyncio.create_task(reading.run())
    given = asyncio.create_task(load.given(SystemClock()))
    await asyncio.wait({crawling, given}, return_when=asyncio.FIRST_COMPLETED)
    given.cancel()
    reading.stop()
    await crawling
    await system.rest()


def spent(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Processor seconds between two looks."""
    return {name: round(after[name] - before.get(name, 0.0), 2) for name in after}


def machine() -> dict[str, object]:
    """What has to be known to read the figures."""
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 1),
    }


def say(text: str) -> None:
    """What is being done, for whoever waits."""
    print(f"… {text}", file=sys.stderr, flush=True)

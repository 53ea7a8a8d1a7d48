"""A real Prometheus reads what we expose."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest_asyncio
from aiohttp import web
from prometheus_client import CollectorRegistry

from monitor.metrics.catalogue import Metrics
from monitor.metrics.exposition import CONTENT_TYPE, text
from tests.monitor.prometheus import ask, prometheus

DEADLINE = 30
"""Seconds for Prometheus to start and scrape; it takes about one on an idle machine."""


@pytest_asyncio.fixture
async def exposed() -> AsyncIterator[int]:
    """The port where metrics are served, with a few observations."""
    registry = CollectorRegistry()
    metrics = Metrics(registry, "1.2.3")
    for seconds in (0.5, 2, 2, 90):
        metrics.end_to_end_seconds.observe(seconds)

    async def serve(_: web.Request) -> web.Response:
        return web.Response(body=text(registry), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application()
    app.router.add_get("/metrics", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def test_prometheus_reads_the_metrics(exposed: int, tmp_path: Path) -> None:
    async with asyncio.timeout(DEADLINE), prometheus(exposed, tmp_path) as address, aiohttp.ClientSession() as client:
        (build,) = await ask(client, address, "nabat_build_info")
        assert (build["metric"]["version"], build["value"][1]) == ("1.2.3", "1")
        (below,) = await ask(client, address, 'nabat_end_to_end_seconds_bucket{le="2.5"}')
        assert below["value"][1] == "3"
        (median,) = await ask(client, address, "histogram_quantile(0.5, nabat_end_to_end_seconds_bucket)")
        assert 1 < float(median["value"][1]) <= 2.5
        (states,) = await ask(client, address, "count(nabat_sources == 0)")
        assert states["value"][1] == "11"
        (up,) = await ask(client, address, "up")
        assert up["value"][1] == "1"

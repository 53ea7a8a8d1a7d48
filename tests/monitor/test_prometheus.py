"""A real Prometheus reads what we expose."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from prometheus_client import CollectorRegistry

from monitor.metrics.catalogue import Metrics
from monitor.metrics.exposition import CONTENT_TYPE, text

DEADLINE = 30
"""Seconds for Prometheus to start and scrape; it takes about one on an idle machine."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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


@pytest_asyncio.fixture
async def prometheus(exposed: int, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a Prometheus that scrapes that port."""
    program = shutil.which("prometheus")
    if program is None:
        pytest.fail("prometheus is missing; on Debian: apt-get install prometheus")
    config = {
        "global": {"scrape_interval": "200ms", "scrape_timeout": "200ms"},
        "scrape_configs": [{"job_name": "nabat", "static_configs": [{"targets": [f"127.0.0.1:{exposed}"]}]}],
    }
    (tmp_path / "prometheus.yml").write_text(json.dumps(config))
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        program,
        f"--config.file={tmp_path}/prometheus.yml",
        f"--storage.tsdb.path={tmp_path}/data",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    )
    yield f"http://127.0.0.1:{port}"
    if process.returncode is None:
        process.terminate()
    await process.wait()


async def ask(client: aiohttp.ClientSession, address: str, query: str) -> list[dict[str, Any]]:
    """The result of an instant query, as soon as there is one."""
    while True:
        try:
            async with client.get(f"{address}/api/v1/query", params={"query": query}) as answer:
                if answer.status == 200 and (result := (await answer.json())["data"]["result"]):
                    return list(result)
        except aiohttp.ClientConnectionError:
            pass
        await asyncio.sleep(0.05)


async def test_prometheus_reads_the_metrics(prometheus: str) -> None:
    async with asyncio.timeout(DEADLINE), aiohttp.ClientSession() as client:
        (build,) = await ask(client, prometheus, "nabat_build_info")
        assert (build["metric"]["version"], build["value"][1]) == ("1.2.3", "1")
        (below,) = await ask(client, prometheus, 'nabat_end_to_end_seconds_bucket{le="2.5"}')
        assert below["value"][1] == "3"
        (median,) = await ask(client, prometheus, "histogram_quantile(0.5, nabat_end_to_end_seconds_bucket)")
        assert 1 < float(median["value"][1]) <= 2.5
        (states,) = await ask(client, prometheus, "count(nabat_sources == 0)")
        assert states["value"][1] == "11"
        (up,) = await ask(client, prometheus, "up")
        assert up["value"][1] == "1"

"""The check-in: made as long as all stages move, withheld when one stands, and never the end of anything."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from prometheus_client import CollectorRegistry

from monitor.bench.virtual import VirtualClock, run
from monitor.metrics.catalogue import Metrics
from monitor.model.errors import SourceUnavailable
from monitor.runtime.heartbeat import Heartbeat
from sources.wire import Answer
from tests.sources.serving import client


class Outside:
    """What is asked; answers ``status``, or nothing at all for 0."""

    def __init__(self) -> None:
        self.status = 200
        self.asked = 0

    async def get(self, url: str, **options: object) -> Answer:
        self.asked += 1
        if not self.status:
            raise SourceUnavailable("checks.example: нет соединения")
        return Answer(self.status, {}, b"", url)


def test_it_is_made_every_minute_and_withheld_when_a_stage_stands() -> None:
    async def hour() -> None:
        metrics, outside = Metrics(CollectorRegistry()), Outside()
        moves = True

        async def well() -> bool:
            return moves

        beats = Heartbeat(outside, "http://checks.example/1", 60, well, metrics, VirtualClock(0))  # type: ignore[arg-type]
        stopping = asyncio.Event()
        task = asyncio.create_task(beats.run(stopping))
        await asyncio.sleep(599)
        assert outside.asked == 10
        moves = False
        await asyncio.sleep(600)
        assert outside.asked == 10
        moves = True
        outside.status = 0
        await asyncio.sleep(600)
        assert outside.asked == 20
        stopping.set()
        await task
        counted = {name: metrics.heartbeats[name]._value.get() for name in ("sent", "withheld", "failed")}
        assert counted == {"sent": 10, "withheld": 10, "failed": 10}

    run(hour)


@pytest.mark.parametrize(("status", "outcome"), [(200, "sent"), (204, "sent"), (404, "failed"), (500, "failed")])
async def test_what_counts_as_arrived(status: int, outcome: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status)

    app = web.Application()
    app.router.add_get("/ping", answer)
    async with TestServer(app) as server, client() as http:
        metrics = Metrics(CollectorRegistry())

        async def well() -> bool:
            return True

        beats = Heartbeat(http, str(server.make_url("/ping")), 60, well, metrics, VirtualClock(0))
        assert await beats.beat() == outcome

"""Trouble for stand-ins that are aiohttp applications: planned request by request, or drawn with a seed; and how to run them."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal, get_args

from aiohttp import web
from aiohttp.typedefs import Handler

Fault = Literal["429", "500", "503", "hang", "reset", "redirect", "html", "lost", "cut", "broken"]
FAULTS: tuple[Fault, ...] = get_args(Fault)
"""429, 500, 503: answered instead (``Faults.retry_after`` seconds). hang: nothing is said. reset: the line breaks before anything is
done. redirect: to where nobody is. html: 200 with a page of some proxy. lost: done, but the line breaks before the answer. cut: done,
but the answer ends in its middle. broken: done, but half of the body is missing while HTTP is in order.
"""
NOWHERE = "http://127.0.0.1:1/"


class Faults:
    """The faults of one stand-in. ``plan`` is used up first, one entry a request (empty: none); then ``rate`` of ``kinds`` is drawn.

    Give ``middleware`` to the application before those that count: a request that is hit is then counted only where the fault lets it
    be done, as a server behind a broken line would. ``hung`` is set when a request has begun to hang.
    """

    def __init__(self, *, seed: int = 0, rate: float = 0.0, kinds: Sequence[Fault] = FAULTS, retry_after: int = 0) -> None:
        self.rate = rate
        self.kinds = kinds
        self.retry_after = retry_after
        self.seen: Counter[str] = Counter()
        self.hung = asyncio.Event()
        self._random = random.Random(seed)
        self._plan: list[Fault | Literal[""]] = []

    def plan(self, *faults: Fault | Literal[""]) -> None:
        """For the next requests, in order; adds to what is planned already."""
        self._plan += faults

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        fault = self._next()
        if not fault:
            return await handler(request)
        self.seen[fault] += 1
        if fault in ("429", "500", "503"):
            headers = {"Retry-After": str(self.retry_after)} if self.retry_after else {}
            return web.Response(status=int(fault), text="trouble", headers=headers)
        if fault == "redirect":
            return web.Response(status=302, headers={"Location": NOWHERE})
        if fault == "html":
            return web.Response(text="<!DOCTYPE html><html><body><h1>Доступ ограничен</h1></body></html>", content_type="text/html")
        if fault == "hang":
            self.hung.set()
            await asyncio.Event().wait()
        if fault == "reset":
            return _break(request)
        answer = await handler(request)
        if fault == "lost":
            return _break(request)
        body = answer.body if isinstance(answer, web.Response) else b""
        assert isinstance(body, bytes)
        kept = {name: value for name, value in answer.headers.items() if name.lower() not in ("content-length", "content-encoding")}
        if fault == "broken":
            return web.Response(status=answer.status, headers=kept, body=body[: len(body) // 2])
        cut = web.StreamResponse(status=answer.status, headers=kept | {"Content-Length": str(len(body) + 1)})
        await cut.prepare(request)
        await cut.write(body[: len(body) // 2])
        return _break(request)

    def _next(self) -> Fault | Literal[""]:
        if self._plan:
            return self._plan.pop(0)
        if self.rate and self._random.random() < self.rate:
            return self._random.choice(self.kinds)
        return ""


def _break(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


@asynccontextmanager
async def running(app: web.Application) -> AsyncIterator[str]:
    """The application on a free port of loopback; gives its address, without a slash at the end."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        address: Any = runner.addresses[0]
        yield f"http://127.0.0.1:{address[1]}"
    finally:
        await runner.cleanup()

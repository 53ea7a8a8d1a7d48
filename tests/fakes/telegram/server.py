"""What every fake network is: a server on loopback that counts what it is asked, keeps a limit, and fails when it is told to.

Faults: ``500``; ``hang`` (no answer until the server is released); ``reset`` (the connection breaks before the answer);
``truncated`` (breaks in the middle of it); ``garbage`` (half of the answer under status 200, whole by its length).
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

Fault = Literal["500", "hang", "reset", "truncated", "garbage"]


@dataclass(frozen=True)
class Asked:
    """A request as the fake saw it, at ``at`` (ms of the fake's clock)."""

    path: str
    query: dict[str, str]
    at: int


class FakeServer:
    """``answer`` is given by the network. ``rate``: requests a second that are allowed, 0: all.

    The counters: ``asked`` all requests, ``statuses`` the answers by status, ``exceeded`` how often the limit was passed.
    ``faults`` are used up one a request, first come first served; None stands for a request that is answered. ``arrived`` is set by
    every request, ``released`` ends all that hang.
    """

    def __init__(self, clock: Callable[[], int], rate: int = 0) -> None:
        self.clock = clock
        self.rate = rate
        self.url = ""
        self.asked: list[Asked] = []
        self.statuses: Counter[int] = Counter()
        self.exceeded = 0
        self.faults: deque[Fault | None] = deque()
        self.released = asyncio.Event()
        self.arrived = asyncio.Event()
        self._recent: dict[str, deque[int]] = {}

    async def answer(self, request: web.Request) -> web.Response:
        """The answer of the network when nothing is in its way."""
        raise NotImplementedError

    def limited(self, request: web.Request) -> web.Response:
        """How the network says that it was asked too often."""
        return web.Response(status=429, headers={"Retry-After": "5"})

    def limit_key(self, request: web.Request) -> str:
        """What the limit is counted by; everybody together, unless the network knows tokens."""
        return ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Serves on a free port; gives the address."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self.url
        finally:
            self.released.set()
            await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(Asked(request.path, dict(request.query), self.clock()))
        self.arrived.set()
        fault = self.faults.popleft() if self.faults else None
        if self._over_limit(self.limit_key(request)):
            self.exceeded += 1
            return self._count(self.limited(request))
        if fault == "500":
            return self._count(web.Response(status=500, text="<html>Internal Server Error</html>"))
        if fault == "hang":
            await self.released.wait()
        if fault in ("hang", "reset"):
            _break(request)
            return web.Response()
        answer = await self.answer(request)
        body = answer.body if isinstance(answer.body, bytes) else b""
        if fault == "truncated":
            cut = web.StreamResponse(status=answer.status, headers={"Content-Length": str(len(body))})
            await cut.prepare(request)
            await cut.write(body[: len(body) // 2])
            _break(request)
            return cut
        if fault == "garbage":
            return self._count(web.Response(body=body[: len(body) // 2], content_type=answer.content_type))
        return self._count(answer)

    def _over_limit(self, key: str) -> bool:
        if not self.rate:
            return False
        now = self.clock()
        recent = self._recent.setdefault(key, deque())
        while recent and recent[0] <= now - 1000:
            recent.popleft()
        recent.append(now)
        return len(recent) > self.rate

    def _count(self, answer: web.Response) -> web.Response:
        self.statuses[answer.status] += 1
        return answer


def _break(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()

"""What stand-ins of messengers share: a server on loopback that writes down what it is asked, keeps a limit, and can be troubled."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from sources.standins.faults import Faults, running


@dataclass(frozen=True)
class Asked:
    """A request as the stand-in saw it, at ``at`` (ms of the stand-in's clock)."""

    path: str
    query: dict[str, str]
    at: int


class FakeServer:
    """``answer`` is given by the network. ``rate``: requests a second that are allowed, 0: all; ``clock`` gives ms.

    The counters: ``asked`` all requests that arrived, ``statuses`` the answers by status, ``exceeded`` how often the limit was
    passed. ``arrived`` is set by every request.
    """

    def __init__(self, clock: Callable[[], int], rate: int = 0) -> None:
        self.clock = clock
        self.rate = rate
        self.url = ""
        self.asked: list[Asked] = []
        self.keep_asked = True
        self.statuses: Counter[int] = Counter()
        self.exceeded = 0
        self.faults = Faults()
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
        app = web.Application(middlewares=[self.faults.middleware])
        app.router.add_route("*", "/{path:.*}", self._handle)
        async with running(app) as self.url:
            yield self.url

    async def _handle(self, request: web.Request) -> web.Response:
        if self.keep_asked:
            self.asked.append(Asked(request.path, dict(request.query), self.clock()))
        self.arrived.set()
        over = self._over_limit(self.limit_key(request))
        self.exceeded += over
        answer = self.limited(request) if over else await self.answer(request)
        self.statuses[answer.status] += 1
        return answer

    def _over_limit(self, key: str) -> bool:
        if not self.rate:
            return False
        now = self.clock()
        recent = self._recent.setdefault(key, deque())
        while recent and recent[0] <= now - 1000:
            recent.popleft()
        recent.append(now)
        return len(recent) > self.rate

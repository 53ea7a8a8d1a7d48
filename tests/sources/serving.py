"""Servers on loopback for the tests of this folder: one that says raw bytes, and a client that may ask it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from monitor.model.errors import SourceUnavailable
from sources.http.addresses import networks
from sources.http.client import HttpClient, HttpSettings
from sources.standins.faults import Faults
from sources.wire import Answer

PATIENCE = 60.0
"""Seconds: longer than the busiest machine needs for an answer."""
LOOPBACK = networks("127.0.0.0/8, ::1")


@dataclass
class Raw:
    """A running server: its address and the heads of the requests that it got."""

    url: str
    heads: list[bytes] = field(default_factory=list)


Say = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def raw(say: Say | bytes) -> AsyncIterator[Raw]:
    """A server that reads the head of each request and says ``say``; bytes are said whole, then the line is closed."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                made.heads.append(head)
                if isinstance(say, bytes):
                    writer.write(say)
                    break
                await say(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    made = Raw(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield made
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def client(settings: HttpSettings | None = None, **options: object) -> AsyncIterator[HttpClient]:
    """A client that may ask loopback, unless ``settings`` say otherwise."""
    made = HttpClient(settings or HttpSettings(allow=LOOPBACK, timeout=PATIENCE), **options)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        await made.close()


class Patient:
    """The client of a stand-in: it waits as long as a busy machine needs, and runs out of time as soon as the stand-in hangs."""

    def __init__(self, http: HttpClient, faults: Faults) -> None:
        self._http = http
        self._faults = faults

    async def get(self, url: str, **options: Any) -> Answer:
        return await self._ask(self._http.get(url, **{**options, "timeout": PATIENCE}))

    async def post(self, url: str, **options: Any) -> Answer:
        return await self._ask(self._http.post(url, **{**options, "timeout": PATIENCE}))

    async def close(self) -> None:
        await self._http.close()

    async def _ask(self, asking: Coroutine[Any, Any, Answer]) -> Answer:
        self._faults.hung.clear()
        asked, hung = asyncio.create_task(asking), asyncio.create_task(self._faults.hung.wait())
        await asyncio.wait({asked, hung}, return_when=asyncio.FIRST_COMPLETED)
        hung.cancel()
        if asked.done():
            return asked.result()
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        raise SourceUnavailable("127.0.0.1: не ответил полностью")

"""Clients that dawdle over what they ask are cut off: a connection kept open byte by byte costs them nothing, and us a place.

Headers have some seconds from the connection on, or from the end of the answer before; a body has as many. How long an answer may
take to be read is the business of the event stream, which alone is long.
"""

from __future__ import annotations

import asyncio
from typing import Final
from weakref import WeakKeyDictionary

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from dashboards.console.refusals import Refused

HEADERS: Final = 10.0
BODY: Final = 10.0
KEPT: Final = 75.0
"""Seconds for which a browser's connection may rest between two requests: as aiohttp keeps it."""


class Patience:
    """Knows of each connection which request it is at. Times in seconds."""

    def __init__(self, headers: float = HEADERS, body: float = BODY, kept: float = KEPT) -> None:
        self._headers = headers
        self._body = body
        self._kept = kept
        self._begun: WeakKeyDictionary[asyncio.BaseTransport, int] = WeakKeyDictionary()

    def connected(self, protocol: RequestHandler) -> None:
        asyncio.get_running_loop().call_later(self._headers, self._check, protocol, 0)

    async def begin(self, request: web.Request) -> None:
        """The headers are there; the body has to come now. Raises Refused where it does not."""
        if request.transport is not None:
            self._begun[request.transport] = self._begun.get(request.transport, 0) + 1
        if request.can_read_body:
            try:
                async with asyncio.timeout(self._body):
                    await request.read()
            except TimeoutError:
                raise Refused(408) from None

    def end(self, request: web.Request) -> None:
        transport = request.transport
        if transport is not None:
            asyncio.get_running_loop().call_later(
                self._kept + self._headers, self._check, request.protocol, self._begun.get(transport, 0)
            )

    def _check(self, protocol: RequestHandler, number: int) -> None:
        """Cuts a connection on which nothing has begun since."""
        if protocol.transport is not None and self._begun.get(protocol.transport, 0) == number:
            protocol.transport.abort()


PATIENCE: Final = web.AppKey("patience", Patience)


class PatientSite(web.TCPSite):
    """A site whose connections are watched by ``patience``."""

    def __init__(self, runner: web.AppRunner, host: str, port: int, patience: Patience) -> None:
        super().__init__(runner, host, port)
        self._patience = patience

    async def start(self) -> None:
        await web.BaseSite.start(self)
        server = self._runner.server
        assert server is not None

        def connection() -> RequestHandler:
            protocol = server()
            self._patience.connected(protocol)
            return protocol

        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(connection, self._host, self._port, backlog=self._backlog, reuse_address=True)

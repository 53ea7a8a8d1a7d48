"""The HTTP server for pushes. Senders are strangers until their inlet has checked them: sizes, times and numbers are bounded here.

A connection serves one request and has a time to live, so one that dawdles over its headers, its body or the reading of the answer is
cut off. TLS is the business of a proxy before it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Final

from aiohttp import ClientError, web
from aiohttp.web_protocol import RequestHandler

from monitor.config.networks import Push
from monitor.intake.pushes import Pushes
from monitor.model.errors import ConfigError
from sources.wire import Inlet, Pushed, Taken

log = logging.getLogger(__name__)

ANSWER_SECONDS: Final = 30.0
"""For the log to take what was read, and for the answer to be fetched; networks wait less."""
LINGER_SECONDS: Final = 1.0
"""For which a refused body is still drained: a line closed before would lose the answer."""
STOP_SECONDS: Final = 2.0
_SERVER: Final = {"Server": "nabat"}


class Receiver:
    """Listens between ``open`` and ``close``; ``address`` says where. Paths of inlets must differ."""

    def __init__(self, inlets: Iterable[Inlet], pushes: Pushes, section: Push) -> None:
        self.address = ""
        self._inlets: dict[str, Inlet] = {}
        for inlet in inlets:
            if self._inlets.setdefault(inlet.path, inlet) is not inlet:
                raise ConfigError([f"push: two sources are pushed to {inlet.path}; each needs an address of its own"])
        self._pushes = pushes
        self._section = section
        self._listening: asyncio.Server | None = None
        self._server: web.Server | None = None

    async def open(self, port: int | None = None) -> None:
        """``port`` instead of the configured one; 0 takes a free one. ConfigError where it can't be listened on."""
        host, port = self._section.host, self._section.port if port is None else port
        # Signatures are of the bytes as they were sent, and nothing is unpacked for strangers.
        self._server = web.Server(
            self._handle, access_log=None, logger=_silent(), auto_decompress=False, lingering_time=LINGER_SECONDS
        )
        try:
            self._listening = await asyncio.get_running_loop().create_server(self._connection, host, port)
        except OSError as error:
            raise ConfigError([f"push: {host}:{port} can't be listened on ({error.strerror}); set another push.port"]) from None
        host, port = self._listening.sockets[0].getsockname()[:2]
        self.address = f"http://{host}:{port}"

    async def close(self) -> None:
        """Requests under way are answered, at most for a moment. Safe to call when it was never opened."""
        if self._listening is not None:
            self._listening.close()
        if self._server is not None:
            await self._server.shutdown(STOP_SECONDS)

    def _connection(self) -> RequestHandler:
        assert self._server is not None
        crowded = len(self._server.connections) >= self._section.connections
        protocol = self._server()
        loop = asyncio.get_running_loop()
        loop.call_later(0.0 if crowded else self._section.timeout + ANSWER_SECONDS, _cut, protocol)
        return protocol

    async def _handle(self, request: web.BaseRequest) -> web.Response:
        try:
            taken = await self._answer(request)
        except Exception as error:  # noqa: BLE001 - its text could quote the request
            log.error("на присланное не ответить: %s", type(error).__name__)
            taken = Taken(500, "ошибка в программе")
        response = web.Response(status=taken.status, text=taken.body, headers={**_SERVER, **taken.headers})
        response.force_close()
        return response

    async def _answer(self, request: web.BaseRequest) -> Taken:
        inlet = self._inlets.get(request.path)
        if inlet is None:
            return Taken(404, "здесь ничего нет")
        if request.method != "POST":
            return Taken(405, "только POST", {"Allow": "POST"})
        if "content-encoding" in request.headers:
            return Taken(415, "пришлите несжатым")
        try:
            async with asyncio.timeout(self._section.timeout):
                body = await self._body(request)
        except TimeoutError:
            return Taken(408, "слишком медленно")
        except (ClientError, ConnectionError, web.HTTPException):
            return Taken(400, "запрос оборвался")
        if body is None:
            return Taken(413, f"больше {self._section.body_bytes} байт")
        headers = {name.lower(): value for name, value in request.headers.items()}
        return await self._pushes.answer(inlet, Pushed(headers, dict(request.query), body))

    async def _body(self, request: web.BaseRequest) -> bytes | None:
        """None if it is too large; then no more of it is read."""
        limit = self._section.body_bytes
        if (request.content_length or 0) > limit:
            return None
        body = bytearray()
        async for chunk in request.content.iter_any():
            body += chunk
            if len(body) > limit:
                return None
        return bytes(body)


def _silent() -> logging.Logger:
    """The server would log requests that it can't parse, and quote the headers: secrets stand there."""
    logger = logging.Logger("silent")
    logger.disabled = True
    return logger


def _cut(protocol: RequestHandler) -> None:
    if protocol.transport is not None:
        protocol.transport.abort()

"""A socket in the data folder by which other commands talk to the process that owns the folder.

Questions are HTTP POST requests, one path each; question and answer are JSON objects. Only the owner's user can open the socket
(mode 0600), so it asks for no password.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import orjson
from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, UnixConnector, web

from monitor.model.errors import NabatError

SOCKET = "nabat.sock"
SECONDS = 300.0
"""How long a question may take: thousands of letters are opened and appended."""

Handler = Callable[[bytes], Awaitable[Any]]

log = logging.getLogger(__name__)


class LocalSocket:
    """Answers while it is open. ``handlers`` take a question's JSON, return what can be JSON, and raise NabatError."""

    def __init__(self, folder: Path, handlers: Mapping[str, Handler]) -> None:
        self._path = folder / SOCKET
        app = web.Application(client_max_size=1 << 20)
        for name, handler in handlers.items():
            app.router.add_post(f"/{name}", _answer(handler))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)

    async def open(self) -> None:
        """The folder must be this process's own. A path too long for a socket is told; the process runs without it."""
        await self._runner.setup()
        one = socket.socket(socket.AF_UNIX)
        try:
            self._path.unlink(missing_ok=True)
            one.bind(str(self._path))
        except OSError as error:
            one.close()
            log.warning("%s: сокет здесь не создать (%s); команды не смогут обратиться к этому процессу", self._path, error)
            return
        # Nobody can connect before it listens.
        os.chmod(self._path, 0o600)
        await web.SockSite(self._runner, one).start()

    async def close(self) -> None:
        await self._runner.cleanup()
        self._path.unlink(missing_ok=True)


def _answer(handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            found, status = await handler(await request.read()), 200
        except NabatError as error:
            found, status = {"error": str(error)}, 409
        return web.Response(body=orjson.dumps(found), status=status, content_type="application/json")

    return answer


async def ask(folder: Path, name: str, question: Any) -> bytes | None:
    """The answer of the process that owns ``folder``, None if there is none. NabatError with its words if it refuses."""
    path = folder / SOCKET
    if not path.exists():
        return None
    try:
        async with (
            ClientSession(connector=UnixConnector(str(path)), timeout=ClientTimeout(SECONDS)) as session,
            session.post(f"http://nabat/{name}", data=orjson.dumps(question)) as response,
        ):
            body, status = await response.read(), response.status
    except ClientConnectorError:
        # The socket of a process that was killed.
        return None
    except (ClientError, TimeoutError) as error:
        raise NabatError(f"{path}: процесс, который владеет папкой, не ответил ({type(error).__name__}): повторите") from error
    if status == 409:
        raise NabatError(orjson.loads(body)["error"])
    if status != 200:
        raise NabatError(
            f"{path}: процесс, который владеет папкой, не понял вопроса (ответ {status}): "
            "перезапустите nabat run этой же версией или остановите его и повторите"
        )
    return body

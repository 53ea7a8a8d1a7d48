"""A small ClickHouse HTTP front on chDB, in a process of its own, that can be troubled at will.

It stands for a ClickHouse server as clickhouse-connect sees it: statement in the body or in ``query`` with data in the body,
multipart forms, ``param_*`` and settings in the URL, Basic authentication, compressed requests, errors as status, text and
X-ClickHouse-Exception-Code. The engine below is the real one, so SQL, types and read-only mode are not imitated.
What it lacks: sessions, compressed answers, progress headers, replication.

``ClickHouseFront`` starts and controls it; the server itself is ``python -m tests.fakes.clickhouse_http FOLDER``.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import lz4.frame  # type: ignore[import-untyped]
from aiohttp import web

USER, PASSWORD = "default", "secret"

_INSERT = re.compile(rb"\s*(INSERT\s+INTO\s+([\w.`]+).*?)\s+FORMAT\s+Native\r?\n", re.IGNORECASE | re.DOTALL)
_CODE = re.compile(r"Code: (\d+)\.")
_STATUS = {60: 404, 81: 404, 62: 400, 36: 400, 516: 403, 497: 403, 164: 403, 159: 408, 202: 503}
_TRANSPORT = {
    "query", "database", "default_format", "query_id", "session_id", "session_timeout", "session_check", "quota_key", "role",
    "wait_end_of_query", "buffer_size", "compress", "decompress", "client_protocol_version", "enable_http_compression",
    "send_progress_in_http_headers", "http_headers_progress_interval_ms", "user", "password",
}  # fmt: skip


class Server:
    """The front itself. ``trouble`` is (mode, statements it is for: a prefix in capitals, how many of them are left)."""

    def __init__(self, folder: str) -> None:
        # Imported here: the engine takes one folder a process, and the tests' own process has another one.
        import chdb

        self._connect: Callable[[], Any] = partial(chdb.connect, folder)
        self._keep = self._connect()
        self._pool = ThreadPoolExecutor(4)
        self._mine = threading.local()
        self.trouble = ("", "", 0)
        self.released = asyncio.Event()
        self.seen: list[tuple[str, str]] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if self.trouble[0] == "refuse" and request.transport is not None:
            # A connection that had been kept alive.
            request.transport.abort()
            return web.Response()
        if request.path == "/ping":
            return web.Response(text="Ok.\n")
        params = dict(request.query)
        if request.content_type == "multipart/form-data":
            form = await request.post()
            fields = {key: str(value) for key, value in form.items()}
            params.update((key, value) for key, value in fields.items() if key != "query")
            body = fields.get("query", "").encode()
        else:
            body = await request.read()
            if request.headers.get("Content-Encoding") == "lz4":
                body = lz4.frame.decompress(body)
        statement = b"\n".join(part for part in (params.get("query", "").encode(), body) if part)
        if not self._authentic(request, params):
            return self._error(f"Code: 516. DB::Exception: {USER}: Authentication failed. (AUTHENTICATION_FAILED)")
        mode = self._mode(statement)
        if mode == "hang":
            await self.released.wait()
        if mode == "busy":
            return self._error("Code: 202. DB::Exception: Too many simultaneous queries. (TOO_MANY_SIMULTANEOUS_QUERIES)")
        answer = await asyncio.get_running_loop().run_in_executor(self._pool, self._answer, statement, params)
        if mode == "swallow":
            return web.Response(status=500, text="the answer was lost on its way")
        if mode == "cut" and request.transport is not None:
            request.transport.abort()
        return answer

    def _mode(self, statement: bytes) -> str:
        mode, prefix, left = self.trouble
        if left == 0 or not statement.lstrip().upper().startswith(prefix.encode()):
            return ""
        self.trouble = (mode, prefix, left - 1)
        return mode

    def _authentic(self, request: web.Request, params: dict[str, str]) -> bool:
        given = request.headers.get("Authorization", "")
        if given.startswith("Basic "):
            return base64.b64decode(given[6:]).decode() == f"{USER}:{PASSWORD}"
        name = request.headers.get("X-ClickHouse-User", params.get("user", ""))
        return (name, request.headers.get("X-ClickHouse-Key", params.get("password", ""))) == (USER, PASSWORD)

    def _answer(self, statement: bytes, params: dict[str, str]) -> web.Response:
        settings = {
            key: "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
            for key, value in params.items()
            if key not in _TRANSPORT and not key.startswith("param_")
        }
        insert = _INSERT.match(statement)
        try:
            if insert is not None and "readonly" not in settings:
                data = self._insert(insert, statement[insert.end() :], params.get("database", "default"), settings)
            else:
                # The engine itself refuses to write where it may only read, whatever the rows are.
                data = self._other(insert[1] + b" VALUES" if insert is not None else statement, params, settings)
        except RuntimeError as error:
            return self._error(str(error))
        return web.Response(body=data, headers={"X-ClickHouse-Timezone": "UTC", "X-ClickHouse-Summary": "{}"})

    def _insert(self, insert: re.Match[bytes], rows: bytes, database: str, settings: dict[str, str]) -> bytes:
        """An insert, as one statement: a server does not need six for it, and figures of speed are taken with this front."""
        self.seen.append((insert[2].decode(), hashlib.sha256(rows).hexdigest()))
        mine = self._mine
        if getattr(mine, "database", "") != database:
            if not hasattr(mine, "connection"):
                mine.connection = self._connect()
            mine.connection.query(f"USE `{database}`")
            mine.database = database
        clause = f" SETTINGS {', '.join(f'{key} = {value}' for key, value in settings.items())}" if settings else ""
        with tempfile.NamedTemporaryFile(suffix=".native") as file:
            file.write(rows)
            file.flush()
            mine.connection.query(f"{insert[1].decode()} FROM INFILE '{file.name}'{clause} FORMAT Native")
        return b""

    def _other(self, statement: bytes, params: dict[str, str], settings: dict[str, str]) -> bytes:
        connection = self._connect()
        try:
            if database := params.get("database"):
                connection.query(f"USE `{database}`")
            # After readonly nothing can be set.
            for key in sorted(settings, key=lambda key: key == "readonly"):
                connection.query(f"SET {key} = {settings[key]}")
            bound = {key.removeprefix("param_"): value for key, value in params.items() if key.startswith("param_")}
            return connection.query(statement.decode(), params.get("default_format", "TabSeparated"), params=bound).bytes() or b""
        finally:
            connection.close()

    def _error(self, text: str) -> web.Response:
        found = _CODE.search(text)
        code = int(found[1]) if found else 1001
        return web.Response(status=_STATUS.get(code, 500), text=text, headers={"X-ClickHouse-Exception-Code": str(code)})


async def serve(folder: str) -> None:
    """Runs until standard input ends; prints the ports as JSON first."""
    server = Server(folder)
    app = web.Application(client_max_size=1 << 30)
    app.router.add_route("*", "/{path:.*}", server.handle)
    front = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await front.setup()
    site = web.TCPSite(front, "127.0.0.1", 0)
    await site.start()
    port = front.addresses[0][1]

    async def control(request: web.Request) -> web.Response:
        nonlocal site
        order = await request.json()
        server.released.set()
        server.released = asyncio.Event()
        server.trouble = (order["mode"], order["prefix"], order["count"])
        if order["mode"] == "refuse":
            await site.stop()
        elif site._server is None or not site._server.is_serving():
            site = web.TCPSite(front, "127.0.0.1", port)
            await site.start()
        seen, server.seen = server.seen, []
        return web.json_response(seen)

    panel = web.Application()
    panel.router.add_post("/", control)
    runner = web.AppRunner(panel, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(json.dumps([port, runner.addresses[0][1]]), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.released.set()
    await front.cleanup()
    await runner.cleanup()


class ClickHouseFront:
    """A running front. ``trouble`` switches a mode on for the next ``count`` statements that begin with ``prefix``.

    hang: no answer until the mode changes (then the statement runs). busy: refused as overloaded. swallow: done, but answered by
    500. cut: done, but the connection breaks. refuse: no connection until the mode changes.
    """

    def __init__(self, folder: Path) -> None:
        root = Path(__file__).parents[2]
        command = [sys.executable, "-m", "tests.fakes.clickhouse_http", str(folder)]
        self._process = subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        port, self._control = json.loads(self._process.stdout.readline())
        self.url = f"http://127.0.0.1:{port}"

    def trouble(self, mode: str = "", prefix: str = "INSERT", count: int = 1) -> list[tuple[str, str]]:
        """Returns the inserts (table, hash of the data) that were carried out since the last call."""
        order = json.dumps({"mode": mode, "prefix": prefix, "count": count}).encode()
        with urlopen(Request(f"http://127.0.0.1:{self._control}/", order, {"Content-Type": "application/json"})) as answer:
            seen: list[Any] = json.loads(answer.read())
        return [(table, digest) for table, digest in seen]

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))

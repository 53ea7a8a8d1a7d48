"""Receivers over HTTP on one loopback port, as strict as the documented ones, with faults to order.

``/bot<token>/sendMessage`` is Telegram's Bot API, ``/messages`` MAX's, ``/sms`` a gateway, ``/hook…`` verify signed webhooks.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Literal

import orjson
from aiohttp import web

from sources.webhook import WrongSignature, verify

Fault = Literal["500", "429", "400", "403", "reset", "lost", "hang"]
"""``lost``: taken, and the answer never arrives."""
PATIENCE = 120.0
"""Seconds: whoever sends may first have to start, on a busy machine."""
TAGS = {"b", "i", "a", "code", "pre", "u", "s", "blockquote"}


@dataclass(frozen=True)
class Got:
    """A message that was taken: the path, who it was for, what it said, its headers (lower case)."""

    path: str
    to: str
    text: str
    quiet: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    at: int = 0


class Receivers:
    """``down``: everything under a path that begins so is answered with 503. ``faults`` by path are used up one a request."""

    def __init__(self, clock: Callable[[], int], secrets: list[bytes] | None = None, token: str = "123:abc") -> None:
        self.clock = clock
        self.secrets = secrets or []
        self.token = token
        self.url = ""
        self.got: list[Got] = []
        self.asked: list[tuple[str, int]] = []
        self.down: set[str] = set()
        self.faults: dict[str, deque[Fault]] = {}
        self.released = asyncio.Event()
        self.news = asyncio.Event()

    def texts(self, path: str) -> list[str]:
        return [one.text for one in self.got if one.path.startswith(path)]

    async def arrived(self, count: int, path: str = "/") -> list[Got]:
        """Waits (real time) until so many messages were taken under a path."""
        async with asyncio.timeout(PATIENCE):
            while len(found := [one for one in self.got if one.path.startswith(path)]) < count:
                self.news.clear()
                await self.news.wait()
        return found

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_post("/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self.url
        finally:
            self.released.set()
            await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.Response:
        path = request.path
        self.asked.append((path, self.clock()))
        if any(path.startswith(prefix) for prefix in self.down):
            return web.Response(status=503)
        faults = self.faults.get(path)
        fault = faults.popleft() if faults else None
        if fault == "hang":
            await self.released.wait()
        if fault in ("reset", "hang"):
            return _cut(request)
        if fault == "429":
            body = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 30}}
            return web.Response(status=429, headers={"Retry-After": "30"}, body=orjson.dumps(body))
        if fault in ("500", "400", "403"):
            return web.Response(status=int(fault), body=orjson.dumps({"ok": False, "description": "Bad Request: secret detail"}))
        answer, got = await self._take(request)
        if got is not None:
            self.got.append(got)
            self.news.set()
        return _cut(request) if fault == "lost" else answer

    async def _take(self, request: web.Request) -> tuple[web.Response, Got | None]:
        path, body = request.path, await request.read()
        if path.startswith("/bot"):
            return self._telegram(path, orjson.loads(body))
        if path == "/messages":
            return self._max(request, orjson.loads(body))
        headers = {name.lower(): value for name, value in request.headers.items()}
        if path == "/sms":
            form: dict[str, Any] = orjson.loads(body) if request.content_type == "application/json" else {**(await request.post())}
            return web.Response(text="accepted"), Got(path, str(form["phone"]), str(form["text"]), headers={**headers, **form})
        try:
            verify(self.secrets, headers, body, self.clock())
        except WrongSignature as error:
            return web.Response(status=401, text=str(error)), None
        return web.Response(status=204), Got(path, "", body.decode(), headers=headers, at=self.clock())

    def _telegram(self, path: str, body: dict[str, Any]) -> tuple[web.Response, Got | None]:
        token, _, method = path.removeprefix("/bot").partition("/")
        if token != self.token or method != "sendMessage":
            return _json(401, {"ok": False, "error_code": 401, "description": "Unauthorized"}), None
        text = str(body["text"])
        if body.get("parse_mode") != "HTML" or (wrong := broken_markup(text)) or not 1 <= len(visible(text)) <= 4096:
            return _json(400, {"ok": False, "error_code": 400, "description": "Bad Request: can't parse entities"}), None
        if body["chat_id"] == "404":
            return _json(400, {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}), None
        assert not wrong
        result = {"message_id": len(self.got) + 1, "date": 0, "chat": {"id": 1, "type": "private"}, "text": visible(text)}
        return _json(200, {"ok": True, "result": result}), Got(
            path, body["chat_id"], text, body["disable_notification"], at=self.clock()
        )

    def _max(self, request: web.Request, body: dict[str, Any]) -> tuple[web.Response, Got | None]:
        if request.headers.get("Authorization") != self.token:
            return _json(401, {"code": "verify.token", "message": "Invalid access_token"}), None
        to = request.query.get("chat_id") or f"user:{request.query['user_id']}"
        if len(body["text"]) > 4000 or body["format"] != "html" or broken_markup(body["text"]):
            return _json(400, {"code": "proto.payload", "message": "text"}), None
        got = Got("/messages", to, body["text"], not body["notify"], at=self.clock())
        return _json(200, {"message": {"body": {"mid": f"mid.{len(self.got)}", "seq": 1, "text": body["text"]}}}), got


class _Markup(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.wrong = False
        self.text = ""
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.wrong = self.wrong or tag not in TAGS
        self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        self.wrong = self.wrong or not self.open or self.open.pop() != tag

    def handle_data(self, data: str) -> None:
        self.text += data


def _parsed(text: str) -> _Markup:
    parser = _Markup()
    parser.feed(text)
    parser.close()
    return parser


def broken_markup(text: str) -> bool:
    """Whether the receiver's parser would refuse it: an unknown tag, one that is not closed, a bare ampersand or bracket."""
    parsed = _parsed(text)
    bare = re.search(r"&(?!(lt|gt|amp|quot|#\d+|#x[0-9a-f]+);)|<(?!/?[a-z])", text) is not None
    return parsed.wrong or bool(parsed.open) or bare


def visible(text: str) -> str:
    return _parsed(text).text


def links(text: str) -> list[str]:
    return _parsed(text).links


def _json(status: int, body: dict[str, Any]) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(body), content_type="application/json")


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()

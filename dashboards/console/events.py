"""Server-sent events: the tail of the log's alerts and incidents, resumable by the browser itself.

The log is the queue: a client is a position in it and reads on when the log grows, so a slow one costs no memory and a lost
connection loses nothing. An event's id is the position after it, offsets of the partitions joined by ``.``, alerts and incidents
by ``-`` (``17-240`` with one partition each). First comes ``hello``, which gives a client without an id its position; ``reset``
comes where the log no longer has (or never had) what the client has not seen. Repeats are possible, gaps are not.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import orjson
from aiohttp import web
from msgspec.structs import asdict

from dashboards.console.access import still_admitted
from dashboards.console.refusals import Refused
from dashboards.console.view import Views
from monitor.log.base import ALERTS, INCIDENTS, Log, Record
from monitor.model.codec import DecodeError
from monitor.model.errors import NabatError
from monitor.outgoing.read import read

CLIENTS = 64
"""A duty shift, its wall screens and their reloads; each client reads the log itself."""

HEARTBEAT = 15.0
"""Seconds of silence before a comment: proxies and firewalls cut connections that are silent for 30 to 60."""

PATIENCE = 20.0
"""Seconds that a client may leave its socket full before it is dropped; it resumes by its last id."""

RETRY = 2000
"""Milliseconds after which the browser reconnects."""

WAIT = 30.0
PAUSE = 1.0
BATCH = 200

Slot = tuple[str, int]
Present = Callable[[Mapping[str, Any], object], dict[str, Any]]

_logger = logging.getLogger("nabat.console")


class EventStream:
    """Serves ``GET /api/events`` between ``start`` and ``stop``."""

    def __init__(
        self, log: Log, region: str, views: Views, clients: int = CLIENTS, heartbeat: float = HEARTBEAT, patience: float = PATIENCE
    ) -> None:
        self._log = log
        self._region = region
        self._limit = clients
        self._heartbeat = heartbeat
        self._patience = patience
        self._topics: dict[str, tuple[str, Present]] = {
            ALERTS: ("alert", views.alert),
            INCIDENTS: ("incident", views.incident),
        }
        self._slots: list[Slot] = [(topic, number) for topic in self._topics for number in range(log.layout.partitions[topic])]
        self._clients: dict[asyncio.Task[Any], tuple[web.Request, asyncio.Event]] = {}
        self._watchers: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._watchers = [asyncio.create_task(self._watch(slot)) for slot in self._slots]

    async def stop(self) -> None:
        """Ends all streams at once; browsers come back by themselves."""
        tasks = [*self._watchers, *self._clients]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """``Last-Event-ID`` (or ``?after=``, for a client that had to connect anew) says where to go on."""
        self._admit()
        task = asyncio.current_task()
        assert task is not None
        wake = asyncio.Event()
        self._clients[task] = (request, wake)
        try:
            response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
            await response.prepare(request)
            await self._serve(request, response, wake)
        except (ConnectionError, TimeoutError):
            if request.transport is not None:
                request.transport.abort()
        except NabatError:
            _logger.warning("поток событий прерван: журнал не отвечает", exc_info=True)
        finally:
            del self._clients[task]
        return response

    def _admit(self) -> None:
        """Makes room: a client that went away without a word shows only in its transport until the next write."""
        if len(self._clients) >= self._limit:
            for task, (request, _) in self._clients.items():
                if request.transport is None or request.transport.is_closing():
                    task.cancel()
                    return
            raise Refused(503, "Слишком много открытых пультов", "Закройте лишние вкладки и повторите")

    async def _serve(self, request: web.Request, response: web.StreamResponse, wake: asyncio.Event) -> None:
        asked = request.headers.get("Last-Event-ID") or request.query.get("after", "")
        position, event = await self._begin(asked)
        await self._send(response, f"retry: {RETRY}\n{_event(event, _id(position), b'{}')}")
        while still_admitted(request):
            wake.clear()
            async for chunk in self._new(position):
                await self._send(response, chunk)
            try:
                await asyncio.wait_for(wake.wait(), self._heartbeat)
            except TimeoutError:
                await self._send(response, ": \n\n")

    async def _begin(self, asked: str) -> tuple[dict[Slot, int], str]:
        """The position to read on from, and the first event: ``reset`` if not everything since ``asked`` can be told."""
        bounds = [await self._log.bounds(*slot) for slot in self._slots]
        offsets = _offsets(asked)
        if len(offsets) == len(bounds) and all(first <= at <= end for at, (first, end) in zip(offsets, bounds, strict=True)):
            return dict(zip(self._slots, offsets, strict=True)), "hello"
        return {slot: end for slot, (_, end) in zip(self._slots, bounds, strict=True)}, "reset" if asked else "hello"

    async def _new(self, position: dict[Slot, int]) -> AsyncIterator[str]:
        """Whatever the log has from ``position`` on, which moves along, never past an end that the log has stated."""
        for slot in self._slots:
            end = (await self._log.bounds(*slot))[1]
            while position[slot] < end:
                lines = []
                records = await self._log.read(*slot, position[slot], min(BATCH, end - position[slot]))
                if not records:
                    break
                last = {record.key: record.offset for record in records}
                for record in records:
                    position[slot] = record.offset + 1
                    # Of an incident only its newest state counts; every alert is told, it may be a level that sounds.
                    if record.topic == INCIDENTS and last[record.key] != record.offset:
                        continue
                    if data := self._data(record):
                        lines.append(_event(self._topics[slot[0]][0], _id(position), data))
                yield "".join(lines)

    def _data(self, record: Record) -> bytes:
        """The record as the page sees it, nothing for another region's. One that can't be read must not stop those behind it."""
        try:
            told = read(record.topic, record.value)
        except DecodeError:
            _logger.exception("запись не читается: %s/%d/%d", record.topic, record.partition, record.offset)
            return b""
        if told.data.region != self._region:
            return b""
        return orjson.dumps(self._topics[record.topic][1](asdict(told.data), told.version))

    async def _send(self, response: web.StreamResponse, text: str) -> None:
        async with asyncio.timeout(self._patience):
            await response.write(text.encode())

    async def _watch(self, slot: Slot) -> None:
        """Wakes all clients when a partition grows; whatever is below ``end`` has been told to them."""
        end = 0
        while True:
            try:
                if await self._log.wait(*slot, end, WAIT):
                    end = (await self._log.bounds(*slot))[1]
                    for _, wake in self._clients.values():
                        wake.set()
            except NabatError:
                _logger.warning("журнал не отвечает", exc_info=True)
                await asyncio.sleep(PAUSE)


def _event(name: str, position: str, data: bytes) -> str:
    return f"event: {name}\nid: {position}\ndata: {data.decode()}\n\n"


def _id(position: Mapping[Slot, int]) -> str:
    by_topic: dict[str, list[str]] = {}
    for (topic, _), offset in position.items():
        by_topic.setdefault(topic, []).append(str(offset))
    return "-".join(".".join(offsets) for offsets in by_topic.values())


def _offsets(text: str) -> list[int]:
    """The offsets in an id; none if it is no id."""
    parts = text.replace(".", "-").split("-")
    return [int(part) for part in parts] if all(part.isascii() and part.isdigit() and len(part) < 20 for part in parts) else []

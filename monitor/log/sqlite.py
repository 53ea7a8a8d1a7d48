"""The log in one SQLite file, for the embedded runtime: write-ahead mode, synced at every commit, one process at a time.

One thread writes. Whatever was asked for while it was busy goes into its next transaction together (group commit), and each
caller goes on when that transaction is on the disk. Another thread, with a connection of its own, reads. Bounds and commits are
answered from memory, which changes only after the disk has.

Errors: LogError where the log refuses (see monitor.log.base) or is damaged; RetryableError where the disk is full or fails: then
nothing of the call is in the log, and the log can be used further. A call that is cancelled may have been done or not.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from monitor.log import store
from monitor.log.base import TOPICS, Append, Record
from monitor.log.store import State, Step, Store
from monitor.model.errors import LogError

T = TypeVar("T")

BATCH_BYTES = 16 << 20
"""About as much as one transaction takes: with more, small appends would wait long for large ones."""


class _Request(NamedTuple):
    step: Step
    size: int
    done: asyncio.Future[Any]


class SqliteLog:
    """See monitor.log.base.Log for the rules. Made by ``open``, used in that event loop only."""

    def __init__(self, opened: Store, writing: ThreadPoolExecutor, retention_ms: Mapping[str, int]) -> None:
        self.layout = opened.layout
        self._store = opened
        self._retention = dict(retention_ms)
        self._writing = writing
        self._reading = ThreadPoolExecutor(1, "log-reader")
        self._pending: deque[_Request] = deque()
        self._drainer: asyncio.Task[None] | None = None
        self._waiting: dict[int, set[asyncio.Future[None]]] = defaultdict(set)
        self._closed = False

    @classmethod
    async def open(
        cls,
        path: str | os.PathLike[str],
        partitions: Mapping[str, int] | None = None,
        retention_ms: Mapping[str, int] | None = None,
        *,
        identity: str = "",
        epoch: int = 0,
    ) -> SqliteLog:
        """Opens the log or creates it. ``partitions`` by topic (default: one each), ``retention_ms`` by topic (missing: for ever).

        ``identity`` and ``epoch``, where given, must be those of the file; a new file takes them. LogError says what is wrong.
        """
        wanted = dict.fromkeys(TOPICS, 1) if partitions is None else dict(partitions)
        if wrong := sorted(topic for topic, count in wanted.items() if not 1 <= count <= 1 << 16):
            raise LogError(f"разделов у темы от 1 до 65536; задано иначе: {', '.join(wrong)}")
        if unknown := sorted(set(retention_ms or {}) - set(wanted)):
            raise LogError(f"срок хранения задан для тем, которых в журнале нет: {', '.join(unknown)}")
        writing = ThreadPoolExecutor(1, "log-writer")
        try:
            opened = await asyncio.get_running_loop().run_in_executor(writing, Store, Path(path), wanted, identity, epoch)
        except BaseException:
            writing.shutdown(wait=False)
            raise
        return cls(opened, writing, retention_ms or {})

    async def append(
        self,
        records: Sequence[Append],
        *,
        cursors: Mapping[str, str] | None = None,
        budgets: Mapping[str, str] | None = None,
    ) -> list[int]:
        rows = [(self._slot(record.topic, record.partition), record) for record in records]
        names = list((cursors or {}).items()), list((budgets or {}).items())

        def step(connection: sqlite3.Connection, state: State) -> list[int]:
            offsets = store.append(connection, state, rows)
            connection.executemany("INSERT OR REPLACE INTO cursors VALUES (?, ?)", names[0])
            connection.executemany("INSERT OR REPLACE INTO budgets VALUES (?, ?)", names[1])
            return offsets

        offsets: list[int] = await self._write(step, sum(len(record.value) for record in records))
        return offsets

    async def read(self, topic: str, partition: int, offset: int, limit: int = 500) -> list[Record]:
        self._slot(topic, partition)
        if offset == self._store.check(topic, partition, offset).next:
            return []
        return await self._read(self._store.read, topic, partition, offset, max(1, limit))

    async def wait(self, topic: str, partition: int, offset: int, timeout: float) -> bool:
        slot = self._slot(topic, partition)
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while self._store.state.spans[slot].next <= offset:
                    self._refuse_if_closed()
                    await self._news(slot)
        return self._store.state.spans[slot].next > offset

    async def bounds(self, topic: str, partition: int) -> tuple[int, int]:
        first, following = self._store.state.spans[self._slot(topic, partition)]
        return first, following

    async def commit(self, group: str, topic: str, partition: int, offset: int) -> None:
        slot = self._slot(topic, partition)
        await self._write(lambda connection, state: store.commit(connection, state, group, slot, offset))

    async def committed(self, group: str, topic: str, partition: int) -> int | None:
        return self._store.state.commits.get((group, self._slot(topic, partition)))

    async def cursor(self, source: str) -> str:
        rows = await self._read(self._store.select, "SELECT value FROM cursors WHERE name = ?", source)
        return str(rows[0][0]) if rows else ""

    async def cursors(self) -> dict[str, str]:
        return dict(await self._read(self._store.select, "SELECT name, value FROM cursors ORDER BY name"))

    async def budget(self, name: str) -> str:
        rows = await self._read(self._store.select, "SELECT value FROM budgets WHERE name = ?", name)
        return str(rows[0][0]) if rows else ""

    async def trim(self, now: int) -> int:
        """Also gives space back, but for a quarter of the file, which is kept for what comes next."""
        dropped = 0
        for (topic, _), slot in self._store.slots.items():
            if topic not in self._retention:
                continue
            siblings = [other for (name, _), other in self._store.slots.items() if name == topic]
            step = partial(store.trim, slot=slot, siblings=siblings, oldest=now - self._retention[topic])
            while count := await self._write(step):
                dropped += count
        while await self._write(store.vacuum):
            pass
        return dropped

    async def size(self) -> int:
        """Bytes on the disk: the file and its write-ahead file."""
        return await self._read(self._store.size)

    async def close(self) -> None:
        """Finishes what was asked for, then closes the file. Whoever waits for records gets LogError."""
        if self._closed:
            return
        self._closed = True
        if self._drainer is not None:
            await asyncio.wait([self._drainer])
        for slot in self._waiting:
            self._wake(slot)
        await self._in(self._reading, self._store.close_reader)
        await self._in(self._writing, self._store.close)
        self._reading.shutdown()
        self._writing.shutdown()

    async def _write(self, step: Step, size: int = 0) -> Any:
        """Has the step done in the next transaction and gives its result when that is durable."""
        self._refuse_if_closed()
        loop = asyncio.get_running_loop()
        request = _Request(step, size, loop.create_future())
        self._pending.append(request)
        if self._drainer is None:
            self._drainer = loop.create_task(self._drain())
        return await request.done

    async def _drain(self) -> None:
        """Hands what is pending to the writing thread, a transaction after the other, until nothing is left."""
        while self._pending:
            batch: list[_Request] = []
            size = 0
            while self._pending and size < BATCH_BYTES:
                batch.append(self._pending.popleft())
                size += batch[-1].size
            before = self._store.state
            outcomes: list[Any]
            try:
                outcomes = await self._in(self._writing, self._store.transaction, [request.step for request in batch])
            except Exception as error:  # noqa: BLE001 (a bug must reach those who wait, not leave them waiting)
                outcomes = [error] * len(batch)
            for request, outcome in zip(batch, outcomes, strict=True):
                if request.done.done():
                    continue
                if isinstance(outcome, Exception):
                    request.done.set_exception(outcome)
                else:
                    request.done.set_result(outcome)
            for slot, (old, new) in enumerate(zip(before.spans, self._store.state.spans, strict=True)):
                if old.next != new.next:
                    self._wake(slot)
        self._drainer = None

    async def _read(self, call: Callable[..., T], *arguments: object) -> T:
        self._refuse_if_closed()
        return await self._in(self._reading, call, *arguments)

    async def _in(self, thread: ThreadPoolExecutor, call: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(thread, call, *arguments)

    async def _news(self, slot: int) -> None:
        """Returns after the next append to the partition, or when the log is closed."""
        news = asyncio.get_running_loop().create_future()
        self._waiting[slot].add(news)
        try:
            await news
        finally:
            self._waiting[slot].discard(news)

    def _wake(self, slot: int) -> None:
        for news in self._waiting[slot]:
            if not news.done():
                news.set_result(None)

    def _slot(self, topic: str, partition: int) -> int:
        slot = self._store.slots.get((topic, partition))
        if slot is None:
            raise LogError(f"в журнале нет {topic}/{partition}; есть {dict(self.layout.partitions)}")
        return slot

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise LogError("журнал закрыт")

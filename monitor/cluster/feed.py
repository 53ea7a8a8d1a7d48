"""Records of one partition on their way from Faust's stream to the runner that reads them: in order, each once, none missing.

Faust delivers from the group's commit on, and from there again after every rebalance; what it had fetched when one began it may
drop. So what came before is passed over, and what is missing is read from the log itself: Faust says which records are ours, and
brings them early; that none is lost or doubled does not depend on it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from monitor.log.base import Log, Record

FULL_BYTES = 8 << 20
"""A feed that holds so much asks for no more: two batches of full pages are in it then. What is under way comes all the same."""


class Feed:
    """See the module. ``flow`` tells Faust whether this partition may bring more. Used in one event loop."""

    def __init__(self, log: Log, topic: str, partition: int, flow: Callable[[bool], None]) -> None:
        self.position = -1
        """The offset that was asked for last: all below it are done by the reader, or in its hands."""
        self._log = log
        self._topic = topic
        self._partition = partition
        self._flow = flow
        self._records: deque[Record] = deque()
        self._bytes = 0
        self._full = False
        self._following = 0
        self._news = asyncio.Event()

    def begin(self, offset: int) -> None:
        """The stream brings what lies from ``offset`` on; what lies below is in the log."""
        self._following = max(self._following, offset)
        self._news.set()

    def forget(self) -> None:
        """The partition was taken away. If it comes back, so do all records from the commit on."""
        self._records.clear()
        self._bytes = 0
        self._following = max(self.position, 0)
        self._relieve()

    def put(self, record: Record) -> None:
        """Takes a record of the stream, at once; those that were here already are passed over."""
        if record.offset < self._following:
            return
        self._following = record.offset + 1
        self._records.append(record)
        self._bytes += len(record.value)
        if self._bytes >= FULL_BYTES and not self._full:
            self._full = True
            self._flow(False)
        self._news.set()

    async def read(self, offset: int, limit: int) -> list[Record]:
        """Up to ``limit`` records from ``offset`` on; empty if none is there yet. Errors as of Log.read."""
        self.position = offset
        self._pass_below(offset)
        edge = self._records[0].offset if self._records else self._following
        if offset < edge:
            return await self._log.read(self._topic, self._partition, offset, min(limit, edge - offset))
        taken: list[Record] = []
        while self._records and len(taken) < limit and self._records[0].offset == offset + len(taken):
            taken.append(self._pop())
        self._relieve()
        return taken

    async def wait(self, offset: int, timeout: float) -> bool:
        """Waits until ``read`` has something at ``offset``, at most ``timeout`` seconds; says whether it does."""
        try:
            async with asyncio.timeout(timeout):
                while True:
                    self._pass_below(offset)
                    if self._records or offset < self._following:
                        return True
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return False

    def _pass_below(self, offset: int) -> None:
        while self._records and self._records[0].offset < offset:
            self._pop()
        self._relieve()

    def _pop(self) -> Record:
        record = self._records.popleft()
        self._bytes -= len(record.value)
        return record

    def _relieve(self) -> None:
        if self._full and self._bytes < FULL_BYTES // 2:
            self._full = False
            self._flow(True)

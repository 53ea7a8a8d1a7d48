"""The contract of the log that SQLite (embedded) and Kafka (cluster) fulfil.

A topic has a fixed number of partitions; a record is bytes with a key, and its offset in its partition grows by one. All records,
cursors and budgets of an ``append`` are durable when it returns. What it refuses (LogError) leaves nothing. Where it fails
(RetryableError) or the process dies in it, its records may be there, wholly or in part, or come a little later, but its cursors and
budgets are never there without all of its records: so the caller appends them again, and a later stage recognises the repeat. SQLite
does better, there it is all or nothing. Kafka could do so with transactions; they are not used, since their markers take offsets, and
the stages' effects in ClickHouse would not be part of them anyway.

Records appended by one caller one after the other are read in that order. ``commit`` remembers, for a group, the first offset that is
not done yet. Records are kept for the topic's retention and ``trim`` never drops what some group has still to read; an implementation
may have a far later limit of its own that protects its disk. Reading below the first kept offset is an error, not a gap. Of a
compacted topic at least each key's last record is kept: its offsets grow, with gaps. The layout (partitions, epoch, identity) is
stored in the log itself: opening it with another one is refused. Only a topic that the log does not have yet is added where one
process has the log (SQLite); where several do, all must agree, and that takes a new epoch.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

PAGES = "pages"
WATCH = "watch"
INCIDENTS = "incidents"
ALERTS = "alerts"
REPLIES = "replies"
DEADLETTERS = "deadletters"
EVENTS = frozenset({INCIDENTS, ALERTS, REPLIES, DEADLETTERS})
"""Topics for other systems, whose records are CloudEvents (monitor.outgoing)."""
COMPACTED = frozenset({INCIDENTS})
"""Topics of which a cluster's log may keep only each key's last record: what other systems want to know is how it stands."""
TOPICS = (PAGES, WATCH, INCIDENTS, ALERTS, REPLIES, DEADLETTERS)


@dataclass(slots=True, frozen=True)
class Layout:
    """How topics are cut: ``partitions`` by topic. ``epoch`` counts layouts from 1, ``identity`` names this log for ever."""

    identity: str
    epoch: int = 1
    partitions: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(TOPICS, 1))


class Append(NamedTuple):
    """A record to be appended: topic, partition, key, value, time (ms, the appender's clock; retention counts from it)."""

    topic: str
    partition: int
    key: str
    value: bytes
    at: int


class Record(NamedTuple):
    """A record as read."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes
    at: int


class Log(Protocol):
    """See the module for the rules."""

    layout: Layout

    async def append(
        self,
        records: Sequence[Append],
        *,
        cursors: Mapping[str, str] | None = None,
        budgets: Mapping[str, str] | None = None,
    ) -> list[int]:
        """Appends in order and stores cursors (by source) and budgets (by name) in the same step; returns the offsets."""

    async def read(self, topic: str, partition: int, offset: int, limit: int = 500) -> list[Record]:
        """Up to ``limit`` records from ``offset`` on (fewer if they are large), in order. LogError below the first kept."""

    async def wait(self, topic: str, partition: int, offset: int, timeout: float) -> bool:
        """Waits until a record at ``offset`` exists, at most ``timeout`` seconds; says whether it does."""

    async def bounds(self, topic: str, partition: int) -> tuple[int, int]:
        """The first offset kept and the one that the next record will get."""

    async def commit(self, group: str, topic: str, partition: int, offset: int) -> None:
        """Remembers that ``group`` is done with all below ``offset``. Going back is refused."""

    async def committed(self, group: str, topic: str, partition: int) -> int | None:
        """What ``commit`` remembered, or None."""

    async def cursor(self, source: str) -> str:
        """The source's cursor, empty if there is none."""

    async def cursors(self) -> dict[str, str]: ...

    async def budget(self, name: str) -> str: ...

    async def trim(self, now: int) -> int:
        """Drops what is older than its topic's retention and done by all groups; returns how many records went."""

    async def close(self) -> None: ...


def partition_of(key: str, partitions: int) -> int:
    """The partition of a key: a stable hash (never ``hash()``), the same in every process and runtime."""
    return zlib.crc32(key.encode()) % partitions

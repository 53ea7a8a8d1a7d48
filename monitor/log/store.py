"""The SQLite log's file at work: transactions, reads, trimming. Synchronous; monitor.log.sqlite calls it from its threads."""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from monitor.log.base import Append, Layout, Record
from monitor.log.layout import OFFSET_BITS, connect, lock, prepare
from monitor.model.errors import LogError, RetryableError

READ_BYTES = 4 << 20
"""About as much as one read brings: a stage holds a batch or two in memory."""

TRIM_ROWS = 200
VACUUM_PAGES = 1000
"""Trimming goes in steps of about 10 MB, so that appends get in between."""

RETRY_AFTER = 5.0
"""Seconds until it is worth asking a full or failing disk again."""

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_PASSING = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
}


class Span(NamedTuple):
    """A partition's first offset kept, and the next one to be given."""

    first: int
    next: int


@dataclass(slots=True)
class State:
    """What is known of the log without asking the file: spans by slot, commits by group and slot. Replaced as a whole."""

    spans: list[Span]
    commits: dict[tuple[str, int], int]


Step = Callable[[sqlite3.Connection, State], Any]
"""One caller's part of a transaction. LogError is its caller's alone and has to be raised before anything is changed."""


class Store:
    """The open file. ``slots`` gives each topic and partition its number; ``state`` changes only after the disk has."""

    def __init__(self, path: Path, partitions: Mapping[str, int], identity: str, epoch: int) -> None:
        """Locks, opens, and creates or verifies the file. Raises LogError."""
        self.path = path
        self._lock = lock(path)
        self._connections: list[sqlite3.Connection] = []
        try:
            self._writer = self._connect(writer=True)
            self.layout: Layout = prepare(self._writer, path, partitions, identity, epoch)
            self.slots, self.state = self._load()
            self._reader = self._connect(writer=False)
        except sqlite3.Error as error:
            self.close()
            raise LogError(f"{path}: журнал не открыть: повреждён или это не журнал ({error})") from error
        except BaseException:
            self.close()
            raise

    def transaction(self, steps: Sequence[Step]) -> list[Any]:
        """Runs steps in one transaction, synced to the disk; gives a result or an exception for each.

        Where the transaction fails each step is tried in one of its own: the failure of one caller is nobody else's.
        """
        draft = State(self.state.spans.copy(), self.state.commits.copy())
        outcomes: list[Any] = []
        try:
            self._writer.execute("BEGIN IMMEDIATE")
            for step in steps:
                try:
                    outcomes.append(step(self._writer, draft))
                except LogError as refusal:
                    outcomes.append(refusal)
            self._writer.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 (whatever it is, it goes to the caller, and the transaction must not stay open)
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            if len(steps) == 1:
                return [self._translate(error)]
            return [outcome for step in steps for outcome in self.transaction([step])]
        self.state = draft
        return outcomes

    def check(self, topic: str, partition: int, offset: int) -> Span:
        """Refuses an offset that can't be read; returns the partition's span."""
        span = self.state.spans[self.slots[topic, partition]]
        if not span.first <= offset <= span.next:
            raise LogError(f"{self.path}: в {topic}/{partition} смещения от {span.first} до {span.next}, а нужно {offset}")
        return span

    def read(self, topic: str, partition: int, offset: int, limit: int) -> list[Record]:
        """Up to ``limit`` records and about READ_BYTES, at least one; the offset is known to be below the end."""
        start = row_id(self.slots[topic, partition], 0)
        # A record may be on the disk a moment before it is in the bounds: whoever read it would then ask beyond the end.
        end = start + self.check(topic, partition, offset).next
        rows = "SELECT id, at, crc, key, value FROM records WHERE id >= ? AND id < ? ORDER BY id LIMIT ?"
        records: list[Record] = []
        size = 0
        try:
            for row, at, crc, key, value in self._reader.execute(rows, (start + offset, end, limit)):
                size += len(value)
                if records and size > READ_BYTES:
                    break
                if zlib.crc32(value) != crc:
                    raise LogError(f"{self.path}: журнал повреждён: запись {topic}/{partition}/{row - start} не та, что была сделана")
                records.append(Record(topic, partition, row - start, key, value, at))
        except sqlite3.Error as error:
            raise self._translate(error) from error
        self.check(topic, partition, offset)
        if not records or records[0].offset != offset:
            raise LogError(f"{self.path}: журнал повреждён: записи {topic}/{partition}/{offset} нет")
        return records

    def select(self, sql: str, *parameters: str) -> list[tuple[Any, ...]]:
        try:
            return self._reader.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise self._translate(error) from error

    def size(self) -> int:
        """Bytes on the disk: the file and its write-ahead file, which are both there while the log is open."""
        return sum(os.stat(f"{self.path}{suffix}").st_size for suffix in ("", "-wal"))

    def close_reader(self) -> None:
        self._reader.close()

    def close(self) -> None:
        """Closes the file (the last connection to go folds the write-ahead file in) and gives up the lock."""
        for connection in self._connections:
            connection.close()
        os.close(self._lock)

    def _connect(self, *, writer: bool) -> sqlite3.Connection:
        connection = connect(self.path, writer=writer)
        self._connections.append(connection)
        return connection

    def _load(self) -> tuple[dict[tuple[str, int], int], State]:
        slots: dict[tuple[str, int], int] = {}
        spans: list[Span] = []
        for slot, topic, number, first, following in self._writer.execute("SELECT * FROM partitions ORDER BY slot"):
            slots[topic, number] = slot
            spans.append(Span(first, following))
            start = row_id(slot, 0)
            ids = (start, row_id(slot + 1, 0))
            # Two queries: SQLite looks up the one or the other, but reads the whole partition for both at once.
            least, greatest = (
                self._writer.execute(f"SELECT {end}(id) FROM records WHERE id >= ? AND id < ?", ids).fetchone()[0]
                for end in ("min", "max")
            )
            held = Span(following, following) if least is None else Span(least - start, greatest - start + 1)
            if held != Span(first, following):
                raise LogError(
                    f"{self.path}: журнал повреждён: в {topic}/{number} смещения {_words(held)}, "
                    f"а должны быть {_words(Span(first, following))}"
                )
        commits = {(group, slot): upto for group, slot, upto in self._writer.execute("SELECT name, slot, upto FROM commits")}
        return slots, State(spans, commits)

    def _translate(self, error: Exception) -> Exception:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _DAMAGED:
            return LogError(f"{self.path}: журнал повреждён ({error})")
        if code in _PASSING:
            return RetryableError(f"{self.path}: диск журнала полон или неисправен ({error})", RETRY_AFTER)
        return error


def _words(span: Span) -> str:
    return f"от {span.first} до {span.next}"


def row_id(slot: int, offset: int) -> int:
    return (slot << OFFSET_BITS) | offset


def append(connection: sqlite3.Connection, state: State, rows: Sequence[tuple[int, Append]]) -> list[int]:
    """Inserts records, each with its slot; returns their offsets."""
    offsets: list[int] = []
    values: list[tuple[int, int, int, str, bytes]] = []
    for slot, record in rows:
        first, offset = state.spans[slot]
        state.spans[slot] = Span(first, offset + 1)
        offsets.append(offset)
        values.append((row_id(slot, offset), record.at, zlib.crc32(record.value), record.key, record.value))
    connection.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?)", values)
    ends = [(state.spans[slot].next, slot) for slot in dict.fromkeys(slot for slot, _ in rows)]
    connection.executemany("UPDATE partitions SET next = ? WHERE slot = ?", ends)
    return offsets


def commit(connection: sqlite3.Connection, state: State, group: str, slot: int, offset: int) -> None:
    """Stores a group's commit. LogError if it goes back or beyond the end."""
    before = state.commits.get((group, slot), 0)
    if not before <= offset <= state.spans[slot].next:
        raise LogError(
            f"{group} не может отметить смещение {offset}: отмечено {before}, раздел кончается на {state.spans[slot].next}"
        )
    state.commits[group, slot] = offset
    connection.execute("INSERT OR REPLACE INTO commits VALUES (?, ?, ?)", (group, slot, offset))


def trim(connection: sqlite3.Connection, state: State, slot: int, siblings: Sequence[int], oldest: int) -> int:
    """Drops up to TRIM_ROWS records from before ``oldest`` (ms) that every group of the topic (its slots) has done; says how many."""
    first, following = state.spans[slot]
    groups = {group for group, other in state.commits if other in siblings}
    end = min([following, first + TRIM_ROWS, *(state.commits.get((group, slot), 0) for group in groups)])
    if end <= first:
        return 0
    ids = (row_id(slot, first), row_id(slot, end))
    young = connection.execute(
        "SELECT id FROM records WHERE id >= ? AND id < ? AND at >= ? ORDER BY id LIMIT 1", (*ids, oldest)
    ).fetchone()
    kept = ids[1] if young is None else young[0]
    connection.execute("DELETE FROM records WHERE id >= ? AND id < ?", (ids[0], kept))
    connection.execute("UPDATE partitions SET first = ? WHERE slot = ?", (kept - row_id(slot, 0), slot))
    state.spans[slot] = Span(kept - row_id(slot, 0), following)
    return int(kept - ids[0])


def vacuum(connection: sqlite3.Connection, _: State) -> bool:
    """Gives a step's worth of free pages back to the disk; False when at most a quarter of the file is free, for what comes next."""
    free, pages = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_count"))
    if free * 4 <= pages:
        return False
    connection.execute(f"PRAGMA incremental_vacuum({VACUUM_PAGES})").fetchall()
    return True

"""The file of the SQLite log: its schema, the layout record stored in it, and the lock that gives it one owner.

A record's row id is its partition's slot and its offset in one number, so that a partition lies together and in order, and the
primary key is the only index. ``at`` and ``crc`` stand before the value: a scan by age then does not touch large values.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from monitor.log.base import Layout
from monitor.model.errors import LogError
from monitor.problems import why

APPLICATION = 0x4E616261
"""Marks the file as a log of Nabat (PRAGMA application_id, "Naba")."""

VERSION = 1
"""Version of the schema (PRAGMA user_version). There is no older one to read."""

OFFSET_BITS = 40
"""A partition holds up to 2**40 records in its life: 35 years at 1,000 pages a second."""

_SCHEMA = (
    "CREATE TABLE layout (identity TEXT NOT NULL, epoch INTEGER NOT NULL)",
    "CREATE TABLE partitions (slot INTEGER PRIMARY KEY, topic TEXT NOT NULL, number INTEGER NOT NULL,"
    " first INTEGER NOT NULL, next INTEGER NOT NULL, UNIQUE (topic, number))",
    "CREATE TABLE records"
    " (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, crc INTEGER NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL)",
    "CREATE TABLE commits (name TEXT NOT NULL, slot INTEGER NOT NULL, upto INTEGER NOT NULL, PRIMARY KEY (name, slot)) WITHOUT ROWID",
    "CREATE TABLE cursors (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE budgets (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    f"PRAGMA application_id = {APPLICATION}",
    f"PRAGMA user_version = {VERSION}",
)


def lock(path: Path) -> int:
    """Takes the log's lock for this process and returns its descriptor. LogError names the process that holds it.

    The lock is a file of its own beside the log, since SQLite drops its own locks when any descriptor of the file is closed.
    """
    with contextlib.ExitStack() as undo:
        try:
            descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
            undo.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # What people wrote is nobody else's to read; SQLite gives its other files the same mode.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except BlockingIOError:
            owner = os.read(descriptor, 32).decode(errors="replace").strip() or "неизвестный"
            raise LogError(
                f"{path}: папкой владеет другой процесс ({owner}); остановите его или возьмите другую папку данных"
            ) from None
        except OSError as error:
            raise LogError(f"{path}: журнал не открыть ({why(error)})") from None
        undo.pop_all()
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor


def connect(path: Path, *, writer: bool) -> sqlite3.Connection:
    """A connection in autocommit mode (transactions are begun and ended by hand), for one thread at a time."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    if not writer:
        connection.execute("PRAGMA query_only = 1")
        return connection
    with contextlib.ExitStack() as undo:
        undo.callback(connection.close)
        # Both only have an effect before the first table exists. A small append rewrites whole pages, and pages of more than
        # 8 kB gained little for records of 50 kB (tests/benchmarks/log.py).
        connection.execute("PRAGMA page_size = 8192")
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL syncs at every commit: NORMAL would lose acknowledged records with the power.
        connection.execute("PRAGMA synchronous = FULL")
        # The write-ahead file is carried over every 16 MB and never stays larger than 64 MB.
        connection.execute("PRAGMA wal_autocheckpoint = 2000")
        connection.execute(f"PRAGMA journal_size_limit = {64 << 20}")
        undo.pop_all()
    return connection


def prepare(connection: sqlite3.Connection, path: Path, partitions: Mapping[str, int], identity: str, epoch: int) -> Layout:
    """Creates the schema in an empty file or verifies what is there; returns the layout in force.

    Empty ``identity`` and 0 ``epoch`` mean "as stored"; a new file gets a random identity and epoch 1. LogError if the file is
    no log, is damaged, is of another version or has another layout.
    """
    application, version, tables = (
        connection.execute(query).fetchone()[0]
        for query in ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master")
    )
    if (application, version, tables) == (0, 0, 0):
        _create(connection, partitions, identity or secrets.token_hex(8), epoch or 1)
    elif application != APPLICATION:
        raise LogError(f"{path}: это файл SQLite, но не журнал Набата; возьмите другую папку данных")
    elif version != VERSION:
        raise LogError(
            f"{path}: журнал версии {version}, а эта программа читает версию {VERSION}; запустите ту, которая его записала"
        )
    return _verify(connection, path, partitions, identity, epoch)


def _create(connection: sqlite3.Connection, partitions: Mapping[str, int], identity: str, epoch: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for statement in _SCHEMA:
        connection.execute(statement)
    connection.execute("INSERT INTO layout VALUES (?, ?)", (identity, epoch))
    slots = [(topic, number) for topic, count in partitions.items() for number in range(count)]
    connection.executemany("INSERT INTO partitions VALUES (?, ?, ?, 0, 0)", [(slot, *names) for slot, names in enumerate(slots)])
    connection.execute("COMMIT")


def _verify(connection: sqlite3.Connection, path: Path, partitions: Mapping[str, int], identity: str, epoch: int) -> Layout:
    rows = connection.execute("SELECT identity, epoch FROM layout").fetchall()
    if len(rows) != 1:
        raise LogError(f"{path}: журнал повреждён: записей об устройстве {len(rows)}, а нужна одна")
    stored = Layout(
        rows[0][0], rows[0][1], dict(connection.execute("SELECT topic, count(*) FROM partitions GROUP BY topic ORDER BY min(slot)"))
    )
    if identity not in ("", stored.identity) or epoch not in (0, stored.epoch):
        raise LogError(
            f"{path}: это журнал {stored.identity}, эпоха {stored.epoch}, а не журнал {identity or stored.identity}, "
            f"эпоха {epoch or stored.epoch}; укажите путь к нужному"
        )
    new = {topic: count for topic, count in partitions.items() if topic not in stored.partitions}
    if new and dict(partitions) == {**stored.partitions, **new}:
        # A program that has learned a topic: no key of another one moves by it, and nobody else has the file open.
        return _extend(connection, stored, new)
    if dict(partitions) != stored.partitions:
        raise LogError(
            f"{path}: разделы журнала: {_words(stored.partitions)}; в настройках: {_words(partitions)}; верните прежние или дайте "
            f"всем стадиям дочитать журнал до конца, сделайте снимок и начните эпоху {stored.epoch + 1} в новом файле"
        )
    return stored


def _extend(connection: sqlite3.Connection, stored: Layout, new: Mapping[str, int]) -> Layout:
    slots = [(topic, number) for topic, count in new.items() for number in range(count)]
    first = sum(stored.partitions.values())
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(
        "INSERT INTO partitions VALUES (?, ?, ?, 0, 0)", [(slot, *names) for slot, names in enumerate(slots, first)]
    )
    connection.execute("COMMIT")
    return Layout(stored.identity, stored.epoch, {**stored.partitions, **new})


def _words(partitions: Mapping[str, int]) -> str:
    return ", ".join(f"{topic}: {count}" for topic, count in sorted(partitions.items()))

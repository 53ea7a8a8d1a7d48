"""What only the SQLite log promises: its file, its lock, its disk, its threads."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.log.base import PAGES, TOPICS, WATCH, Append
from monitor.log.sqlite import SqliteLog
from monitor.model.errors import LogError


def page(value: bytes, at: int = 0) -> Append:
    return Append(PAGES, 0, "key", value, at)


async def written(path: Path, *values: bytes) -> None:
    """A closed log with these values."""
    log = await SqliteLog.open(path)
    await log.append([page(value) for value in values])
    await log.close()


async def test_a_new_log_has_a_partition_of_each_topic_and_an_identity_of_its_own(tmp_path: Path) -> None:
    logs = [await SqliteLog.open(tmp_path / name) for name in ("a", "b")]
    assert [dict(log.layout.partitions) for log in logs] == [dict.fromkeys(TOPICS, 1)] * 2
    assert logs[0].layout.identity != logs[1].layout.identity
    for log in logs:
        await log.close()


async def test_a_topic_that_is_new_is_added(tmp_path: Path) -> None:
    old = {PAGES: 2, WATCH: 1}
    log = await SqliteLog.open(tmp_path / "log", old)
    await log.append([page(b"a"), Append(WATCH, 0, "r", b"b", 0)])
    identity = log.layout.identity
    await log.close()
    for _ in range(2):
        log = await SqliteLog.open(tmp_path / "log", {"letters": 2, **old})
        assert (log.layout.identity, log.layout.epoch, dict(log.layout.partitions)) == (identity, 1, {**old, "letters": 2})
        assert [len(await log.read(topic, 0, 0)) for topic in old] == [1, 1]
        (offset,) = await log.append([Append("letters", 1, "k", b"c", 0)])
        assert [record.offset for record in await log.read("letters", 1, 0)] == list(range(offset + 1))
        await log.close()
    with pytest.raises(LogError, match="letters: 2"):
        await SqliteLog.open(tmp_path / "log", old)


async def test_one_file_is_left_after_closing(tmp_path: Path) -> None:
    await written(tmp_path / "log", b"a")
    assert sorted(os.listdir(tmp_path)) == ["log", "log.lock"]


async def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    log = await SqliteLog.open(tmp_path / "log")
    assert {name: os.stat(tmp_path / name).st_mode & 0o777 for name in os.listdir(tmp_path)} == dict.fromkeys(
        ("log", "log-wal", "log-shm", "log.lock"), 0o600
    )
    await log.close()


async def test_commits_are_synced(tmp_path: Path) -> None:
    log = await SqliteLog.open(tmp_path / "log")
    writer = log._store._writer
    assert [writer.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")] == ["wal", 2]
    await log.close()


async def test_what_is_asked_for_meanwhile_is_committed_together(tmp_path: Path) -> None:
    log = await SqliteLog.open(tmp_path / "log")
    statements: list[str] = []
    log._store._writer.set_trace_callback(statements.append)
    await asyncio.gather(*(log.append([page(b"x")]) for _ in range(50)), log.commit("g", WATCH, 0, 0))
    assert statements.count("COMMIT") == 1
    await log.close()


async def test_the_failure_of_one_caller_is_nobody_elses(tmp_path: Path) -> None:
    log = await SqliteLog.open(tmp_path / "log")
    calls = [
        log.append([page(b"a")]),
        log.append([page(b"b"), page(b"c", at=1 << 70)]),
        log.commit("g", PAGES, 0, 9),
        log.append([page(b"d")]),
    ]
    first, second, third, fourth = await asyncio.gather(*calls, return_exceptions=True)
    assert (first, fourth) == ([0], [1])
    assert isinstance(second, OverflowError)
    assert isinstance(third, LogError)
    assert [record.value for record in await log.read(PAGES, 0, 0)] == [b"a", b"d"]
    await log.close()


async def test_the_event_loop_and_readers_go_on_while_the_disk_is_slow(tmp_path: Path) -> None:
    await written(tmp_path / "log", b"a")
    log = await SqliteLog.open(tmp_path / "log")
    other = sqlite3.connect(tmp_path / "log", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    appending = asyncio.ensure_future(log.append([page(b"b")]))
    assert [record.value for record in await log.read(PAGES, 0, 0)] == [b"a"]
    assert await log.bounds(PAGES, 0) == (0, 1)
    assert not appending.done()
    other.execute("ROLLBACK")
    other.close()
    assert await appending == [1]
    await log.close()


async def test_a_cancelled_caller_disturbs_nobody(tmp_path: Path) -> None:
    log = await SqliteLog.open(tmp_path / "log")
    appending = asyncio.ensure_future(log.append([page(b"a")]))
    await asyncio.sleep(0)
    appending.cancel()
    assert await log.append([page(b"b")]) == [1]
    await log.close()


async def test_the_same_process_cannot_open_a_log_twice(tmp_path: Path) -> None:
    log = await SqliteLog.open(tmp_path / "log")
    with pytest.raises(LogError, match=rf"владеет другой процесс \({os.getpid()}\);"):
        await SqliteLog.open(tmp_path / "log")
    assert await log.append([page(b"a")]) == [0]
    await log.close()


def test_a_full_disk(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.monitor.log.full_disk", str(tmp_path / "log")]
    done = subprocess.run(command, cwd=Path(__file__).parents[3], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


async def test_trimming_gives_space_back(tmp_path: Path) -> None:
    log = await SqliteLog.open(tmp_path / "log", retention_ms={PAGES: 0})
    for number in range(100):
        await log.append([page(bytes(100_000), at=number)])
    assert await log.size() > 10_000_000
    assert await log.trim(90) == 90
    await log.close()
    assert (tmp_path / "log").stat().st_size < 2_000_000
    log = await SqliteLog.open(tmp_path / "log")
    assert await log.size() < 2_000_000
    assert [record.at for record in await log.read(PAGES, 0, 90)] == list(range(90, 100))
    await log.close()


async def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(LogError, match="повреждён или это не журнал"):
        await SqliteLog.open(path)
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE notes (text)")
    connection.close()
    with pytest.raises(LogError, match="не журнал Набата"):
        await SqliteLog.open(path)
    for wrong in (tmp_path / "nowhere" / "log", tmp_path):
        with pytest.raises(LogError, match="не открыть"):
            await SqliteLog.open(wrong)


async def test_another_schema_version_is_refused(tmp_path: Path) -> None:
    await written(tmp_path / "log")
    with sqlite3.connect(tmp_path / "log") as connection:
        connection.execute("PRAGMA user_version = 2")
    connection.close()
    with pytest.raises(LogError, match="журнал версии 2, а эта программа читает версию 1"):
        await SqliteLog.open(tmp_path / "log")


@pytest.mark.parametrize("change", ["DELETE FROM records WHERE id = 0", "UPDATE partitions SET next = 7", "DELETE FROM layout"])
async def test_a_log_that_contradicts_itself_is_refused(tmp_path: Path, change: str) -> None:
    await written(tmp_path / "log", b"a", b"b")
    with sqlite3.connect(tmp_path / "log") as connection:
        connection.execute(change)
    connection.close()
    with pytest.raises(LogError, match="повреждён"):
        await SqliteLog.open(tmp_path / "log")


async def test_a_damaged_record_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "log"
    await written(path, b"a" * 50_000, b"b" * 50_000, b"c" * 50_000)
    data = bytearray(path.read_bytes())
    data[data.index(b"b" * 5000) + 3000] ^= 1
    path.write_bytes(data)
    log = await SqliteLog.open(path)
    assert [record.value[:1] for record in await log.read(PAGES, 0, 0, 1)] == [b"a"]
    with pytest.raises(LogError, match="повреждён: запись pages/0/1 не та"):
        await log.read(PAGES, 0, 0)
    assert [record.value[:1] for record in await log.read(PAGES, 0, 2)] == [b"c"]
    await log.close()


async def test_a_cut_file_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "log"
    await written(path, *(b"%d" % number * 50_000 for number in range(4)))
    os.truncate(path, path.stat().st_size // 2)

    async def open_and_read() -> None:
        log = await SqliteLog.open(path)
        try:
            await log.read(PAGES, 0, 0)
        finally:
            await log.close()

    with pytest.raises(LogError, match="повреждён"):
        await open_and_read()

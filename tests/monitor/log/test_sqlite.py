"""What only the SQLite log promises: its file, its lock, its disk."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from monitor.log.base import PAGES, WATCH, Append
from monitor.log.sqlite import SqliteLog
from monitor.model.errors import LogError


async def test_what_is_appended_is_read_after_reopening(tmp_path: Path) -> None:
    log = await SqliteLog.open(tmp_path / "log")
    identity = log.layout.identity
    assert await log.append(
        [Append(PAGES, 0, "a", b"1", 5), Append(WATCH, 0, "b", b"2", 6)], cursors={"s": "c"}, budgets={"n": "b"}
    ) == [0, 0]
    waiting = asyncio.ensure_future(log.wait(PAGES, 0, 1, 60))
    assert await log.append([Append(PAGES, 0, "a", b"3", 7)]) == [1]
    assert await waiting
    await log.commit("g", PAGES, 0, 1)
    await log.close()
    log = await SqliteLog.open(tmp_path / "log")
    assert log.layout.identity == identity
    assert [record.value for record in await log.read(PAGES, 0, 0)] == [b"1", b"3"]
    assert (await log.cursor("s"), await log.budget("n"), await log.committed("g", PAGES, 0)) == ("c", "b", 1)
    await log.close()


async def test_another_layout_is_refused(tmp_path: Path) -> None:
    await (await SqliteLog.open(tmp_path / "log", {PAGES: 2})).close()
    with pytest.raises(LogError, match="epoch 2 in a new file"):
        await SqliteLog.open(tmp_path / "log", {PAGES: 3})

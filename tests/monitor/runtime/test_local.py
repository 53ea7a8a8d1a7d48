"""The socket in the data folder: whose it is, what it answers, and what is left when nobody answers."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from monitor.model.errors import NabatError
from monitor.runtime.local import SOCKET, LocalSocket, ask


async def echo(question: bytes) -> Any:
    return {"asked": orjson.loads(question)}


async def refuse(_: bytes) -> Any:
    raise NabatError("так нельзя: сделайте иначе")


async def fail(_: bytes) -> Any:
    raise ValueError("a bug")


@pytest.fixture
async def folder(tmp_path: Path) -> AsyncIterator[Path]:
    local = LocalSocket(tmp_path, {"echo": echo, "refuse": refuse, "fail": fail})
    await local.open()
    yield tmp_path
    await local.close()


async def test_a_question_is_answered_and_only_the_user_may_ask(folder: Path) -> None:
    assert await ask(folder, "echo", {"a": "ё"}) == orjson.dumps({"asked": {"a": "ё"}})
    assert stat.S_IMODE((folder / SOCKET).stat().st_mode) == 0o600


async def test_a_refusal_comes_back_in_its_words(folder: Path) -> None:
    with pytest.raises(NabatError, match="так нельзя: сделайте иначе"):
        await ask(folder, "refuse", {})


@pytest.mark.parametrize("name", ["unknown", "fail"])
async def test_what_the_other_process_can_not_answer_says_what_to_do(folder: Path, name: str) -> None:
    with pytest.raises(NabatError, match="перезапустите nabat run этой же версией"):
        await ask(folder, name, {})


async def test_without_a_process_there_is_no_answer(tmp_path: Path) -> None:
    assert await ask(tmp_path, "echo", {}) is None
    killed = socket.socket(socket.AF_UNIX)
    killed.bind(str(tmp_path / SOCKET))
    killed.close()
    assert await ask(tmp_path, "echo", {}) is None
    local = LocalSocket(tmp_path, {"echo": echo})
    await local.open()
    assert await ask(tmp_path, "echo", {}) is not None
    await local.close()
    assert os.listdir(tmp_path) == []


async def test_a_path_that_is_too_long_is_told_and_nothing_else(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    local = LocalSocket(folder, {"echo": echo})
    await local.open()
    assert "сокет здесь не создать" in caplog.text
    assert await ask(folder, "echo", {}) is None
    await local.close()

"""The console opens to others only once somebody has to sign in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from prometheus_client import CollectorRegistry

from monitor.clock import ManualClock
from monitor.config import Config
from monitor.log.sqlite import SqliteLog
from monitor.model.errors import ConfigError
from monitor.people.accounts import Accounts
from monitor.profile.load import load_profile
from monitor.runtime.page import ConsolePage


class Nothing:
    async def query(self, sql: str, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        return []


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[SqliteLog]:
    log = await SqliteLog.open(tmp_path / "log.db")
    yield log
    await log.close()


def page(folder: Path, log: SqliteLog, **console: str) -> ConsolePage:
    plain = Config()
    config = replace(plain, nabat=replace(plain.nabat, data=folder), console=replace(plain.console, port=0, **console))
    return ConsolePage(config, load_profile("samara"), log, None, Nothing(), ManualClock(1), CollectorRegistry())


@pytest.mark.parametrize("console", [{"host": "0.0.0.0"}, {"host": "::"}, {"names": "nabat.example"}])
async def test_nobody_else_is_let_in_before_there_are_users(console: dict[str, str], tmp_path: Path, log: SqliteLog) -> None:
    with pytest.raises(ConfigError, match="nabat users add"):
        await page(tmp_path, log, **console).open()


async def test_with_users_the_names_count_and_the_sign_in_is_asked_for(tmp_path: Path, log: SqliteLog) -> None:
    Accounts(tmp_path).add("anna", "operator", "correct horse battery", [])
    found = page(tmp_path, log, names="nabat.example, 10.0.0.5")
    await found.open()
    try:
        async with ClientSession(found.address) as session:
            for host, status in (("nabat.example", 401), ("10.0.0.5:8620", 401), ("127.0.0.1", 401), ("evil.example", 421)):
                async with session.get("/api/region", headers={"Host": host}) as answer:
                    assert answer.status == status, host
            signing = {"login": "anna", "password": "correct horse battery"}
            for host, secure in (("nabat.example", True), ("127.0.0.1", False)):
                async with session.post("/api/sign-in", json=signing, headers={"Host": host}) as answer:
                    assert answer.status == 200
                    assert bool(answer.cookies["nabat"]["secure"]) == secure
    finally:
        await found.close()

"""Ctrl-C while ClickHouse is unreachable: the process ends, says what it leaves, and the next start does it."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession

from monitor.cli.common import unless
from monitor.profile.load import profile_folder
from sinks.clickhouse.connect import Target
from sinks.clickhouse.migrations import migrate
from sinks.clickhouse.reader import ClickHouseReader
from tests.fakes.clickhouse_http import PASSWORD, USER, ClickHouseFront
from tests.fakes.databases import Databases
from tests.monitor.cli.processes import PATIENCE, interrupt, nabat, serving

FOR_EVER = 1 << 30
LONGER_THAN_THE_TEST = 3000
TEXTS = [f"На улице Мира, {number} третий день нет отопления, примите меры!" for number in range(100)]


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseFront]:
    server = ClickHouseFront(tmp_path_factory.mktemp("front"))
    yield server
    server.close()


@pytest.fixture
def target(front: ClickHouseFront) -> Iterator[Target]:
    databases = Databases(Target(url=front.url, user=USER, password=PASSWORD))
    target = databases.name()
    migrate(databases.clients.get(), target.database)
    yield target
    front.trouble()
    databases.drop(target)
    databases.close()


async def reaches(session: ClientSession, address: str, posts: int) -> None:
    """Returns when so many posts are written."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with session.get(f"{address}metrics") as response:
                found = re.search(r'^nabat_posts_total{outcome="new"} (\S+)$', await response.text(), re.MULTILINE)
            if found and float(found[1]) >= posts:
                return
            await asyncio.sleep(0.02)


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str, ClientSession]]:
    async with serving("run", "--config", "nabat.toml", cwd=folder) as (process, address), ClientSession() as session:
        yield process, address, session


@pytest.mark.parametrize("mode", ["refuse", "hang"])
async def test_ctrl_c_ends_it_and_the_next_start_goes_on(mode: str, front: ClickHouseFront, target: Target, tmp_path: Path) -> None:
    shutil.copytree(profile_folder("samara"), tmp_path / "region")
    with (tmp_path / "region" / "sources.csv").open("a", encoding="utf-8") as file:
        file.write(f"file:posts;file;intake;{tmp_path}/posts.jsonl;Приёмная;;ordinary;\n")
    settings = (
        '[nabat]\nregion = "region"\ndata = "data"\n[console]\nport = 0\n'
        f'[clickhouse]\nurl = "{target.url}"\ndatabase = "{target.database}"\npassword = "{PASSWORD}"\n'
        f"timeout = {LONGER_THAN_THE_TEST}\n[crawl]\npage_bytes = 1000\npost_bytes = 1000\n"
    )
    # One page after the other, so that there are some left when the trouble begins.
    (tmp_path / "nabat.toml").write_text(f"{settings}[triage]\nbatch = 1\n")
    lines = [json.dumps({"id": number, "text": text}, ensure_ascii=False) + "\n" for number, text in enumerate(TEXTS)]
    (tmp_path / "posts.jsonl").write_text("".join(lines))
    async with running(tmp_path) as (process, address, session):
        await reaches(session, address, 1)
        await asyncio.to_thread(front.trouble, mode, "", FOR_EVER)
        code, err = await interrupt(process)
    assert code == 0
    told = [line for line in err.splitlines() if "следующий запуск" in line]
    assert len(told) == 1, err
    assert re.search(r"осталось неразобранных записей: [1-9]", told[0])

    await asyncio.to_thread(front.trouble)
    (tmp_path / "nabat.toml").write_text(settings)
    reader = ClickHouseReader(target, threads=1)
    async with running(tmp_path) as (process, address, session):
        async with asyncio.timeout(PATIENCE):
            while (await reader.query("SELECT count() AS n FROM current_posts"))[0]["n"] < len(TEXTS):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        rows = await reader.query("SELECT text FROM current_posts ORDER BY toUInt32(splitByChar(':', id)[-1])")
        code, err = await interrupt(process)
    await reader.close()
    assert [row["text"] for row in rows] == TEXTS
    assert code == 0
    assert "следующий запуск" not in err


async def test_a_start_is_broken_off() -> None:
    stop, ended = asyncio.Event(), asyncio.Event()

    async def start() -> None:
        stop.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    assert not await unless(stop, start())
    assert ended.is_set()
    assert await unless(asyncio.Event(), asyncio.sleep(0))


async def test_a_server_that_is_down_at_the_start_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "nabat.toml").write_text('[clickhouse]\nurl = "http://127.0.0.1:9"\n')
    code, _, err = await nabat("run", "--config", "nabat.toml", cwd=tmp_path)
    assert code == 2
    assert err.startswith("ClickHouse не отвечает (http://127.0.0.1:9, соединения нет)")
    assert len(err.splitlines()) == 1

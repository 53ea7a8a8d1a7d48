"""The console over a real store and a real log."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import unused_port
from playwright.async_api import expect

from dashboards.console.app import create_app
from dashboards.console.deps import ActionResult, ConsoleDeps
from dashboards.console.slow import Patience, PatientSite
from monitor.clock import ManualClock
from monitor.log.sqlite import SqliteLog
from monitor.model.rows import Row
from monitor.model.watch import Action
from sinks.clickhouse.connect import Target
from sinks.clickhouse.reader import ClickHouseReader
from sinks.clickhouse.writer import ClickHouseWriter
from tests.dashboards import world

PATIENCE = 30_000
"""Ms that a page is waited for: on a busy core Chromium and the store take their time."""
expect.set_options(timeout=PATIENCE)


@dataclass
class Stage:
    """A console's surroundings, what it was asked to do, and the server that can be stopped and started again on its port."""

    deps: ConsoleDeps
    log: SqliteLog
    writer: ClickHouseWriter
    clock: ManualClock
    actions: list[Action] = field(default_factory=list)
    result: ActionResult = field(default_factory=lambda: ActionResult(True, "", "99"))
    then: list[Row] = field(default_factory=list)
    port: int = field(default_factory=unused_port)
    runner: web.AppRunner | None = None
    patience: Patience = field(default_factory=Patience)

    async def act(self, action: Action) -> ActionResult:
        """Takes an action; ``then`` is what the engine would write before it answers."""
        self.actions.append(action)
        await self.write(self.then)
        return self.result

    async def write(self, rows: Sequence[Row]) -> None:
        if rows:
            await self.writer.write(rows)

    async def tell(self, *rows: Any) -> None:
        """Appends alerts and incidents to the log, as the watch stage does."""
        await self.log.append([world.record(row) for row in rows])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self.runner = web.AppRunner(create_app(self.deps, self.patience), shutdown_timeout=2)
        await self.runner.setup()
        await PatientSite(self.runner, "127.0.0.1", self.port, self.patience).start()

    async def stop(self) -> None:
        if self.runner is not None:
            await self.runner.cleanup()
            self.runner = None


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[SqliteLog]:
    log = await SqliteLog.open(tmp_path / "log.db", retention_ms={"alerts": world.HOUR})
    yield log
    await log.close()


@pytest.fixture
async def stage(clickhouse: Target, log: SqliteLog) -> AsyncIterator[Stage]:
    """The console's server, running, over an empty store and log."""
    reader = ClickHouseReader(clickhouse, threads=1)
    writer = ClickHouseWriter(clickhouse)
    clock = ManualClock(world.NOW)

    async def nobody(_: Action) -> ActionResult:
        raise AssertionError

    deps = ConsoleDeps(
        reader=reader,
        log=log,
        profile=world.profile(),
        clock=clock,
        act=nobody,
        metrics_text=lambda: b"# TYPE nabat_up gauge\nnabat_up 1\n",
        notice="Смоделированный регион",
        group_name=lambda slug: world.GROUPS.get(slug, slug),
        theme_name=lambda slug: world.THEMES.get(slug, slug),
    )
    found = Stage(deps, log, writer, clock)
    found.deps = replace(deps, act=found.act)
    await found.start()
    yield found
    await found.stop()
    await writer.close()
    await reader.close()


@pytest.fixture
async def client(stage: Stage) -> AsyncIterator[ClientSession]:
    async with ClientSession(stage.url) as session:
        yield session

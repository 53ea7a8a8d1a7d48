"""The process that is killed: the real embedded runtime over its folder, until all input is worked off.

It takes pages that are in the log already, or crawls them (``Order.crawl``). Meanwhile somebody acts and time ticks. At the end
it writes down what the store holds.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import orjson

from monitor.clock import SimulatedClock
from monitor.config import Config
from monitor.model.watch import Action
from monitor.runtime import compose
from monitor.runtime.actions import Actions
from monitor.runtime.embedded import Embedded
from monitor.runtime.store import target_of
from sinks.clickhouse.snapshots import ClickHouseSnapshots
from tests.crash.paced import Paced
from tests.crash.region import END, HOUR, REGION, SteadyClassifier, profile, small_world
from tests.crash.tables import read_tables

ACTIONS = 4
"""A child acts so often, as soon as there is something to act on."""


@dataclass(slots=True, frozen=True)
class Order:
    """``kill``: the point at whose n-th passing the process kills itself; ``crawl``: pages come from the simulated sources.

    ``rules``: texts are understood by the product's classifier, not by the tests' own.
    """

    folder: Path
    seed: int
    partitions: int = 2
    crawl: bool = False
    rules: bool = False
    kill: tuple[str, int] | None = None


def configuration(order: Order) -> Config:
    """Small batches and memories, and many snapshots: much happens in two seconds, and much can be in the middle of happening."""
    default = Config()
    return replace(
        default,
        nabat=replace(default.nabat, data=order.folder),
        log=replace(default.log, partitions=order.partitions),
        clickhouse=replace(default.clickhouse, text_days=36_500, dead_letter_days=36_500),
        crawl=replace(default.crawl, queue_pages=20),
        triage=replace(default.triage, batch=8, remember_posts=40, remember_texts=60, park_minimum=12),
        watch=replace(default.watch, batch=10, tick_seconds=0.3, snapshot_seconds=0.3, duplicates=150),
        privacy=replace(default.privacy, dead_letter_key_file=order.folder.parent / "letters.key"),
    )


def main(order: Order) -> None:
    """Runs in the child."""
    with understood(order):
        asyncio.run(_run(order))


@contextmanager
def understood(order: Order) -> Iterator[None]:
    """The runtime is composed with the classifier of the order."""
    if order.rules:
        yield
        return
    with patch.object(compose, "RuleClassifier", SteadyClassifier):
        yield


class _Killer:
    """The fault that kills its own process: nothing is flushed, closed or said."""

    def __init__(self, kill: tuple[str, int] | None) -> None:
        self._name, self._left = kill or ("", 0)

    def __call__(self, name: str) -> None:
        if name == self._name:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


async def _run(order: Order) -> None:
    config = configuration(order)
    region = small_world(order.seed)
    adapter = Paced(region)
    # Everything that the sources have to say is over: the clock stands behind it, and ticks do not run ahead of the pages.
    # Held for less than a product run does: rows are held at most kills, and points are passed often all the same.
    engine = Embedded(
        config, profile(), region.sources, {"sim": adapter}, SimulatedClock(END), linger=0.0, hold=0.05, fault=_Killer(order.kill)
    )
    try:
        await engine.open()
        await engine.start(crawl=order.crawl, console=False)
        acting = asyncio.create_task(_act(engine))
        done = asyncio.Event()
        running = asyncio.create_task(engine.run_until(done))
        working = asyncio.create_task(_work(engine, adapter if order.crawl else None))
        await asyncio.wait({running, working}, return_when=asyncio.FIRST_COMPLETED)
        done.set()
        acting.cancel()
        await running
        await working
    finally:
        await engine.stop()
    await _write_down(order, config)


async def _work(engine: Embedded, adapter: Paced | None) -> None:
    while adapter is not None and not adapter.finished(await engine.log.cursors()):  # noqa: ASYNC110 (cursors tell nobody)
        await asyncio.sleep(0.02)
    await engine.drain()
    await engine.tick(END + 3 * HOUR)
    await engine.drain()


async def _act(engine: Embedded) -> None:
    actions = Actions(engine.log, engine.board, engine.reader, engine.clock)
    with suppress(asyncio.CancelledError):
        for number in range(ACTIONS):
            name = f"action-{os.getpid()}-{number}"
            while not (rows := await engine.reader.query(_SUBJECT, {"salt": name})):  # noqa: ASYNC110 (nor does the store)
                await asyncio.sleep(0.05)
            based_on = rows[0]["version"] if number % 3 else "7"
            action = Action(name, "not_appeal", REGION, rows[0]["id"], based_on, "operator", engine.clock.now())
            result = await actions.act(action)
            assert result.accepted or result.conflict
            assert number % 3 or not result.accepted


_SUBJECT = "SELECT id, toString(version) AS version FROM current_appeals ORDER BY cityHash64(id, {salt:String}) LIMIT 1"


async def _write_down(order: Order, config: Config) -> None:
    target = target_of(config)
    tables = await read_tables(target)
    snapshots = ClickHouseSnapshots(target)
    found = await snapshots.latest(REGION)
    await snapshots.close()
    assert found is not None
    result: Mapping[str, object] = {"tables": tables, "position": str(found[0]), "state": found[1].hex()}
    (order.folder / "result.json").write_bytes(orjson.dumps(result))

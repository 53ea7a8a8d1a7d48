"""The store gives trouble in the middle of the input: the runtime waits, says so, and goes on as if nothing had happened.

``python -m tests.crash.trouble --seconds 10``: every kind of trouble for so long. Prints a table; exit code 1 if anything differs.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from monitor.clock import SimulatedClock
from monitor.log.base import PAGES
from monitor.model.errors import RetryableError
from monitor.runtime.embedded import Embedded
from sinks.clickhouse.connect import Target
from sinks.clickhouse.snapshots import ClickHouseSnapshots
from tests.crash.child import Order, configuration, understood
from tests.crash.harness import Result, make_key
from tests.crash.paced import Paced
from tests.crash.region import END, HOUR, REGION, profile, small_world
from tests.crash.tables import read_tables
from tests.crash.verify import differences
from tests.fakes.clickhouse_http import PASSWORD, USER, ClickHouseFront
from tests.fakes.databases import Databases

FULL = "full"
MODES = ("refuse", "hang", "swallow", "busy", "cut", FULL)
"""See tests.fakes.clickhouse_http. Refused and hanging is everything, the others are inserts; full is the disk of the log."""
FOR_EVER = 1 << 30
STAGES = ("triage", "watch")
BEFORE = 12
"""Pages that are worked off before the trouble begins."""

Enough = Callable[[Embedded], Awaitable[None]]


@dataclass(slots=True)
class Outcome:
    """What could be seen while the trouble lasted, and what was there in the end.

    ``attempts`` failed; ``waiting`` pages stood in the log and ``paused`` says that no more came although there were more;
    ``told`` and ``tells`` are the gauge of backpressure during the trouble and at the end.
    """

    attempts: float
    waiting: int
    paused: bool
    told: bool
    tells: bool
    result: Result


async def run(order: Order, front: ClickHouseFront, target: Target, mode: str, enough: Enough) -> Outcome:
    """Crawls the simulated sources into ``target``; after the first pages there is trouble until ``enough`` returns."""
    region = small_world(order.seed)
    adapter = Paced(region)
    config = configuration(order)
    config = replace(config, watch=replace(config.watch, snapshot_seconds=2.0))
    with understood(order):
        engine = Embedded(config, profile(), region.sources, {"sim": adapter}, SimulatedClock(END), linger=0.0, target=target)
        try:
            await engine.open()
            await engine.start(console=False)
            await engine.board.reached(PAGES, 0, BEFORE)
            if mode == FULL:
                engine.log._write, write = _refuse, engine.log._write  # type: ignore[attr-defined]
            else:
                await asyncio.to_thread(front.trouble, mode, "" if mode in ("refuse", "hang") else "INSERT", FOR_EVER)
            await enough(engine)
            # Into a log that takes nothing no pages come that could wait.
            waiting = await (_waiting if mode == FULL else _at_rest)(engine)
            told, attempts = _tells(engine), _attempts(engine)
            paused = not adapter.finished(await engine.log.cursors())
            if mode == FULL:
                engine.log._write = write  # type: ignore[attr-defined]
            else:
                await asyncio.to_thread(front.trouble)
            while not adapter.finished(await engine.log.cursors()):  # noqa: ASYNC110 (cursors tell nobody)
                await asyncio.sleep(0.02)
            await engine.drain()
            await engine.tick(END + 3 * HOUR)
            await engine.drain()
            tells = _tells(engine)
        finally:
            await asyncio.to_thread(front.trouble)
            await engine.stop(patience=None)
    return Outcome(attempts, waiting, paused, told, tells, await _result(target))


async def _refuse(*_: object) -> Any:
    raise RetryableError("the log's disk is full", 0.05)


async def _at_rest(engine: Embedded) -> int:
    """Pages that wait when no more come: requests under way may still bring theirs."""
    before = -1
    for _ in range(100):
        waiting = await _waiting(engine)
        if waiting == before and waiting >= engine.config.crawl.queue_pages:
            break
        before = waiting
        await asyncio.sleep(0.3)
    return before


async def _waiting(engine: Embedded) -> int:
    _, following = await engine.log.bounds(PAGES, 0)
    return following - engine.board.done(PAGES, 0)


def _attempts(engine: Embedded) -> float:
    return sum(_value(engine, "nabat_backpressure_total", stage) for stage in STAGES)


def _tells(engine: Embedded) -> bool:
    return any(_value(engine, "nabat_backpressure_active", stage) for stage in STAGES)


def _value(engine: Embedded, name: str, stage: str) -> float:
    return engine.registry.get_sample_value(name, {"stage": stage}) or 0.0


def failed(times: int) -> Enough:
    """Until so many attempts have failed."""

    async def enough(engine: Embedded) -> None:
        while _attempts(engine) < times:  # noqa: ASYNC110 (metrics tell nobody)
            await asyncio.sleep(0.02)

    return enough


def lasting(seconds: float) -> Enough:
    async def enough(_: Embedded) -> None:
        await asyncio.sleep(seconds)

    return enough


async def _result(target: Target) -> Result:
    snapshots = ClickHouseSnapshots(target)
    found = await snapshots.latest(REGION)
    await snapshots.close()
    assert found is not None
    return {"tables": await read_tables(target), "position": str(found[0]), "state": found[1].hex()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each trouble lasts")
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    failures = 0
    with tempfile.TemporaryDirectory(prefix="nabat-trouble-", ignore_cleanup_errors=True) as name:
        root = Path(name)
        make_key(root)
        front = ClickHouseFront(root / "front")
        databases = Databases(Target(url=front.url, user=USER, password=PASSWORD))
        print(f"{'trouble':8} {'seconds':>8} {'attempts':>9} {'waiting':>8} {'paused':7} {'told':6} result")
        for mode in MODES:
            order = Order(root / mode, args.seed, partitions=1, crawl=True)
            order.folder.mkdir()
            began = time.monotonic()
            target, fresh = replace(databases.take(), timeout=2.0), databases.take()
            outcome = asyncio.run(run(order, front, target, mode, lasting(args.seconds)))
            found = asyncio.run(differences(order, outcome.result, fresh))
            if not (outcome.attempts and outcome.paused and outcome.told) or outcome.tells:
                found.append(f"not seen as it was: {outcome.attempts=} {outcome.paused=} {outcome.told=} {outcome.tells=}")
            failures += bool(found)
            seen = f"{outcome.attempts:9.0f} {outcome.waiting:8} {outcome.paused!s:7} {outcome.told!s:6}"
            print(f"{mode:8} {time.monotonic() - began:8.1f} {seen} {'DIFFERS' if found else 'equal'}")
            for problem in found:
                print(f"    {problem}")
            sys.stdout.flush()
        databases.close()
        front.close()
    print(f"{failures} runs differ" if failures else "nothing lost, nothing twice, nothing different")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

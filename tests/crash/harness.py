"""Starts children, kills them, starts them again until all is worked off."""

from __future__ import annotations

import asyncio
import multiprocessing
import secrets
import shutil
import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from monitor.log.base import PAGES, Append
from monitor.runtime.folder import open_log
from monitor.runtime.keys import KEY_BYTES
from tests.crash.child import Order, configuration, main
from tests.crash.region import END, START, small_world
from tests.crash.stream import Stream

STARTS = 60
"""A run that is not done after so many starts will never be."""
PATIENCE = 120.0

_context = multiprocessing.get_context("forkserver")
# Not the engine of ClickHouse: it does not survive a fork.
_context.set_forkserver_preload(["tests.crash.child", "clickhouse_connect"])


@dataclass(slots=True, frozen=True)
class Moment:
    """Kill from outside, so many seconds after the start."""

    seconds: float


Kill = tuple[str, int] | Moment
Result = dict[str, Any]
"""What a child wrote down at its end."""


class CrashError(AssertionError):
    """A child ended as none should."""


def prepare(root: Path, seed: int, partitions: int = 2) -> Path:
    """A folder whose log holds all the pages; runs start from copies of it. Beside it the key that all runs share."""
    asyncio.run(_prepare(root, seed, partitions))
    return root / "pages"


async def _prepare(root: Path, seed: int, partitions: int) -> None:
    folder = root / "pages"
    folder.mkdir(parents=True)
    make_key(root)
    log = await open_log(configuration(Order(folder, seed, partitions)))
    records = Stream(small_world(seed), seed, partitions=partitions).make(START, END - START)
    await log.append([Append(PAGES, record.partition, record.key, record.value, record.at) for record in records])
    await log.close()


def make_key(root: Path) -> None:
    """The key of the dead letters that all runs in folders of ``root`` share."""
    (root / "letters.key").write_text(secrets.token_bytes(KEY_BYTES).hex())


def copy(prepared: Path, name: str) -> Path:
    folder = prepared.parent / name
    shutil.copytree(prepared, folder)
    return folder


def run(order: Order, kills: Sequence[Kill] = ()) -> tuple[Result, list[Kill]]:
    """Runs children until one of them ends well; the first ones are killed as ``kills`` say.

    Returns what the last child wrote down, and the kills that hit; those that came too late did not. Raises CrashError.
    """
    hit: list[Kill] = []
    waiting = list(kills)
    for _ in range(STARTS):
        kill = waiting.pop(0) if waiting else None
        code = _start(replace(order, kill=kill if isinstance(kill, tuple) else None), kill if isinstance(kill, Moment) else None)
        if code == -signal.SIGKILL and kill is not None:
            hit.append(kill)
        elif code != 0:
            raise CrashError(f"a child ended with {code} after the kills {hit}")
        elif not waiting:
            result: Result = orjson.loads((order.folder / "result.json").read_bytes())
            return result, hit
    raise CrashError(f"not done after {STARTS} starts")


def _start(order: Order, moment: Moment | None) -> int | None:
    process = _context.Process(target=main, args=(order,))
    process.start()
    try:
        if moment is not None:
            process.join(moment.seconds)
            process.kill()
        process.join(PATIENCE)
        return process.exitcode
    finally:
        if process.exitcode is None:
            process.kill()
            process.join()
        process.close()

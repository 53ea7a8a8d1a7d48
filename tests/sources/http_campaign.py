"""Half an hour of HTTP: ``python -m tests.sources.http_campaign --minutes 30``. Nabat as it runs, against stand-ins of all networks.

The embedded runtime with its own crawler, budgets, log and store (tests.sources.nabat_process) reads communities in seven ways over
loopback, in real time. The stand-ins are another process, which enforces the documented limits and counts by its own clock
(tests.sources.networks_process). For a third of the time people write, correct and delete, and Nabat is killed (``kill -9``) and
started again; for another third they only write, since what changes late is promised to be seen late; then nothing happens and
nothing fails. At the end the store must equal what the networks show. Exit code 1: something differs.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.sources.leaks import Leaks
from tests.sources.nabat_process import tokens_of
from tests.sources.networks_process import ACCESS

PLACES: Final = {"vk": 150, "ok": 40, "tg": 200, "bot": 5, "max": 40, "rss": 20}
TOKENS: Final = 10
PACE: Final = 5.0
FAULTS: Final = 0.02
KILLS: Final = 10
SHOWN: Final = 12
"""Differences that are said in full."""


@dataclass
class Outcome:
    """``differs`` in words. ``happened``: what people did. ``memory``: MB of Nabat's processes, by second. ``looked``: bytes looked
    through for tokens, by place. ``kills``: how often it was killed.
    """

    differs: list[str] = field(default_factory=list)
    happened: int = 0
    posts: int = 0
    asked: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    memory: list[tuple[float, float]] = field(default_factory=list)
    looked: dict[str, int] = field(default_factory=dict)
    kills: int = 0


class Stream:
    """A process that is given orders as lines of JSON, with an answer for each."""

    def __init__(self, process: Process) -> None:
        self.process = process

    async def hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        found: dict[str, Any] = json.loads(await self.process.stdout.readline())
        return found

    async def order(self, **what: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(what).encode() + b"\n")
        return await self.hear()

    def resident(self) -> float:
        """MB of memory that the process has."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@asynccontextmanager
async def started(module: str, said: dict[str, Any], errors: Path) -> AsyncIterator[Stream]:
    """``errors``: what it logs goes there, behind what is there already."""
    with errors.open("ab") as file:
        command = (sys.executable, "-m", module, json.dumps(said))
        process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=file, limit=1 << 27)
    try:
        yield Stream(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


class Lives:
    """Nabat's process, started anew after it was killed, over one folder."""

    def __init__(self, stack: AsyncExitStack, said: dict[str, Any], errors: Path) -> None:
        self._stack = stack
        self._said = said
        self._errors = errors
        self.nabat: Stream

    async def begin(self) -> None:
        self.nabat = await self._stack.enter_async_context(started("tests.sources.nabat_process", self._said, self._errors))
        await self.nabat.hear()

    async def kill(self) -> None:
        self.nabat.process.kill()
        await self.nabat.process.wait()
        await self.begin()


async def run(
    data: Path,
    *,
    seconds: float,
    patience: float,
    seed: int = 7,
    places: dict[str, int] = PLACES,
    tokens: int = TOKENS,
    pace: float = PACE,
    faults: float = FAULTS,
    wait: float = 30.0,
    poll: float = 60.0,
    kills: int = KILLS,
) -> Outcome:
    """Life for two thirds of ``seconds``, and what is left of them in quiet; then it is looked for ``patience`` more seconds at most.

    ``wait`` and ``poll`` are pauses between two looks at a source, seconds. The ``kills`` are at moments drawn from the first third.
    """
    outcome = Outcome()
    draw, town = random.Random(seed), {"seed": seed, "places": places, "tokens": tokens, "faults": faults}
    async with AsyncExitStack() as stack:
        networks = await stack.enter_async_context(started("tests.sources.networks_process", town, data / "networks.err"))
        said = await networks.hear()
        folder = data / "nabat"
        about = {"said": said, "data": str(folder), "wait": wait, "poll": poll, "tokens": tokens}
        lives = Lives(stack, about, data / "nabat.err")
        await lives.begin()
        began = time.monotonic()
        measuring = asyncio.create_task(_measure(outcome, lives, began))
        await networks.order(pace=pace, changes=True)
        for number in range(kills):
            await _until(networks, began + seconds / 3 * (number + draw.uniform(0.5, 1.0)) / kills, draw.randrange(1, 6))
            await lives.kill()
            outcome.kills += 1
        await asyncio.sleep(max(0.0, began + seconds / 3 - time.monotonic()))
        for order in ({"changes": False}, {"pace": 0.0}):
            await networks.order(**order)
            await asyncio.sleep(seconds / 3)
        measuring.cancel()
        state, kept = await _equal(lives.nabat, networks, outcome, time.monotonic() + patience)
    leaks = Leaks([*(token.value for token in tokens_of(tokens)), ACCESS.token, ACCESS.secret])
    leaks.look("logs", (data / "nabat.err").read_bytes())
    leaks.files(folder)
    outcome.happened = state["happened"]
    outcome.posts, outcome.asked, outcome.faults = len(state["there"]), state["asked"], state["faults"]
    outcome.differs += [f"asked too often: {network}, {count}" for network, count in state["exceeded"].items()]
    outcome.differs += [f"a token is seen in {where}" for where in [*kept["leaks"], *leaks.found]]
    outcome.looked = kept["looked"] | leaks.looked
    return outcome


async def _until(networks: Stream, moment: float, requests: int) -> None:
    """Until a time, and then until so many requests more have come: one may be under way."""
    await asyncio.sleep(max(0.0, moment - time.monotonic()))
    asked = sum((await networks.order())["asked"].values())
    while sum((await networks.order())["asked"].values()) < asked + requests:  # noqa: ASYNC110 (another process sets no event)
        await asyncio.sleep(0.01)


async def _equal(nabat: Stream, networks: Stream, outcome: Outcome, until: float) -> tuple[dict[str, Any], dict[str, Any]]:
    """Compares until all is equal, or for as long as there is patience; how the networks stand, and what Nabat says."""
    while True:
        state, kept = await networks.order(), await nabat.order()
        outcome.differs = differences(state["there"], kept["stored"])
        if not outcome.differs or time.monotonic() > until:
            return state, kept
        await asyncio.sleep(1.0)


def differences(there: dict[str, str], kept: dict[str, str]) -> list[str]:
    found = [f"missing: {name}" for name in sorted(there.keys() - kept.keys())]
    found += [f"too much: {name}" for name in sorted(kept.keys() - there.keys())]
    return found + [f"not the latest: {name}" for name in sorted(there.keys() & kept.keys()) if there[name] != kept[name]]


async def _measure(outcome: Outcome, lives: Lives, began: float) -> None:
    while True:
        if lives.nabat.process.returncode is None:
            outcome.memory.append((time.monotonic() - began, lives.nabat.resident()))
        await asyncio.sleep(5.0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nabat-http-") as folder:
        outcome = asyncio.run(run(Path(folder), seconds=args.minutes * 60, patience=300.0, seed=args.seed))
    for problem in outcome.differs[:SHOWN]:
        print(problem)
    asked = ", ".join(f"{network} {count}" for network, count in outcome.asked.items())
    print(f"{args.minutes:g} minutes from seed {args.seed}, {sum(PLACES.values())} communities")
    print(f"{outcome.happened} posts, comments, edits and deletions; {outcome.posts} posts at the end")
    print(f"requests: {asked}; faults: {sum(outcome.faults.values())}; {len(outcome.differs)} differences")
    print(f"killed and started again: {outcome.kills} times")
    print(f"looked for tokens in {len(outcome.looked)} places, {sum(outcome.looked.values()) / 1e6:.0f} MB")
    for share in (1 / 6, 1 / 3, 2 / 3, 1):
        at, used = [one for one in outcome.memory if one[0] <= share * args.minutes * 60][-1]
        print(f"memory after {at / 60:.0f} min: {used:.0f} MB")
    return 1 if outcome.differs else 0


if __name__ == "__main__":
    sys.exit(main())

"""Half an hour of HTTP: ``python -m tests.sources.http_campaign --minutes 30``. Nabat as it runs, against stand-ins of all networks.

The embedded runtime with its own crawler, budgets, log and store reads communities in seven ways over loopback, in real time, from
another process, which enforces the documented limits and counts by its own clock (tests.sources.networks_process). For a third of the
time people write, correct and delete; for another third they only write, since what changes late is promised to be seen late; then
nothing happens and nothing fails. At the end the store must equal what the networks show. Exit code 1: something differs.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from monitor.cli.watching import system_time
from monitor.clock import SystemClock
from monitor.config import Config
from monitor.model.source import Source
from monitor.runtime.embedded import Embedded
from monitor.runtime.networks import Connections, adapters_of
from sinks.clickhouse.connect import Target
from sources.budgets.token import Token
from tests.sources.leaks import Leaks
from tests.sources.networks_process import ACCESS, BOT, MAX_BOT, vk_token
from tests.sources.region import profile

PLACES: Final = {"vk": 150, "ok": 40, "tg": 200, "bot": 5, "max": 40, "rss": 20}
TOKENS: Final = 10
PACE: Final = 5.0
FAULTS: Final = 0.02
SHOWN: Final = 12
"""Differences that are said in full."""
KEY: Final = b"key"


@dataclass
class Outcome:
    """``differs`` in words. ``happened``: what people did. ``memory``: MB of Nabat's process, by second. ``looked``: bytes looked
    through for tokens, by place.
    """

    differs: list[str] = field(default_factory=list)
    happened: int = 0
    posts: int = 0
    asked: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    memory: list[tuple[float, float]] = field(default_factory=list)
    looked: dict[str, int] = field(default_factory=dict)


class Stream:
    """The stand-ins' process: orders as lines of JSON, an answer for each."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        found: dict[str, Any] = json.loads(await self._process.stdout.readline())
        return found

    async def order(self, **what: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what).encode() + b"\n")
        return await self.hear()


@asynccontextmanager
async def networks(seed: int, places: dict[str, int], tokens: int, faults: float) -> AsyncIterator[Stream]:
    said = json.dumps({"seed": seed, "places": places, "tokens": tokens, "faults": faults})
    command = (sys.executable, "-m", "tests.sources.networks_process", said)
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, limit=1 << 27)
    try:
        yield Stream(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


def sources_of(said: dict[str, Any]) -> list[Source]:
    """What is watched, all of it critical; a bot has one queue for all of its chats."""
    places = said["places"]

    def all_of(network: str, address: str) -> list[Source]:
        return [
            Source(f"{network}:{place}", network, "community", "test", address.format(place), weight="critical")
            for place in places[network]
        ]

    bots = [Source("tg:bot", "tg", "community", "test", "bot:bot", weight="critical")] if places["bot"] else []
    feeds = [replace(one, kind="feed") for one in all_of("rss", f"{said['rss']}/{{}}")]
    return [*all_of("vk", "{}"), *all_of("ok", "{}"), *all_of("tg", "{}"), *all_of("max", "bot/{}"), *bots, *feeds]


def config_of(said: dict[str, Any], data: Path, wait: float, poll: float) -> Config:
    """Limits are those that Nabat has by default: they are what is tried here."""
    config = Config()
    return replace(
        config,
        nabat=replace(config.nabat, data=data),
        networks=replace(config.networks, allow_private="127.0.0.1", timeout=10.0),
        crawl=replace(config.crawl, default_wait=wait),
        vk=replace(config.vk, api=said["vk"]),
        telegram=replace(config.telegram, preview=said["tg"], api=said["bot"], poll_seconds=5),
        odnoklassniki=replace(config.odnoklassniki, api=said["ok"], poll_seconds=poll),
        max=replace(config.max, api=said["max"]),
        rss=replace(config.rss, poll_seconds=poll),
    )


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
    target: Target | None = None,
) -> Outcome:
    """Life for two thirds of ``seconds``, and what is left of them in quiet; then it is looked for ``patience`` more seconds at most.

    ``wait`` and ``poll`` are pauses between two looks at a source, seconds. ``target``: the store, if not one in ``data``.
    """
    outcome = Outcome()
    async with networks(seed, places, tokens, faults) as stream:
        said = await stream.hear()
        config = config_of(said, data, wait, poll)
        held = [Token("vk", "service", f"vk{number}", vk_token(number)) for number in range(tokens)]
        held += [
            Token("ok", "application", "ok", ACCESS.value()),
            Token("max", "bot", "bot", MAX_BOT),
            Token("tg", "bot", "bot", BOT),
        ]
        connections = Connections(config, held, system_time())
        sources = sources_of(said)
        watched = replace(profile(), sources={source.id: source for source in sources})
        adapters = adapters_of(config, watched, KEY, connections)
        engine = Embedded(config, watched, sources, adapters, SystemClock(), connections=connections, target=target)
        leaks = Leaks([*(token.value for token in held), ACCESS.token, ACCESS.secret])
        logging.getLogger().addHandler(leaks)
        try:
            await engine.open()
            await engine.start()
            began = time.monotonic()
            measuring = asyncio.create_task(_measure(outcome, began))
            for order in ({"pace": pace, "changes": True}, {"changes": False}, {"pace": 0.0}):
                await stream.order(**order)
                await asyncio.sleep(seconds / 3)
            measuring.cancel()
            state = await _equal(engine, stream, outcome, time.monotonic() + patience)
            leaks.metrics(engine.registry)
            await leaks.tables(engine.reader)
        finally:
            await engine.stop()
            logging.getLogger().removeHandler(leaks)
    leaks.files(data)
    outcome.happened = state["happened"]
    outcome.posts, outcome.asked, outcome.faults = len(state["there"]), state["asked"], state["faults"]
    outcome.differs += [f"asked too often: {network}, {count}" for network, count in state["exceeded"].items()]
    outcome.differs += [f"a token is seen in {where}" for where in leaks.found]
    outcome.looked = leaks.looked
    return outcome


async def _equal(engine: Embedded, stream: Stream, outcome: Outcome, until: float) -> dict[str, Any]:
    """Compares until all is equal, or for as long as there is patience; how the networks stand."""
    while True:
        state = await stream.order()
        await engine.drain()
        outcome.differs = differences(state["there"], await stored(engine))
        if not outcome.differs or time.monotonic() > until:
            return state
        await asyncio.sleep(1.0)


async def stored(engine: Embedded) -> dict[str, str]:
    """The texts of all posts in the store by id, those of feeds by address and number as their links have them."""
    rows = await engine.reader.query("SELECT id, url, text FROM current_posts WHERE NOT deleted LIMIT 200000")
    return {
        f"rss:{row['url'].partition('site.example/')[2]}" if row["id"].startswith("rss:") else row["id"]: row["text"] for row in rows
    }


def differences(there: dict[str, str], kept: dict[str, str]) -> list[str]:
    found = [f"missing: {name}" for name in sorted(there.keys() - kept.keys())]
    found += [f"too much: {name}" for name in sorted(kept.keys() - there.keys())]
    return found + [f"not the latest: {name}" for name in sorted(there.keys() & kept.keys()) if there[name] != kept[name]]


async def _measure(outcome: Outcome, began: float) -> None:
    while True:
        outcome.memory.append((time.monotonic() - began, resident()))
        await asyncio.sleep(5.0)


def resident() -> float:
    """MB of memory that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


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
    print(f"looked for tokens in {len(outcome.looked)} places, {sum(outcome.looked.values()) / 1e6:.0f} MB")
    for share in (1 / 6, 1 / 3, 2 / 3, 1):
        at, used = [one for one in outcome.memory if one[0] <= share * args.minutes * 60][-1]
        print(f"memory after {at / 60:.0f} min: {used:.0f} MB")
    return 1 if outcome.differs else 0


if __name__ == "__main__":
    sys.exit(main())

"""``nabat demo``: a simulated region with everything running, to look at and to try.

Its networks are stand-ins on loopback (sources.standins), read by the same adapters, budgets and schedule as the real ones.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from monitor.cli.common import add_config, config_of, end, start_logging, stop_on_signals
from monitor.cli.demo_scenes import NAMES, Happenings, happenings
from monitor.cli.figures import figures
from monitor.clock import SimulatedClock
from monitor.config import Config
from monitor.model.errors import AddressTaken, ConfigError
from monitor.model.watch import History
from monitor.profile.load import load_profile
from monitor.profile.model import Profile
from monitor.runtime.embedded import Embedded
from monitor.runtime.keys import load_key
from monitor.runtime.networks import Connections, adapters_of
from sources.budgets.time import SteadyTime
from sources.simulated.world import Options, World
from sources.standins.region import Region
from sources.standins.serving import QUOTA, RATE, Served, serving

MINUTE = 60_000
HOUR = 60 * MINUTE
WEEK = 7 * 24 * HOUR
NOTICE = "Смоделированный регион: сообщения, дома и люди вымышлены, время идёт в {speed} раз быстрее настоящего."
EVENING = 17
"""The demo begins at this hour of the region's day: people are home from work and write."""
PAST_WEEKS = 1
BEFORE = 30 * MINUTE
"""Posts of this long before the start are read at once, so that the first page is not empty."""
WAIT = 150.0
"""Seconds of the region between two looks at a source."""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("demo", help="показать всё в работе на смоделированном регионе")
    add_config(parser)
    parser.add_argument("--for", dest="duration", metavar="TIME", help="завершить через это время, например 60s или 5m")
    parser.add_argument("--json", action="store_true", help="в конце вывести итог одной строкой JSON")
    parser.add_argument("--seed", type=int, default=1, help="какой регион смоделировать (1)")
    parser.add_argument("--speed", type=int, default=30, help="во сколько раз быстрее идёт время (30)")
    scenes = "; ".join(f"{name} — {text}" for name, text in NAMES.items())
    parser.add_argument("--scene", choices=tuple(NAMES), default="evening", help=f"что происходит: {scenes} (evening)")
    parser.add_argument("--port", type=int, help="порт пульта вместо указанного в настройках; 0 — любой свободный")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    config = config_of(args)
    start_logging(config, quiet=True)
    if args.speed < 1:
        raise ConfigError(["--speed: нужно целое число не меньше 1"])
    if args.port is not None and not 0 <= args.port <= 65_535:
        raise ConfigError([f"--port: {args.port}: порты бывают от 0 до 65535"])
    seconds = _seconds(args.duration) if args.duration else None
    with ExitStack() as stack:
        if args.data is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="nabat-demo-", ignore_cleanup_errors=True))
            config = replace(config, nabat=replace(config.nabat, data=Path(folder)))
        if args.port is not None:
            config = replace(config, console=replace(config.console, port=args.port))
        # Ticks of a fast clock would come too thick; a demo looks no further than its evening.
        config = replace(config, watch=replace(config.watch, tick_seconds=max(config.watch.tick_seconds, args.speed / 2)))
        profile = load_profile(config.nabat.region)
        try:
            summary = asyncio.run(_demo(config, profile, args.seed, args.speed, args.scene, seconds, not args.json))
        except AddressTaken as error:
            raise AddressTaken(error.where, error.why, "задайте другой порт: --port, 0 — любой свободный") from None
    if args.json:
        print(orjson.dumps(summary).decode())
    return 0


def _seconds(text: str) -> float:
    match = re.fullmatch(r"(\d+)(s|m|h)?", text)
    if match is None:
        raise ConfigError([f"--for: {text!r} не срок; примеры: 60s, 5m, 1h"])
    return int(match[1]) * {"s": 1, "m": 60, "h": 3600, None: 1}[match[2]]


def make_world(profile: Profile, seed: int, start: int, scene: str) -> tuple[World, Happenings]:
    """The demo's region, and what happens in it beside the everyday. A scene is alone: nothing else happens."""
    options = Options(posts_per_second=1.5, communities=100, mean_words=14, bursts_per_day=2.0 if scene == "evening" else 0.0)
    found = happenings(scene, profile, World(profile, seed, options).sources, start)
    return World(profile, seed, options, bursts=found.bursts, surges=found.surges, scenes=found.scenes), found


async def _demo(
    config: Config, profile: Profile, seed: int, speed: int, scene: str, seconds: float | None, talk: bool
) -> dict[str, Any]:
    began = time.monotonic()
    stop = asyncio.Event()
    stop_on_signals(stop)
    today = datetime.now(UTC).astimezone(profile.calendar.timezone)
    start = int(today.replace(hour=EVENING, minute=0, second=0, microsecond=0).timestamp() * 1000)
    world, happens = make_world(profile, seed, start, scene)
    clock = SimulatedClock(start, speed)
    past = start - PAST_WEEKS * WEEK
    counts = await asyncio.to_thread(world.history, past, PAST_WEEKS, HOUR)
    async with serving(Region(world, start - BEFORE), clock.now, happens.dark) as served:
        config = crawling(config, served)
        connections = Connections(config, served.tokens, SteadyTime(clock.now(), lambda: clock.now() / 1000, clock.sleep))
        key = load_key(config.privacy.author_key_file, Path(config.nabat.data) / "keys" / "authors.key")
        watched = replace(profile, sources={source.id: source for source in served.sources})
        adapters = adapters_of(config, watched, key, connections)
        engine = Embedded(
            config, profile, served.sources, adapters, clock, connections=connections, notice=NOTICE.format(speed=speed)
        )
        return await _watch(engine, History(profile.id, past, HOUR, counts), began, stop, seconds, talk)


def crawling(config: Config, served: Served) -> Config:
    """The networks are the stand-ins on loopback, which allow much: all is asked as often as it is worth in the region's time."""
    fast = float(RATE)
    officials = {network: ",".join(map(str, found)) for network, found in served.officials.items()}
    return replace(
        config,
        networks=replace(config.networks, allow_private="127.0.0.1", proxy=""),
        crawl=replace(config.crawl, default_wait=WAIT),
        vk=replace(
            config.vk,
            api=served.vk,
            service_rate=fast,
            wall_get_day=QUOTA,
            follow_days=1,
            officials=officials["vk"],
        ),
        telegram=replace(config.telegram, preview=served.telegram, preview_rate=fast),
        odnoklassniki=replace(config.odnoklassniki, api=served.odnoklassniki, rate=fast, poll_seconds=2 * WAIT),
        max=replace(config.max, api=served.max, rate=fast, officials=officials["max"]),
        rss=replace(config.rss, host_rate=fast, poll_seconds=2 * WAIT),
    )


async def _watch(
    engine: Embedded, history: History, began: float, stop: asyncio.Event, seconds: float | None, talk: bool
) -> dict[str, Any]:
    try:
        await engine.open()
        await engine.teach(history)
        await engine.start()
        if talk:
            print(f"Пульт: {engine.address}  (смоделированный регион; Ctrl-C завершает)", flush=True)
        firsts = Firsts(engine, began, talk)
        watching = [asyncio.create_task(firsts.run())]
        if seconds is not None:
            watching.append(asyncio.create_task(_stop_after(stop, seconds)))
        await engine.run_until(stop)
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        return {
            **await figures(engine),
            "told": await engine.reader.query(TOLD_SQL),
            "first": firsts.seen,
            "seconds": round(time.monotonic() - began, 1),
        }
    finally:
        await end(engine)


async def _stop_after(stop: asyncio.Event, seconds: float) -> None:
    await asyncio.sleep(seconds)
    stop.set()


class Firsts:
    """When the first post, appeal, incident and alerts could be read from the store: real seconds from the start of the program."""

    def __init__(self, engine: Embedded, began: float, talk: bool) -> None:
        self.seen: dict[str, float] = {}
        self._engine = engine
        self._began = began
        self._talk = talk

    async def run(self) -> None:
        while len(self.seen) < len(FIRSTS):
            rows = await self._engine.reader.query(FIRSTS_SQL)
            for name, text in FIRSTS.items():
                if rows[0][name] and name not in self.seen:
                    self.seen[name] = round(time.monotonic() - self._began, 1)
                    if self._talk:
                        print(f"{self.seen[name]:6.1f} с  {text}", flush=True)
            await asyncio.sleep(0.5)


FIRSTS = {
    "posts": "первые сообщения",
    "appeals": "первые обращения",
    "incidents": "первые инциденты",
    "urgent": "первая срочная тревога",
    "spike": "первый всплеск",
}
TOLD_SQL = (
    "SELECT kind, level, title FROM current_alerts"
    " WHERE kind IN ('spike', 'topic', 'silent') OR (kind = 'urgent' AND level = 'flash') ORDER BY at, id"
)
"""What people are told of beyond single voices and late answers."""
FIRSTS_SQL = (
    "SELECT (SELECT count() FROM current_posts) AS posts, (SELECT count() FROM current_appeals) AS appeals,"
    " (SELECT count() FROM current_incidents) AS incidents,"
    " (SELECT countIf(kind = 'urgent') FROM current_alerts) AS urgent,"
    " (SELECT countIf(kind = 'spike') FROM current_alerts) AS spike"
)

"""Nabat as it runs, over stand-ins of all networks, in a process of its own that may be killed at any time.

Its argument is what ``serve`` takes, as JSON. Each line of input is answered by what the store holds when all that was read is worked
off, and by where a token was seen. The end of the input ends it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from monitor.cli.watching import system_time
from monitor.clock import SystemClock
from monitor.config import Config
from monitor.model.source import Source
from monitor.runtime.embedded import Embedded
from monitor.runtime.networks import Connections, adapters_of
from sources.budgets.token import Token
from tests.sources.leaks import Leaks
from tests.sources.networks_process import ACCESS, BOT, MAX_BOT, vk_token
from tests.sources.region import profile

KEY = b"key"


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
        console=replace(config.console, port=0),
        networks=replace(config.networks, allow_private="127.0.0.1", timeout=10.0),
        crawl=replace(config.crawl, default_wait=wait),
        vk=replace(config.vk, api=said["vk"]),
        telegram=replace(config.telegram, preview=said["tg"], api=said["bot"], poll_seconds=5),
        odnoklassniki=replace(config.odnoklassniki, api=said["ok"], poll_seconds=poll),
        max=replace(config.max, api=said["max"]),
        rss=replace(config.rss, poll_seconds=poll),
    )


def tokens_of(count: int) -> list[Token]:
    """``count`` of VK, one of each other network that wants one."""
    return [
        *(Token("vk", "service", f"vk{number}", vk_token(number)) for number in range(count)),
        Token("ok", "application", "ok", ACCESS.value()),
        Token("max", "bot", "bot", MAX_BOT),
        Token("tg", "bot", "bot", BOT),
    ]


async def stored(engine: Embedded) -> dict[str, str]:
    """The texts of all posts in the store by id, those of feeds by address and number as their links have them."""
    rows = await engine.reader.query("SELECT id, url, text FROM current_posts WHERE NOT deleted LIMIT 200000")
    return {
        f"rss:{row['url'].partition('site.example/')[2]}" if row["id"].startswith("rss:") else row["id"]: row["text"] for row in rows
    }


async def serve(said: dict[str, Any], data: str, wait: float, poll: float, tokens: int) -> None:
    """``said``: what the stand-ins say of themselves (tests.sources.networks_process); the rest as in tests.sources.http_campaign."""
    held, config, sources = tokens_of(tokens), config_of(said, Path(data), wait, poll), sources_of(said)
    leaks = Leaks([*(token.value for token in held), ACCESS.token, ACCESS.secret])
    logging.getLogger().addHandler(leaks)
    connections = Connections(config, held, system_time())
    watched = replace(profile(), sources={source.id: source for source in sources})
    adapters = adapters_of(config, watched, KEY, connections)
    engine = Embedded(config, watched, sources, adapters, SystemClock(), connections=connections)
    try:
        await engine.open()
        await engine.start()
        _say({})
        while await asyncio.to_thread(sys.stdin.readline):
            await engine.drain()
            leaks.metrics(engine.registry)
            await leaks.tables(engine.reader)
            _say({"stored": await stored(engine), "leaks": leaks.found, "looked": leaks.looked})
    finally:
        await engine.stop()


def _say(what: dict[str, Any]) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(serve(**json.loads(sys.argv[1])))

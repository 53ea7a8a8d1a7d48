"""``nabat crawl``: reads the sources of a cluster's regions into its log; several share them."""

from __future__ import annotations

import argparse
import asyncio
from uuid import uuid4

from monitor.cli.role import add_role, configure, run_role
from monitor.cli.watching import Watching, watching
from monitor.clock import SystemClock
from monitor.cluster.crawl import CrawlProcess
from monitor.cluster.settings import regions_of, shared_key
from monitor.config import Config
from monitor.profile.model import Profile


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    add_role(subparsers.add_parser("crawl", help="кластер: сбор сообщений из источников в журнал"), run)


def run(args: argparse.Namespace) -> int:
    """Returns 0 after a clean stop. All else raises NabatError: whoever supervises it starts it again."""
    config = configure(args)
    shared_key(config.privacy.author_key_file, "author_key_file")
    names = (config.cluster.regions or config.nabat.region).split(",")
    profiles = regions_of(config)
    named = dict(zip(names, profiles, strict=False))
    watched = watching(config, named, lease=config.kafka.session_seconds, owner=uuid4().hex)
    asyncio.run(_run(config, profiles, watched))
    return 0


async def _run(config: Config, profiles: list[Profile], watched: Watching) -> None:
    process = CrawlProcess(config, profiles, watched.adapters, SystemClock(), watched.connections, watched.inlets)

    async def start() -> None:
        await process.start()
        print(f"Метрики: {process.endpoint.address}", flush=True)

    await run_role(process, start)

"""``nabat crawl``: reads the sources of a cluster's regions into its log; several share them."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping

from monitor.cli.role import add_role, configure, run_role
from monitor.cli.run import adapters_of, inlets_of
from monitor.clock import SystemClock
from monitor.cluster.crawl import CrawlProcess
from monitor.cluster.settings import regions_of, shared_key
from monitor.config import Config
from monitor.profile.model import Profile
from sources.base import Adapter


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    add_role(subparsers.add_parser("crawl", help="кластер: сбор сообщений из источников в журнал"), run)


def run(args: argparse.Namespace) -> int:
    """Returns 0 after a clean stop. All else raises NabatError: whoever supervises it starts it again."""
    config = configure(args)
    shared_key(config.privacy.author_key_file, "author_key_file")
    profiles = regions_of(config)
    asyncio.run(_run(config, profiles, {profile.id: adapters_of(config, profile) for profile in profiles}))
    return 0


async def _run(config: Config, profiles: list[Profile], adapters: Mapping[str, Mapping[str, Adapter]]) -> None:
    inlets = [inlet for profile in profiles for inlet in inlets_of(profile, adapters[profile.id])]
    process = CrawlProcess(config, profiles, adapters, SystemClock(), inlets)

    async def start() -> None:
        await process.start()
        print(f"Метрики: {process.endpoint.address}", flush=True)

    await run_role(process, start)

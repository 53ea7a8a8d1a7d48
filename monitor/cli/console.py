"""``nabat console``: the page of one region of a cluster."""

from __future__ import annotations

import argparse
import asyncio

from monitor.cli.role import add_role, configure, run_role
from monitor.clock import SystemClock
from monitor.cluster.console import ConsoleProcess
from monitor.config import Config
from monitor.profile.load import load_profile
from monitor.profile.model import Profile


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    add_role(subparsers.add_parser("console", help="кластер: пульт одного региона (настройка [nabat] region)"), run)


def run(args: argparse.Namespace) -> int:
    """Returns 0 after a clean stop. All else raises NabatError: whoever supervises it starts it again."""
    config = configure(args)
    asyncio.run(_run(config, load_profile(config.nabat.region)))
    return 0


async def _run(config: Config, profile: Profile) -> None:
    process = ConsoleProcess(config, profile, SystemClock())

    async def start() -> None:
        await process.start()
        print(f"Пульт: {process.address}", flush=True)

    await run_role(process, start)

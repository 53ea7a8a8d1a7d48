"""``nabat run``: the embedded runtime over the profile's sources."""

from __future__ import annotations

import argparse
import asyncio

from monitor.cli.common import add_config, config_of, end, start_logging, stop_on_signals, unless
from monitor.cli.watching import Watching, watching
from monitor.clock import SystemClock
from monitor.config import Config
from monitor.profile.load import load_profile
from monitor.profile.model import Profile
from monitor.runtime.delivery import Delivery, delivery_of
from monitor.runtime.embedded import Embedded


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("run", help="следить за источниками региона: сбор, разбор, инциденты, пульт")
    add_config(parser)
    parser.add_argument(
        "--accept-settings",
        action="store_true",
        help="разобрать остаток журнала по новым настройкам, если прежний процесс не завершился штатно",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    config = config_of(args)
    start_logging(config)
    profile = load_profile(config.nabat.region)
    watched = watching(config, {config.nabat.region: profile})
    asyncio.run(_run(config, profile, watched, delivery_of(config, [profile]), args.accept_settings))
    return 0


async def _run(config: Config, profile: Profile, watched: Watching, delivery: Delivery, accept: bool) -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    engine = Embedded(
        config,
        profile,
        list(profile.sources.values()),
        watched.adapters[profile.id],
        SystemClock(),
        connections=watched.connections,
        inlets=watched.inlets,
        delivery=delivery,
        accept_settings=accept,
    )
    try:
        if not await unless(stop, _start(engine)):
            return
        print(f"Пульт: {engine.address}", flush=True)
        if engine.receiver.address:
            print(f"Приём: {engine.receiver.address}", flush=True)
        if not profile.sources:
            print(
                "В профиле нет источников: сделайте свою копию (nabat check --copy), добавьте источник (nabat sources add).",
                flush=True,
            )
        await engine.run_until(stop)
    finally:
        await end(engine)


async def _start(engine: Embedded) -> None:
    await engine.open()
    await engine.start()

"""``nabat run``: the embedded runtime over the profile's sources."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping
from pathlib import Path

from monitor.cli.common import add_config, config_of, end, start_logging, stop_on_signals, unless
from monitor.clock import SystemClock
from monitor.config import Config
from monitor.model.errors import ConfigError
from monitor.profile.load import load_profile
from monitor.profile.model import Profile
from monitor.runtime.delivery import Delivery, delivery_of
from monitor.runtime.embedded import Embedded
from monitor.runtime.keys import load_key
from sources.appeals.adapter import AppealsAdapter, read_mappings
from sources.appeals.export import Limits
from sources.base import Adapter
from sources.files import FilesAdapter
from sources.wire import Inlet


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
    adapters = adapters_of(config, profile)
    asyncio.run(_run(config, profile, adapters, delivery_of(config, [profile]), args.accept_settings))
    return 0


def adapters_of(config: Config, profile: Profile) -> dict[str, Adapter]:
    """An adapter for each network that the profile watches. Raises ConfigError for one that this version can't read."""
    key = load_key(config.privacy.author_key_file, Path(config.nabat.data) / "keys" / "authors.key")
    known: dict[str, Adapter] = {
        "file": FilesAdapter(key, zone=profile.calendar.timezone),
        "appeal": appeals_adapter(config, profile, key),
    }
    problems = [
        f"sources.csv: источник {source.id!r}: сеть {source.network!r} этой версией не читается; есть: {', '.join(sorted(known))}"
        for source in profile.sources.values()
        if source.network not in known
    ]
    if problems:
        raise ConfigError(problems)
    return known


def appeals_adapter(config: Config, profile: Profile, key: bytes) -> AppealsAdapter:
    """Raises ConfigError where a mapping file is wrong."""
    section, zone = config.appeals, profile.calendar.timezone
    # A town by its bare name could be a surname or an adjective to the classifier.
    named = {one.oktmo: one.name if " " in one.name else f"г. {one.name}" for one in profile.territories.values() if one.oktmo}
    return AppealsAdapter(
        read_mappings(profile.sources.values(), section.mappings or Path(), zone),
        key,
        territories=named,
        limits=Limits(section.file_bytes, section.unpacked_bytes),
        settle=section.settle_seconds,
        listens=bool(config.push.port),
    )


def inlets_of(profile: Profile, adapters: Mapping[str, Adapter]) -> list[Inlet]:
    """What takes the pushes of the profile's sources."""
    sources = profile.sources.values()
    return [inlet for adapter in adapters.values() if isinstance(adapter, AppealsAdapter) for inlet in adapter.inlets(sources)]


async def _run(config: Config, profile: Profile, adapters: dict[str, Adapter], delivery: Delivery, accept: bool) -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    sources, inlets = list(profile.sources.values()), inlets_of(profile, adapters)
    engine = Embedded(config, profile, sources, adapters, SystemClock(), inlets=inlets, delivery=delivery, accept_settings=accept)
    try:
        if not await unless(stop, _start(engine)):
            return
        print(f"Пульт: {engine.address}", flush=True)
        if engine.receiver.address:
            print(f"Приём: {engine.receiver.address}", flush=True)
        if not profile.sources:
            print("В профиле нет источников: добавьте их в sources.csv (nabat check --copy делает свою копию профиля).", flush=True)
        await engine.run_until(stop)
    finally:
        await end(engine)


async def _start(engine: Embedded) -> None:
    await engine.open()
    await engine.start()

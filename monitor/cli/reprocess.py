"""``nabat reprocess``: stored posts are judged again by the model that is in force now, without alerts.

A process that runs on the data folder is asked to do it; if there is none, the pages wait in the log for the next start.
"""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from prometheus_client import CollectorRegistry

from monitor.cli.common import add_config, config_of, expect_data, start_logging
from monitor.clock import SystemClock
from monitor.cluster.settings import open_log as open_kafka
from monitor.config import Config
from monitor.log.base import Log
from monitor.metrics.catalogue import Metrics
from monitor.model.codec import decode
from monitor.model.errors import ConfigError
from monitor.profile.load import load_profile
from monitor.profile.model import Profile
from monitor.runtime import reprocessing
from monitor.runtime.folder import open_log
from monitor.runtime.local import ask
from monitor.runtime.reprocessing import Reprocessed, Wanted
from monitor.runtime.store import Store


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "reprocess",
        help="разобрать накопленные сообщения заново нынешней моделью, без тревог",
        description=(
            "Возвращает накопленные сообщения в журнал: вид, тема, место и исполнитель определяются заново, обращения и инциденты "
            "пересчитываются, тревоги не поднимаются. Решения людей остаются. Не разбираются заново: ответы ведомств, обращения из "
            "других систем, удалённое и то, чей текст уже не хранится."
        ),
    )
    parser.add_argument("--from", dest="since", required=True, metavar="TIME", help="начало (ISO 8601; без пояса — время региона)")
    parser.add_argument("--to", dest="until", required=True, metavar="TIME", help="конец, не включая его")
    add_config(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    config = config_of(args)
    start_logging(config, quiet=True)
    profile = load_profile(config.nabat.region)
    wanted = Wanted(profile.id, _moment("--from", args.since, profile), _moment("--to", args.until, profile))
    if wanted.since >= wanted.until:
        raise ConfigError(["--to: должно быть позже --from"])
    expect_data(config)
    found = asyncio.run(_reprocess(config, wanted))
    if not found.posts:
        print("Разбирать заново нечего: за это время сообщений нет.")
        return 0
    worker = "nabat worker triage" if config.kafka.servers else "nabat run"
    when = f"{worker} разбирает их" if found.soon else f"Они будут разобраны при следующем запуске {worker}"
    print(f"Возвращено в журнал: сообщений {found.posts}, страниц {found.pages}. {when}.")
    return 0


def _moment(name: str, text: str, profile: Profile) -> int:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError([f"{name}: {text}: это не время ISO 8601, например 2026-01-12T08:00"]) from None
    return int((time if time.tzinfo else time.replace(tzinfo=profile.calendar.timezone)).timestamp() * 1000)


async def _reprocess(config: Config, wanted: Wanted) -> Reprocessed:
    answer = await ask(Path(config.nabat.data), reprocessing.REPROCESS, asdict(wanted))
    if answer is not None:
        return decode(answer, Reprocessed)
    store = Store(config, Metrics(CollectorRegistry()))
    try:
        await store.open()
        cluster = bool(config.kafka.servers)
        log: Log = await (open_kafka(config) if cluster else open_log(config))
        try:
            found = await reprocessing.reprocessed(store.reader(), log, SystemClock().now(), wanted)
            found.soon = cluster
            return found
        finally:
            await log.close()
    finally:
        await store.close()

"""``nabat people erase``: what a person wrote goes out of the stages' memory and out of the store, and is not taken again.

A process that runs on the data folder is asked to do it; if there is none, the stages run here until it is done, without crawling and
telling. In a cluster its workers take it from the log.
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry

from monitor.cli.common import add_config, config_of, expect_data, start_logging
from monitor.clock import SystemClock
from monitor.cluster.settings import open_log as open_kafka
from monitor.cluster.settings import regions_of, shared_key
from monitor.config import Config
from monitor.metrics.catalogue import Metrics
from monitor.model.codec import decode
from monitor.model.errors import ConfigError
from monitor.people.audit import Audit
from monitor.people.who import by_author, by_profile
from monitor.profile.load import load_profile
from monitor.runtime import erasing
from monitor.runtime.embedded import Embedded
from monitor.runtime.erasing import Eraser, Erasing, Wanted
from monitor.runtime.keys import Sealer, load_key
from monitor.runtime.local import ask
from monitor.runtime.store import Store

DAY, HOUR = 86_400_000, 3_600_000
LABELS = {
    "posts": "сообщений",
    "texts": "версий с текстом",
    "appeals": "обращений",
    "incidents": "инцидентов с ними",
    "replies": "ответов ведомств",
    "alerts": "тревог с цитатами",
    "letters": "непринятых записей",
}
WAITS = {
    "stages": "Разбор ещё не дошёл до этих записей журнала (работают ли triage и watch?).",
    "store": "ClickHouse ещё переписывает строки и закончит это сам.",
}


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("people", help="персональные данные: стереть написанное человеком")
    actions = parser.add_subparsers(title="действия", metavar="ДЕЙСТВИЕ", required=True)
    erase = actions.add_parser(
        "erase",
        help="стереть написанное человеком и больше не принимать; без --yes только показать",
        description=(
            "Находит всё, что хранится от одного автора: сообщения во всех версиях, обращения, ответы, цитаты в тревогах и "
            "оповещениях, непринятое. С --yes стирает это из памяти и хранилища; новые сообщения автора больше не принимаются. "
            "Повторять можно сколько угодно. Не находится то, что о человеке написали другие."
        ),
    )
    who = erase.add_mutually_exclusive_group(required=True)
    who.add_argument("--author", metavar="СЕТЬ:НОМЕР", help="автор, как его называет сеть (vk:123), или его хеш")
    who.add_argument("--profile", metavar="АДРЕС", help="страница человека: vk.com/id123, ok.ru/profile/123456, t.me/канал")
    who.add_argument("--post", metavar="ID|ССЫЛКА", help="любое сообщение этого человека")
    erase.add_argument("--only", action="store_true", help="с --post: стереть только это сообщение, а не всё от его автора")
    erase.add_argument("--yes", action="store_true", help="стереть; без этого команда только показывает, что нашла")
    add_config(erase)
    erase.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    config = config_of(args)
    start_logging(config, quiet=True)
    if args.only and not args.post:
        raise ConfigError(["--only: действует вместе с --post"])
    # In a wrong folder a new key would be made, by which nobody is found.
    expect_data(config)
    wanted = _wanted(args, config)
    found = asyncio.run(_erase(config, wanted))
    _show(found)
    if not args.yes:
        print("Ничего не изменено. Стереть: та же команда с --yes.")
        return 0
    now = SystemClock().now()
    about = f"posts {found.posts}, appeals {found.appeals}, alerts {found.alerts}, dead letters {found.letters}"
    Audit(config.nabat.data).note(now, f"{getpass.getuser()} (nabat people)", "erased", about)
    done = asyncio.run(_erase(config, replace(wanted, apply=True)))
    if done.waits:
        print(f"Не закончено: {WAITS[done.waits]} Повторите эту же команду позже.", file=sys.stderr)
    else:
        print("Стёрто. Новые сообщения этого автора не принимаются.")
    print(_left(config, now))
    return 1 if done.waits else 0


def _wanted(args: argparse.Namespace, config: Config) -> Wanted:
    if args.post:
        return Wanted(posts=[args.post], only=args.only)
    path = config.privacy.author_key_file
    cluster = bool(config.kafka.servers)
    key = shared_key(path, "author_key_file") if cluster else load_key(path, Path(config.nabat.data) / "keys" / "authors.key")
    return Wanted([by_author(args.author, key) if args.author else by_profile(args.profile, key)])


async def _erase(config: Config, wanted: Wanted) -> Erasing:
    answer = await ask(Path(config.nabat.data), erasing.ERASE, asdict(wanted))
    if answer is not None:
        return decode(answer, Erasing)
    return await (_in_cluster(config, wanted) if config.kafka.servers else _here(config, wanted))


async def _in_cluster(config: Config, wanted: Wanted) -> Erasing:
    sealer = Sealer(shared_key(config.privacy.dead_letter_key_file, "dead_letter_key_file"))
    store = Store(config, Metrics(CollectorRegistry()))
    try:
        await store.open()
        log = await open_kafka(config)
        try:
            regions = [profile.id for profile in regions_of(config)]
            eraser = Eraser(store.erasure(), log, sealer, regions, config.watch.snapshot_seconds)
            return await eraser.erase(wanted, SystemClock().now())
        finally:
            await log.close()
    finally:
        await store.close()


async def _here(config: Config, wanted: Wanted) -> Erasing:
    """The stages run for as long as it takes; snapshots come quickly, since they are waited for."""
    quick = replace(config, watch=replace(config.watch, snapshot_seconds=1.0))
    profile = load_profile(config.nabat.region)
    engine = Embedded(quick, profile, list(profile.sources.values()), {}, SystemClock())
    try:
        await engine.open()
        if wanted.apply:
            await engine.start(crawl=False, ticks=False, console=False)
        return await engine.eraser.erase(wanted, SystemClock().now())
    finally:
        await engine.stop()


def _show(found: Erasing) -> None:
    print("Найдено: " + ", ".join(f"{name} {getattr(found, key)}" for key, name in LABELS.items()) + ".")
    if found.posts:
        print(f"Написано с {_day(found.since)} по {_day(found.until)}.")
    if found.unfinished:
        print(f"Начато раньше и не закончено: сообщений {found.unfinished}; --yes закончит.")


def _left(config: Config, now: int) -> str:
    """What remains, and until when: said plainly, since people are told it."""
    log = config.log
    pages, watch, outgoing = (_day(now + hours * HOUR) for hours in (log.pages_hours, log.watch_hours, log.outgoing_hours))
    return (
        f"Что ещё остаётся. В журнале, который не переписывается: страницы с текстами — до {pages}, записи для watch — до {watch}, "
        f"тревоги с цитатами — до {outgoing}; дольше, пока их не прочла своя стадия. В снимках памяти watch — до трёх следующих "
        f"снимков. Непринятое, в котором автор не назван, — до {_day(now + config.clickhouse.dead_letter_days * DAY)}. Прежние "
        "строки на диске ClickHouse — несколько минут. Без срока: id сообщений, их время и хеш текста, адрес беды в инциденте, хеш "
        "автора в списке тех, кого не принимать. Не в нашей власти: сама сеть, отправленные оповещения, выгрузки, резервные копии."
    )


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%d.%m.%Y")

"""``nabat deadletters``: shows what could not be taken, and brings it back into the log.

A process that runs on the data folder is asked to do it; if there is none, the command does it itself.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import orjson
from prometheus_client import CollectorRegistry

from monitor.cli.common import add_config, config_of, expect_data, positive, start_logging
from monitor.clock import SystemClock
from monitor.cluster.settings import open_log as open_kafka
from monitor.cluster.settings import regions_of
from monitor.config import Config
from monitor.log.base import Log
from monitor.metrics.catalogue import Metrics
from monitor.metrics.labels import DeadReason
from monitor.model.codec import decode
from monitor.profile.load import load_profile
from monitor.runtime import letters
from monitor.runtime.folder import open_log
from monitor.runtime.keys import Sealer, load_key
from monitor.runtime.letters import Listed, Retried, Wanted
from monitor.runtime.local import ask
from monitor.runtime.store import Store


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("deadletters", help="что не удалось принять: показать или вернуть на разбор")
    actions = parser.add_subparsers(title="действия", metavar="ДЕЙСТВИЕ", required=True)
    show = actions.add_parser("list", help="показать, сколько, откуда и почему")
    retry = actions.add_parser("retry", help="вернуть в журнал; разберёт nabat run: работающий сразу, иначе при запуске")
    for action in (show, retry):
        add_config(action)
        action.add_argument("--source", default="", metavar="ID", help="только этого источника")
        action.add_argument("--reason", default="", choices=get_args(DeadReason), help="только с этой причиной")
        action.add_argument("--limit", type=positive, default=1000, help="не больше стольких, новейшие первыми (1000)")
    show.add_argument("--json", action="store_true", help="по объекту JSON на строку")
    show.add_argument("--payload", action="store_true", help="показать и содержимое (личные данные!)")
    show.set_defaults(run=run, action="list")
    retry.set_defaults(run=run, action="retry")


def run(args: argparse.Namespace) -> int:
    config = config_of(args)
    start_logging(config, quiet=True)
    expect_data(config)
    if args.action == "list":
        listed = asyncio.run(_list(config, Wanted(args.source, args.reason, args.limit, args.payload)))
        for letter in listed.letters:
            _print(letter, args.json)
        if not args.json:
            print(f"Всего: {len(listed.letters)}" if listed.letters else "Непринятых сообщений нет.")
        return 0
    outcome = asyncio.run(_retry(config, Wanted(args.source, args.reason, args.limit)))
    worker = "nabat worker triage" if config.kafka.servers else "nabat run"
    when = f"{worker} разбирает их" if outcome.soon else f"Они будут разобраны при следующем запуске {worker}"
    print(f"Возвращено в журнал: {outcome.returned}. {when}." if outcome.returned else "Возвращать нечего.")
    for refused in outcome.refused:
        print(f"не возвращено {refused}", file=sys.stderr)
    return 1 if outcome.refused else 0


def _sealer(config: Config) -> Sealer:
    return Sealer(load_key(config.privacy.dead_letter_key_file, Path(config.nabat.data) / "keys" / "dead-letters.key"))


async def _list(config: Config, wanted: Wanted) -> Listed:
    answer = await ask(Path(config.nabat.data), letters.LIST, asdict(wanted))
    if answer is not None:
        return decode(answer, Listed)
    store = Store(config, Metrics(CollectorRegistry()))
    try:
        await store.open()
        return await letters.listed(store.reader(), _sealer(config), wanted)
    finally:
        await store.close()


async def _retry(config: Config, wanted: Wanted) -> Retried:
    answer = await ask(Path(config.nabat.data), letters.RETRY, asdict(wanted))
    if answer is not None:
        return decode(answer, Retried)
    store = Store(config, Metrics(CollectorRegistry()))
    try:
        await store.open()
        cluster = bool(config.kafka.servers)
        log: Log = await (open_kafka(config) if cluster else open_log(config))
        try:
            regions = [profile.id for profile in regions_of(config)] if cluster else [load_profile(config.nabat.region).id]
            outcome = await letters.retried(store.reader(), log, _sealer(config), regions, SystemClock().now(), wanted)
            return replace(outcome, soon=cluster)
        finally:
            await log.close()
    finally:
        await store.close()


def _print(letter: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(orjson.dumps(letter).decode())
        return
    at = datetime.fromtimestamp(letter["at"] / 1000, UTC).isoformat(timespec="seconds")
    print(f"{letter['id']}  {at}  {letter['source'] or '—'}  {letter['scope']}  {letter['reason']}: {letter['detail']}")
    if "payload" in letter:
        print(f"    {letter['payload']}")

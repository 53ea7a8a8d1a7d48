"""``nabat deadletters``: shows what could not be taken, and brings it back into the log."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from prometheus_client import CollectorRegistry

from monitor.cli.common import add_config, config_of, start_logging
from monitor.clock import SystemClock
from monitor.config import Config
from monitor.log.base import PAGES, Append, partition_of
from monitor.metrics.catalogue import Metrics
from monitor.model.errors import NabatError
from monitor.model.position import Position
from monitor.profile.load import load_profile
from monitor.runtime.embedded import open_log
from monitor.runtime.keys import Sealer, load_key
from monitor.runtime.store import Store
from monitor.triage.retry import again


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("deadletters", help="что не удалось принять: показать или вернуть на разбор")
    actions = parser.add_subparsers(title="действия", metavar="ДЕЙСТВИЕ", required=True)
    show = actions.add_parser("list", help="показать, сколько, откуда и почему")
    retry = actions.add_parser("retry", help="вернуть в журнал; разбор при следующем запуске nabat run")
    for action in (show, retry):
        add_config(action)
        action.add_argument("--source", default="", metavar="ID", help="только этого источника")
        action.add_argument("--reason", default="", help="только с этой причиной")
        action.add_argument("--limit", type=int, default=1000, help="не больше стольких, новейшие первыми (1000)")
    show.add_argument("--json", action="store_true", help="по объекту JSON на строку")
    show.add_argument("--payload", action="store_true", help="показать и содержимое (личные данные!)")
    show.set_defaults(run=run, action="list")
    retry.set_defaults(run=run, action="retry")


def run(args: argparse.Namespace) -> int:
    config = config_of(args)
    start_logging(config, quiet=True)
    return asyncio.run(_list(config, args) if args.action == "list" else _retry(config, args))


async def _letters(store: Store, args: argparse.Namespace) -> list[dict[str, Any]]:
    return await store.reader().query(
        "SELECT id, region, source, scope, reason, detail, at, hex(payload) AS payload, version FROM current_dead_letters"
        " WHERE status = 'dead' AND id NOT IN (SELECT id FROM current_dead_letters WHERE status = 'retried')"
        " AND ({source:String} = '' OR source = {source:String})"
        " AND ({reason:String} = '' OR reason = {reason:String}) ORDER BY version DESC LIMIT {limit:UInt32}",
        {"source": args.source, "reason": args.reason, "limit": args.limit},
    )


def _opened(letter: dict[str, Any], sealer: Sealer, number: int) -> bytes:
    position = Position.unpack(int(letter["version"]))
    place = f"{position.epoch}-{position.partition}-{position.offset}-{number}"
    return sealer.open(bytes.fromhex(letter["payload"]), place.encode())


def _sealer(config: Config) -> Sealer:
    return Sealer(load_key(config.privacy.dead_letter_key_file, Path(config.nabat.data) / "keys" / "dead-letters.key"))


async def _list(config: Config, args: argparse.Namespace) -> int:
    store = Store(config, Metrics(CollectorRegistry()))
    try:
        await store.open()
        letters = await _letters(store, args)
        sealer = _sealer(config) if args.payload else None
        for letter in letters:
            position = Position.unpack(int(letter["version"]))
            payload = _opened(letter, sealer, position.item) if sealer else b""
            _print(letter, payload, args.json)
        if not args.json:
            print(f"Всего: {len(letters)}" if letters else "Недоставленных нет.")
    finally:
        await store.close()
    return 0


def _print(letter: dict[str, Any], payload: bytes, as_json: bool) -> None:
    shown = {name: letter[name] for name in ("id", "region", "source", "scope", "reason", "detail", "at")}
    if payload:
        shown["payload"] = payload.decode("utf-8", "replace")
    if as_json:
        print(orjson.dumps(shown).decode())
        return
    at = datetime.fromtimestamp(letter["at"] / 1000, UTC).isoformat(timespec="seconds")
    print(f"{letter['id']}  {at}  {letter['source'] or '—'}  {letter['scope']}  {letter['reason']}: {letter['detail']}")
    if payload:
        print(f"    {shown['payload']}")


async def _retry(config: Config, args: argparse.Namespace) -> int:
    """Log first: a letter is marked as retried by triage, when it takes the page that brings it back."""
    store = Store(config, Metrics(CollectorRegistry()))
    try:
        await store.open()
        log = await open_log(config)
        try:
            letters = await _letters(store, args)
            sealer = _sealer(config)
            partitions = log.layout.partitions[PAGES]
            regions = frozenset({load_profile(config.nabat.region).id})
            now = SystemClock().now()
            records, refused = [], []
            for letter in reversed(letters):
                try:
                    payload = _opened(letter, sealer, Position.unpack(int(letter["version"])).item)
                    page = again(letter, payload, regions)
                except NabatError as error:
                    refused.append(f"{letter['id']}: {error}")
                    continue
                # A page that was refused whole told the letter no source; it goes where its source's posts are known.
                source = str(letter["source"] or json.loads(page)["source"])
                records.append(Append(PAGES, partition_of(source, partitions), source, page, now))
            await log.append(records)
        finally:
            await log.close()
    finally:
        await store.close()
    print(f"Возвращено в журнал: {len(records)}. Они будут разобраны при следующем запуске nabat run.")
    _say(refused)
    return 1 if refused else 0


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        print(f"не возвращено {line}", file=sys.stderr)

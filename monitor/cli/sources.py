"""``nabat sources``: how all sources and tokens stand, and adding a source by the address that people paste from a browser."""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

import orjson
from prometheus_client import CollectorRegistry

from monitor.cli import sources_shown
from monitor.cli.common import add_config, config_of, start_logging
from monitor.cli.watching import Watching, watching
from monitor.clock import SystemClock
from monitor.cluster.settings import open_log as open_kafka
from monitor.config import Config
from monitor.log.base import Log
from monitor.metrics.catalogue import Metrics
from monitor.model.codec import decode
from monitor.model.errors import ConfigError, NabatError, RetryableError
from monitor.model.source import Source, SourceClass, SourceKind
from monitor.profile.append import append_source, own_folder
from monitor.profile.load import load_profile
from monitor.profile.model import Profile
from monitor.runtime import probing, states
from monitor.runtime.compose import classifier
from monitor.runtime.folder import open_log
from monitor.runtime.local import ask
from monitor.runtime.probing import Probed, Question, probe, standings
from monitor.runtime.store import Store
from monitor.runtime.watched import read_secrets
from sources.pasted import Pasted, recognise

SAID_AFTER = 3.0
"""Seconds of silence after which it is said what is waited for."""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("sources", help="источники: состояние, токены, добавить по адресу")
    add_config(parser)
    parser.add_argument("--json", action="store_true", help="по объекту JSON на строку")
    parser.set_defaults(run=run, action="list")
    actions = parser.add_subparsers(title="действия", metavar="ДЕЙСТВИЕ")
    new = actions.add_parser("add", help="добавить источник: VK, Telegram, Одноклассники, MAX, RSS")
    new.add_argument("address", metavar="URL", help="адрес из браузера, @имя, search:текст, bot:имя_токена, имя_токена/-чат")
    new.add_argument("--territory", default="", metavar="ID", help="чьи жители там пишут; без этого — весь регион")
    new.add_argument("--kind", choices=get_args(SourceKind), help="вид; без этого community, у лент feed")
    new.add_argument("--weight", choices=get_args(SourceClass), default="ordinary", help="как часто читать (ordinary)")
    new.add_argument("--name", default="", help="название; без этого — как его называет сеть")
    new.add_argument("--dry-run", action="store_true", help="только проверить и показать")
    tokens = actions.add_parser("tokens", help="как обстоят дела с токенами (без их значений)")
    for action, name in ((new, "add"), (tokens, "tokens")):
        add_config(action)
        action.set_defaults(action=name)
    tokens.add_argument("--json", action="store_true", help="по объекту JSON на строку")


def run(args: argparse.Namespace) -> int:
    config = config_of(args)
    start_logging(config, quiet=True)
    if args.action == "add":
        return _add(config, args)
    profile = load_profile(config.nabat.region)
    whole = True
    if args.action == "tokens":
        rows = asyncio.run(_tokens(config, profile))
    else:
        rows, whole = asyncio.run(_states(config, profile))
    if args.json:
        for row in rows:
            print(orjson.dumps(row).decode())
    else:
        print((sources_shown.tokens if args.action == "tokens" else sources_shown.states)(rows, profile.calendar.timezone))
    return 0 if whole else 1


async def _states(config: Config, profile: Profile) -> tuple[list[dict[str, Any]], bool]:
    """Those of the store, and the profile's sources that nobody has read yet; whether all is there, the history too."""
    whole = True
    answer = await ask(Path(config.nabat.data), states.LIST, {})
    if answer is not None:
        rows: list[dict[str, Any]] = orjson.loads(answer)
    else:
        store = Store(config, Metrics(CollectorRegistry()))
        log: Log | None = None
        try:
            log = await _log(config)
            whole = log is not None
            await store.open()
            rows = await states.states(store.reader(), log)
        finally:
            await store.close()
            if log is not None:
                await log.close()
    watched = profile.sources
    # A cluster's store has other regions too; a source that was taken out of the profile is watched no more.
    kept = [row for row in rows if row["region"] != profile.id or row["source"] in watched]
    known = {row["source"] for row in kept}
    never = {"state": "new", "fetched_at": 0, "covered_until": 0, "posts": 0, "error": ""}
    for one in watched.values():
        if one.id not in known:
            about = {"region": one.region, "source": one.id, "network": one.network, "name": one.name}
            kept.append({**about, "kind": one.kind, "territory": one.territory, **never})
    return kept, whole


async def _log(config: Config) -> Log | None:
    """None: a cluster's log does not answer, and the store knows all but the history."""
    if not config.kafka.servers:
        return await open_log(config)
    section = config.kafka
    waiting = asyncio.get_running_loop().call_later(
        SAID_AFTER, _say, f"Жду ответа Kafka ({section.servers}), не дольше {section.timeout:g} с …"
    )
    try:
        async with asyncio.timeout(section.timeout):
            return await open_kafka(config)
    except (RetryableError, TimeoutError) as error:
        why = f": {error}" if str(error) else f" {section.timeout:g} с"
        _say(f"Kafka ({section.servers}) не отвечает{why}. Сколько истории прочитано, не видно.")
        return None
    finally:
        waiting.cancel()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


async def _tokens(config: Config, profile: Profile) -> list[dict[str, Any]]:
    answer = await ask(Path(config.nabat.data), probing.TOKENS, {})
    if answer is not None:
        rows: list[dict[str, Any]] = orjson.loads(answer)
        return rows
    if config.kafka.servers:
        tokens, _ = read_secrets(config)
        return [{"network": one.network, "kind": one.kind, "name": one.name, "state": "elsewhere"} for one in tokens]
    own = watching(config, {})
    log = await open_log(config)
    try:
        await own.connections.open(log)
        return standings(own.connections.budgets)
    finally:
        await own.connections.close()
        await log.close()


def _add(config: Config, args: argparse.Namespace) -> int:
    profile = load_profile(config.nabat.region)
    pasted = recognise(args.address)
    if pasted is None:
        raise ConfigError([f"{args.address!r}: адрес не распознан; вставьте адрес сообщества, канала, группы или ленты"])
    if pasted.problem:
        raise ConfigError([pasted.problem])
    if args.territory and args.territory not in profile.territories:
        raise ConfigError([f"--territory: территории {args.territory!r} в профиле нет; напишите id из territories.csv"])
    folder = None if args.dry_run else own_folder(config.nabat.region)
    question = Question(pasted.network, pasted.address, args.kind or pasted.kind, args.territory)
    try:
        found = asyncio.run(_probe(config, profile, question))
    except NabatError as error:
        print(f"Не добавлен: {error}", file=sys.stderr)
        return 1
    source = _source(profile, Pasted(pasted.network, found.address), question, found, args)
    sources_shown.show(source, found, profile)
    if twin := next((one for one in profile.sources.values() if _same(one, source)), None):
        print(f"Он уже есть в профиле: {twin.id}", file=sys.stderr)
        return 1
    if folder is not None:
        path, line = append_source(folder, source)
        print(f"Записан: {path}:{line}. nabat run начнёт читать его после перезапуска.")
    return 0


async def _probe(config: Config, profile: Profile, question: Question) -> Probed:
    """By the process that runs on the data folder, else here, within the same limits."""
    answer = await ask(Path(config.nabat.data), probing.PROBE, asdict(question))
    if answer is not None:
        return decode(answer, Probed)
    if config.kafka.servers:
        raise ConfigError(["в кластере токены заняты сборщиками: проверьте источник там, где кластера нет, или впишите строку сами"])
    own: Watching = watching(config, {config.nabat.region: profile}, check=False)
    log = await open_log(config)
    try:
        await own.connections.open(log)
        return await probe(question, profile.id, own.adapters[profile.id], classifier(config, profile), SystemClock())
    finally:
        for adapter in own.adapters[profile.id].values():
            await adapter.close()
        await own.connections.close()
        await log.close()


def _source(profile: Profile, pasted: Pasted, question: Question, found: Probed, args: argparse.Namespace) -> Source:
    name = " ".join((args.name or found.name).split())
    return Source(
        pasted.id,
        pasted.network,
        question.kind,
        profile.id,
        found.address,
        name,
        question.territory,
        args.weight,
        found.members,
    )


def _same(one: Source, other: Source) -> bool:
    return one.id == other.id or (one.network, one.address.lower()) == (other.network, other.address.lower())

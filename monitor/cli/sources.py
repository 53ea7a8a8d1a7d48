"""``nabat sources``: how all sources and tokens stand, and adding a source by the address that people paste from a browser."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import orjson
from prometheus_client import CollectorRegistry

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
from sources.budgets.pool import REASONS
from sources.pasted import Pasted, recognise

STATES = {
    "new": "ещё не читался",
    "ok": "в порядке",
    "empty": "пуст",
    "catching_up": "догоняет",
    "limited": "ограничен",
    "silent": "молчит",
    "unavailable": "недоступен",
    "broken": "не разобран",
    "forbidden": "закрыт",
    "gone": "исчез",
    "parked": "остановлен",
}
KINDS = {"complaint": "жалоба", "question": "вопрос", "suggestion": "предложение", "thanks": "благодарность", "chatter": "разговор"}
BAR = 10
TOKENS = {"ready": "готов", "resting": "отдыхает", "parked": "отставлен", "elsewhere": "у другого сборщика"}


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
    zone = profile.calendar.timezone
    rows = asyncio.run(_tokens(config, profile) if args.action == "tokens" else _states(config, profile))
    if args.json:
        for row in rows:
            print(orjson.dumps(row).decode())
    elif args.action == "tokens":
        print("\n".join(_token(row, zone) for row in rows) or "Токенов нет: файл с ними называют в networks.tokens_file.")
    else:
        print("\n".join(_state(row, zone) for row in rows) or "Источников нет: nabat sources add URL.")
        counts = Counter(row["state"] for row in rows)
        print("Всего: " + ", ".join([str(len(rows)), *(f"{STATES[name]} {counts[name]}" for name in STATES if counts[name])]))
        if history := _history(rows):
            print(history)
    return 0


async def _states(config: Config, profile: Profile) -> list[dict[str, Any]]:
    """Those of the store, and the profile's sources that nobody has read yet."""
    answer = await ask(Path(config.nabat.data), states.LIST, {})
    if answer is not None:
        rows: list[dict[str, Any]] = orjson.loads(answer)
    else:
        store = Store(config, Metrics(CollectorRegistry()))
        log: Log | None = None
        try:
            log = await _log(config)
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
    return kept


async def _log(config: Config) -> Log | None:
    """None: a cluster's log does not answer, and the store knows all but the history."""
    if not config.kafka.servers:
        return await open_log(config)
    try:
        return await open_kafka(config)
    except RetryableError as error:
        print(f"Kafka не отвечает, сколько истории прочитано, не видно: {error}", file=sys.stderr)
        return None


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
    _show(source, found, profile)
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


def _show(source: Source, found: Probed, profile: Profile) -> None:
    members = f", участников: {found.members}" if found.members else ""
    print(f"{source.id}: {source.name or 'без названия'} ({source.network}, {source.kind}{members})")
    if not found.posts:
        print("  Сообщений за последнее время нет.")
    for post in found.posts:
        words = " ".join(str(post["text"]).split())
        where = profile.territories[post["territory"]].name if post["territory"] in profile.territories else ""
        about = ", ".join(filter(None, (KINDS[post["kind"]], post["theme"], where)))
        print(f"  {_when(post['at'], profile.calendar.timezone)}  [{about}] {words[:100]}{'…' * (len(words) > 100)}")


def _state(row: dict[str, Any], zone: ZoneInfo) -> str:
    read, covered = _when(row["fetched_at"], zone), _when(row["covered_until"], zone)
    text = f"{row['source']:32} {STATES.get(row['state'], row['state']):16} прочитан {read}  полно до {covered}  {row['posts']:>7}"
    if "history_percent" in row:
        text += f"  история {_bar(row['history_percent'])} (с {_when(row['history_from'], zone)})"
    return f"{text}  {row['name']}" + (f"  — {row['error']}" if row["error"] else "")


def _history(rows: Sequence[dict[str, Any]]) -> str:
    """How far the history of all sources is that it is read of; empty where none is asked for."""
    shares = [row["history_percent"] for row in rows if "history_percent" in row]
    if not shares:
        return ""
    return f"История: {_bar(sum(shares) // len(shares))}, прочитана у {shares.count(100)} из {len(shares)} источников"


def _bar(percent: int) -> str:
    full = percent * BAR // 100
    return f"{'█' * full}{'░' * (BAR - full)} {percent:>3} %"


def _token(row: dict[str, Any], zone: ZoneInfo) -> str:
    text = f"{row['network']:7} {row['kind']:12} {row['name']:24} {TOKENS[row['state']]}"
    if row.get("reason"):
        text += f": {REASONS[row['reason']]}" + (f" ({row['method']})" if row["method"] else "")
        text += f" до {_when(row['until'], zone)}" if row["until"] else ", пока его не заменят"
    used: Sequence[str] = [f"{method} {row['used'].get(method, 0)}/{quota}" for method, quota in row.get("quota", {}).items()]
    return text + (f"; за сутки: {', '.join(used)}" if used else "")


def _when(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at / 1000, zone).strftime("%d.%m %H:%M") if at else "никогда"

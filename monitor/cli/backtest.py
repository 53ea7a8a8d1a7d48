"""``nabat backtest``: stored history judged again with other settings of tension, and what would have fired."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import orjson
from prometheus_client import CollectorRegistry

from monitor.cli.common import add_config, expect_data, start_logging
from monitor.config import Config, load
from monitor.config.option import keys
from monitor.config.sections import SECTIONS
from monitor.metrics.catalogue import Metrics
from monitor.model.errors import ConfigError
from monitor.problems import advice, quoted
from monitor.profile.load import load_profile
from monitor.profile.model import Profile
from monitor.runtime.backtest import Replayed, backtest
from monitor.runtime.compose import DAY, watch_settings
from monitor.runtime.store import Store
from monitor.watch.backtest import Fired, compared
from monitor.watch.settings import WatchSettings

LEVELS = {"notice": "внимание", "urgent": "срочно", "flash": "опасность"}
SETTABLE = ("spikes", "watch")
"""Sections whose settings tension knows; a key without one is of the first."""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("backtest", help="прогнать накопленную историю с другими настройками всплесков и сравнить тревоги")
    parser.add_argument("--from", dest="since", required=True, metavar="TIME", help="начало (ISO 8601; без пояса — время региона)")
    parser.add_argument("--to", dest="until", required=True, metavar="TIME", help="конец, не включая его")
    parser.add_argument(
        "--set", dest="settings", action="append", default=[], metavar="KEY=VALUE",
        help="другое значение настройки: per_week=5, spikes.flash=120, watch.bucket_seconds=600; можно несколько раз",
    )  # fmt: skip
    add_config(parser)
    parser.add_argument("--json", action="store_true", help="по объекту JSON на строку вместо таблицы")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    config = _config(args)
    start_logging(config, quiet=True)
    profile = load_profile(config.nabat.region)
    settings = watch_settings(config, profile)
    since, until = (_moment(name, text, profile) // settings.bucket * settings.bucket for name, text in _times(args))
    if since >= until:
        raise ConfigError(["--to: должно быть позже --from"])
    expect_data(config)
    replayed = asyncio.run(_replay(config, profile, settings, since, until, _progress if sys.stderr.isatty() else _silent))
    (_print_json if args.json else _print)(profile, replayed, (until - since) / (7 * DAY))
    return 0


def _times(args: argparse.Namespace) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("--from", args.since), ("--to", args.until)


def _config(args: argparse.Namespace) -> Config:
    """The configuration with what ``--set`` says instead, checked as a file's would be. Raises ConfigError."""
    environ = dict(os.environ)
    settings: dict[str, str] = {}
    for setting in args.settings:
        key, found, value = setting.partition("=")
        section, _, name = key.strip().rpartition(".")
        if not found or (section or SETTABLE[0]) not in SETTABLE:
            raise ConfigError([f"--set {setting}: нужно KEY=VALUE с настройкой из разделов {', '.join(SETTABLE)}"])
        known = [one.name for one in keys(SECTIONS[section or SETTABLE[0]])]
        if name not in known:
            raise ConfigError([f"--set {setting}: нет настройки {quoted(name)}; {advice(name, known)}"])
        variable = f"NABAT_{section or SETTABLE[0]}__{name}".upper()
        environ[variable], settings[variable] = value.strip(), setting
    try:
        config = load(args.config, environ)
    except ConfigError as error:
        # Whoever wrote --set knows of no variable.
        told = [problem.partition(":") for problem in error.problems]
        raise ConfigError(
            [f"--set {settings[at]}:{what}" if at in settings else f"{at}{colon}{what}" for at, colon, what in told]
        ) from None
    said = {name: value for name in ("data", "region") if (value := getattr(args, name)) is not None}
    return replace(config, nabat=replace(config.nabat, **said)) if said else config


def _moment(name: str, text: str, profile: Profile) -> int:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError([f"{name}: {text}: это не время ISO 8601, например 2026-01-12T08:00"]) from None
    return int((time if time.tzinfo else time.replace(tzinfo=profile.calendar.timezone)).timestamp() * 1000)


async def _replay(
    config: Config, profile: Profile, settings: WatchSettings, since: int, until: int, progress: Callable[[float], None]
) -> Replayed:
    store = Store(config, Metrics(CollectorRegistry()))
    try:
        await store.open()
        return await backtest(store.reader(), profile, settings, since, until, progress)
    finally:
        await store.close()


def _silent(share: float) -> None:
    pass


def _progress(share: float) -> None:
    print(f"\r{share:4.0%}", end="\n" if share >= 1.0 else "", file=sys.stderr, flush=True)


def _print(profile: Profile, replayed: Replayed, weeks: float) -> None:
    pairs = compared(replayed.then, replayed.now)
    rows = [("Тревога", "Тогда", "Теперь")]
    for then, now in pairs:
        one = then or now
        if one is not None:
            rows.append((one.title, _cell(profile, then), _cell(profile, now)))
    if len(rows) > 1:
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        for row in rows:
            print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
        print()
    print(f"Обращений: {replayed.appeals}; дней, по которым выучено обычное: {replayed.learned_days}")
    both = sum(then is not None and now is not None for then, now in pairs)
    print(f"Тревог тогда: {len(replayed.then)}, теперь: {len(replayed.now)}, общих: {both}")
    print(f"За неделю тогда: {_weekly(replayed.then, weeks)}, теперь: {_weekly(replayed.now, weeks)}")


def _print_json(profile: Profile, replayed: Replayed, weeks: float) -> None:
    for then, now in compared(replayed.then, replayed.now):
        print(orjson.dumps({"then": then and then._asdict(), "now": now and now._asdict()}).decode())
    counts = {"then": len(replayed.then), "now": len(replayed.now), "weeks": round(weeks, 3)}
    print(orjson.dumps({**counts, "appeals": replayed.appeals, "learned_days": replayed.learned_days}).decode())


def _cell(profile: Profile, one: Fired | None) -> str:
    if one is None:
        return "—"
    at = datetime.fromtimestamp(one.at / 1000, profile.calendar.timezone)
    return f"{at:%d.%m %H:%M} {LEVELS[one.level]}"


def _weekly(fired: list[Fired], weeks: float) -> str:
    return f"{len(fired) / weeks:.1f}".replace(".", ",")

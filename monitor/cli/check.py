"""``nabat check``: tells every error of the configuration and the region profile, or what they amount to."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path

from detectors.taxonomy.load import taxonomy
from monitor.config import Config, defaults_toml, load
from monitor.model.errors import ConfigError
from monitor.model.verdict import GROUPS, Urgency
from monitor.problems import Problems
from monitor.profile.blocks_file import read_blocks
from monitor.profile.copy import copy_profile
from monitor.profile.load import load_profile, profile_folder
from monitor.profile.model import Deadline, Profile
from monitor.profile.works_file import read_works
from monitor.runtime.compose import classifier
from monitor.runtime.delivery import delivery_of
from monitor.runtime.watched import check_watched, read_secrets

URGENCIES = {Urgency.NORMAL: "обычная", Urgency.RAISED: "повышенная", Urgency.URGENT: "срочная", Urgency.DANGER: "опасность"}
TERRITORIES = {"municipality": "муниципалитеты", "district": "районы городов", "settlement": "населённые пункты"}
PLACES = {"street": "улицы", "microdistrict": "микрорайоны", "settlement": "населённые пункты", "facility": "объекты"}
LEVELS = {"municipal": "муниципальные", "regional": "региональные", "federal": "федеральные", "utility": "ресурсные и прочие"}
CHANNELS = {"telegram": "Telegram", "max": "MAX", "email": "почта", "sms": "SMS", "webhook": "вебхуки"}
KINDS = {"community": "сообщества", "official": "официальные", "feed": "ленты", "intake": "приём обращений"}


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("check", help="проверить настройки и профиль региона, показать все ошибки с файлом и строкой")
    parser.add_argument("--config", type=Path, metavar="FILE", help="файл настроек (без него действуют значения по умолчанию)")
    parser.add_argument("--region", metavar="NAME|DIR", help="профиль региона вместо указанного в настройках")
    parser.add_argument("--copy", nargs=2, metavar=("NAME", "DIR"), help="скопировать профиль в новую папку, чтобы сделать свой")
    parser.add_argument("--defaults", action="store_true", help="вывести полный файл настроек с пояснениями (на английском)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Exit code 0: all is well; 1: there are errors, each on a line of stderr."""
    if args.defaults:
        print(defaults_toml(), end="")
        return 0
    try:
        if args.copy:
            name, folder = args.copy
            for path in copy_profile(name, Path(folder)):
                print(f"Записан {path}")
            _print_profile(load_profile(folder), Path(folder))
            return 0
        return _check(args.config, args.region)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 1


def _check(path: Path | None, region: str | None) -> int:
    """Both files are read even if one is wrong, so that all errors are seen at once."""
    problems: list[str] = []
    config: Config | None = None
    profile: Profile | None = None
    try:
        config = load(path, os.environ)
    except ConfigError as error:
        problems += error.problems
    name = region or (config.nabat.region if config else "")
    if name:
        try:
            profile = load_profile(name)
        except ConfigError as error:
            problems += error.problems
    if config is not None:
        try:
            secrets = read_secrets(config)
            if profile is not None:
                check_watched(config, profile, name, *secrets)
        except ConfigError as error:
            problems += error.problems
    if config is not None and profile is not None and not config.triage.model:
        # A model of the region's own brings themes of its own.
        unknown = Problems()
        read_blocks(profile_folder(name), unknown, taxonomy().themes)
        try:
            unknown.raise_any()
        except ConfigError as error:
            problems += error.problems
    if config is not None and profile is not None:
        try:
            delivery = delivery_of(config, [profile])
        except ConfigError as error:
            problems += error.problems
        for read in (lambda: classifier(config, profile), lambda: read_works(profile_folder(name), profile, 0)):
            try:
                read()
            except ConfigError as error:
                problems += error.problems
    if problems or config is None or profile is None:
        raise ConfigError(problems)
    print(f"Настройки: {path or 'значения по умолчанию'}; отпечаток {config.digest()}")
    print(f"Данные: {config.nabat.data}; ClickHouse: {config.clickhouse.url or 'встроенный'}")
    print(f"Адресаты: {len(delivery.destinations)}{_parts((one.channel for one in delivery.destinations.values()), CHANNELS)}")
    _print_profile(profile, profile_folder(name))
    return 0


def _print_profile(profile: Profile, folder: Path) -> None:
    for line in summary(profile, folder, taxonomy().themes):
        print(line)


def summary(profile: Profile, folder: Path, themes: Collection[str]) -> list[str]:
    """What the profile amounts to, in Russian, a fact a line; what is missing is said, not hidden.

    A route of a theme that is not among ``themes`` is no error: a model trained on a region's history brings its own.
    """
    territories = profile.territories.values()
    unknown = Counter(territory.kind for territory in territories if territory.population is None)
    owned = {route.group for route in profile.routes if not route.theme and route.territory in ("", profile.id)}
    lines = [
        f"Регион: {profile.name} ({profile.id}), часовой пояс {profile.calendar.timezone.key}; отпечаток {profile.digest}",
        f"Папка: {folder}",
        f"Территории: {len(profile.territories)}{_parts((t.kind for t in territories), TERRITORIES)}",
        f"Население неизвестно: {sum(unknown.values())}{_parts(unknown.elements(), TERRITORIES)}",
        f"Места: {len(profile.places)}{_parts((place.kind for place in profile.places), PLACES)}",
        f"Исполнители: {len(profile.bodies)}{_parts((body.level for body in profile.bodies.values()), LEVELS)}",
        f"Маршруты: {len(profile.routes)}; группы без исполнителя: {', '.join(g for g in GROUPS if g not in owned) or 'нет'}",
        "Сроки: " + "; ".join(_deadline(deadline) for _, deadline in sorted(profile.deadlines.items())),
    ]
    foreign = sorted({route.theme for route in profile.routes if route.theme and route.theme not in themes})
    if foreign:
        lines.append(f"Маршруты по темам, которых нет во встроенном классификаторе: {', '.join(foreign)}")
    if profile.blocks:
        lines.append(f"Блоки региона: {', '.join(sorted(set(profile.blocks.values())))}")
    holidays = profile.calendar.holidays
    lines.append(f"Праздники: {len(holidays)}, последний {max(holidays):%d.%m.%Y}" if holidays else "Праздники: не указаны")
    escalating = sum(bool(role.deputy or role.head) for role in profile.duty)
    lines.append(f"Дежурные роли: {len(profile.duty)}; с заместителем или руководителем: {escalating}")
    sources = profile.sources.values()
    lines.append(f"Источники: {len(sources)}{_parts((source.kind for source in sources), KINDS)}")
    if not sources:
        lines.append("Наблюдать пока нечего: впишите источники в sources.csv.")
    return lines


def _parts(kinds: Iterable[str], words: dict[str, str]) -> str:
    counts = Counter(kinds)
    parts = ", ".join(f"{word}: {counts[kind]}" for kind, word in words.items() if counts[kind])
    return f" ({parts})" if parts else ""


def _deadline(deadline: Deadline) -> str:
    hours = f"{deadline.hours:g} {'рабочих ч' if deadline.clock == 'working' else 'ч'}"
    return f"{URGENCIES[deadline.urgency]} {hours}"

"""Which values the configuration takes: the type and limits of one key, and what keys must be together."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from monitor.config.network_values import check_networks
from monitor.config.option import Key
from monitor.config.secret import Secret
from monitor.config.sections import Config
from monitor.problems import Problems, advice, quoted
from monitor.profile.load import builtin_names

DAY = 86_400


@dataclass(slots=True, frozen=True)
class Origin:
    """Where a value was written: a file's line, or an environment variable (line 0). ``base`` is what paths are relative to."""

    place: str
    line: int
    base: Path


Given = dict[tuple[str, str], tuple[Any, Origin]]
"""What people wrote, by section and key."""


class WrongValue(Exception):
    """The value can't be taken; the message says why and what to do, and never quotes a secret."""


def take(key: Key, value: Any, base: Path) -> Any:
    """The value of a key in its type, within its limits; paths become relative to ``base``. Raises WrongValue."""
    if key.type is int or key.type is float:
        return _number(key, value)
    if key.type is Secret:
        if isinstance(value, Secret):
            return value
        if not isinstance(value, str):
            raise WrongValue("— нужен текст; напишите его в кавычках")
        return Secret(value)
    if isinstance(value, Path):
        return base / value
    if value is None:
        return None
    if not isinstance(value, str):
        raise WrongValue("— нужен текст; напишите его в кавычках")
    if key.type is not str:
        if "\0" in value:
            raise WrongValue("— не путь; уберите знак с кодом 0")
        if value:
            return base / value
        if key.default is None:
            return None
        raise WrongValue("не заполнено; напишите путь")
    if key.option.choices and value not in key.option.choices:
        raise WrongValue(f"{quoted(value)} — неизвестное значение; {advice(value, key.option.choices)}")
    if key.name == "region":
        return _region(value, base)
    if key.name == "regions":
        return ",".join(_region(name.strip(), base) for name in value.split(",")) if value else ""
    return value


def _number(key: Key, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int if key.type is int else int | float):
        raise WrongValue(f"— нужно {'целое ' if key.type is int else ''}число; напишите его без кавычек")
    low, high = key.option.limits
    if not low <= value <= high:  # not a number is in no range
        shown = quoted(value).strip("'")
        raise WrongValue(f"равно {shown}; допустимо от {low} до {high}")
    return int(value) if key.type is int else float(value)


def _region(value: str, base: Path) -> str:
    if not value or "\0" in value:
        raise WrongValue(f"{quoted(value)} — такого региона нет; напишите папку или одно из: {', '.join(builtin_names())}")
    return value if value in builtin_names() else str(base / value)


def check_together(config: Config, given: Given, problems: Problems) -> None:
    """Notes what is wrong although each value alone is right."""

    def wrong(section: str, names: tuple[str, ...], what: str) -> None:
        name = next((name for name in names if (section, name) in given), names[0])
        origin = given[section, name][1] if (section, name) in given else Origin("default", 0, Path())
        problems.add(origin.place, origin.line, f"{section}.{names[0]} {what}")

    if not _is_address(config.console.host):
        wrong(
            "console",
            ("host",),
            f"{quoted(config.console.host)} — не адрес этой машины; напишите 127.0.0.1 или 0.0.0.0",
        )
    if config.clickhouse.url and (fault := _fault_of_url(config.clickhouse.url)):
        wrong("clickhouse", ("url",), fault)
    if not config.clickhouse.database.isidentifier() or not config.clickhouse.database.isascii():
        wrong("clickhouse", ("database",), "— не имя базы; допустимы латинские буквы, цифры и _")
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,200}", config.kafka.prefix):
        wrong("kafka", ("prefix",), "не годится в начало имён тем; допустимы латинские буквы, цифры и знаки . _ -")
    if config.kafka.min_insync_replicas > config.kafka.replication_factor:
        wrong("kafka", ("min_insync_replicas", "replication_factor"), "больше kafka.replication_factor; уменьшите")
    if config.crawl.post_bytes > config.crawl.page_bytes:
        wrong("crawl", ("post_bytes", "page_bytes"), "больше crawl.page_bytes; сообщение должно входить в страницу")
    if DAY % config.watch.bucket_seconds:
        wrong(
            "watch",
            ("bucket_seconds",),
            f"равно {config.watch.bucket_seconds}, сутки на него не делятся; годится, например, 300",
        )
    check_networks(config, wrong)
    if config.spikes.notice >= config.spikes.urgent:
        wrong("spikes", ("urgent", "notice"), "не больше spikes.notice; уровни должны расти")
    if config.spikes.urgent >= config.spikes.flash:
        wrong("spikes", ("flash", "urgent"), "не больше spikes.urgent; уровни должны расти")


def _is_address(host: str) -> bool:
    try:
        return host == "localhost" or bool(ipaddress.ip_address(host))
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _fault_of_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "— не адрес; напишите его как http://localhost:8123"
    if parts.username or parts.password:
        return "содержит имя или пароль; для них есть clickhouse.user и clickhouse.password"
    if parts.scheme not in ("http", "https") or not host:
        return "— не адрес; напишите его как http://localhost:8123"
    return ""

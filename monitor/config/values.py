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
            raise WrongValue("must be a text; write it in quotation marks")
        return Secret(value)
    if isinstance(value, Path):
        return base / value
    if value is None:
        return None
    if not isinstance(value, str):
        raise WrongValue("must be a text; write it in quotation marks")
    if key.type is not str:
        if "\0" in value:
            raise WrongValue("is no path; take out the character with code 0")
        if value:
            return base / value
        if key.default is None:
            return None
        raise WrongValue("is empty; write a path")
    if key.option.choices and value not in key.option.choices:
        raise WrongValue(f"{quoted(value)} is not known; {advice(value, key.option.choices)}")
    if key.name == "region":
        return _region(value, base)
    if key.name == "regions":
        return ",".join(_region(name.strip(), base) for name in value.split(",")) if value else ""
    return value


def _number(key: Key, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int if key.type is int else int | float):
        raise WrongValue(f"must be a {'whole ' if key.type is int else ''}number; write it without quotation marks")
    low, high = key.option.limits
    if not low <= value <= high:  # not a number is in no range
        shown = quoted(value).strip("'")
        raise WrongValue(f"is {shown}; it must be from {low} to {high}")
    return int(value) if key.type is int else float(value)


def _region(value: str, base: Path) -> str:
    if not value or "\0" in value:
        raise WrongValue(f"{quoted(value)} is no region; write a folder or one of {', '.join(builtin_names())}")
    return value if value in builtin_names() else str(base / value)


def check_together(config: Config, given: Given, problems: Problems) -> None:
    """Notes what is wrong although each value alone is right."""

    def wrong(section: str, names: tuple[str, ...], what: str) -> None:
        name = next((name for name in names if (section, name) in given), names[0])
        origin = given[section, name][1] if (section, name) in given else Origin("default", 0, Path())
        problems.add(origin.place, origin.line, f"{section}.{names[0]} {what}")

    if not _is_address(config.console.host):
        wrong("console", ("host",), f"{quoted(config.console.host)} is no address of this machine; use 127.0.0.1, or 0.0.0.0 for all")
    if config.clickhouse.url and (fault := _fault_of_url(config.clickhouse.url)):
        wrong("clickhouse", ("url",), fault)
    if not config.clickhouse.database.isidentifier() or not config.clickhouse.database.isascii():
        wrong("clickhouse", ("database",), "is no name of a database; use Latin letters, digits and _")
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,200}", config.kafka.prefix):
        wrong("kafka", ("prefix",), "can't begin names of topics; use Latin letters, digits and . _ -")
    if config.kafka.min_insync_replicas > config.kafka.replication_factor:
        wrong("kafka", ("min_insync_replicas", "replication_factor"), "is more than kafka.replication_factor; set it lower")
    if config.crawl.post_bytes > config.crawl.page_bytes:
        wrong("crawl", ("post_bytes", "page_bytes"), "is more than crawl.page_bytes; a post must fit into a page")
    if DAY % config.watch.bucket_seconds:
        wrong("watch", ("bucket_seconds",), f"is {config.watch.bucket_seconds}, no divisor of a day; use for example 300")
    check_networks(config, wrong)
    if config.spikes.notice >= config.spikes.urgent:
        wrong("spikes", ("urgent", "notice"), "is not above spikes.notice; levels must rise")
    if config.spikes.urgent >= config.spikes.flash:
        wrong("spikes", ("flash", "urgent"), "is not above spikes.urgent; levels must rise")


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
        return "is no address; write it like http://localhost:8123"
    if parts.username or parts.password:
        return "holds a user or password; use clickhouse.user and clickhouse.password"
    if parts.scheme not in ("http", "https") or not host:
        return "is no address; write it like http://localhost:8123"
    return ""

"""Which values the sections of the networks take, beyond their types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from monitor.config.sections import Config
from monitor.problems import quoted
from sources.http.addresses import networks

Wrong = Callable[[str, tuple[str, ...], str], None]
"""Takes section, keys and what is wrong."""

_ADDRESSES: Final = (
    ("vk", "api"),
    ("telegram", "preview"),
    ("telegram", "api"),
    ("odnoklassniki", "api"),
    ("max", "api"),
)


def check_networks(config: Config, wrong: Wrong) -> None:
    """Tells ``wrong`` of each value that can't be used."""
    try:
        networks(config.networks.allow_private)
    except ValueError:
        text = quoted(config.networks.allow_private)
        wrong("networks", ("allow_private",), f"{text}: нужны сети или адреса через запятую, например 10.20.0.0/16")
    if config.networks.proxy and not _is_address(config.networks.proxy, ("http",)):
        # It may hold a password.
        wrong("networks", ("proxy",), "не адрес прокси; напишите http://host:port")
    for section, key in _ADDRESSES:
        value: str = getattr(getattr(config, section), key)
        if not _is_address(value, ("http", "https")):
            wrong(section, (key,), f"{quoted(value)}: не адрес; он начинается с https://")
        elif value.endswith("/"):
            wrong(section, (key,), f"{quoted(value)}: уберите / в конце")
    for section in ("odnoklassniki", "rss"):
        zone: str = getattr(config, section).time_zone
        try:
            ZoneInfo(zone)
        except (ValueError, OSError, KeyError):
            wrong(section, ("time_zone",), f"{quoted(zone)}: такого часового пояса нет; напишите, например, Europe/Samara")
    for section in ("vk", "telegram", "max"):
        text = getattr(config, section).officials
        if not all(part.strip().removeprefix("-").isdecimal() for part in text.split(",") if part.strip()):
            wrong(section, ("officials",), f"{quoted(text)}: нужны числа через запятую")


def _is_address(value: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False

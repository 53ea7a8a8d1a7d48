"""Who is meant: a person's keyed hash from what a network calls them, as the crawler makes it."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from monitor.model.errors import ConfigError
from sources.masking import author_hash
from sources.telegram.names import channel_name

_HASH: Final = re.compile(r"[0-9a-f]{16}")
_VK: Final = re.compile(r"/id([1-9]\d{0,14})/?")
_OK: Final = re.compile(r"/profile/(\d{5,25})/?")
NETWORKS: Final = ("vk", "tg", "ok", "max", "rss", "appeal", "file")


def by_author(text: str, key: bytes) -> str:
    """A hash as it is, or ``network:id`` as the network calls its author. ConfigError for what is neither."""
    if _HASH.fullmatch(text):
        return text
    network, _, author = text.partition(":")
    if network not in NETWORKS or not author:
        raise ConfigError(
            [f"--author: {text}: нужен хеш автора (16 шестнадцатеричных цифр) или сеть и номер: vk:123, tg:123, ok:user:123"]
        )
    return author_hash(key, network, author)


def by_profile(text: str, key: bytes) -> str:
    """The address of a person's page. ConfigError where it does not tell the number by which the network calls its authors."""
    parts = urlsplit(text if "://" in text else f"//{text}")
    host = (parts.hostname or "").lower()
    site = ".".join(host.split(".")[-2:])
    if site in ("vk.com", "vk.ru", "vkontakte.ru"):
        found, network, person = _VK.fullmatch(parts.path), "vk", ""
    elif site in ("ok.ru", "odnoklassniki.ru"):
        found, network, person = _OK.fullmatch(parts.path), "ok", "user:"
    elif site in ("t.me", "telegram.me") and (name := channel_name(text)):
        return author_hash(key, "tg", name)
    else:
        found, network, person = None, "", ""
    if found is None:
        raise ConfigError(
            [
                f"--profile: {text}: по этому адресу номер автора не узнать; нужен адрес с номером (vk.com/id123, "
                "ok.ru/profile/123456), канал t.me/имя, либо --author сеть:номер, либо ссылка на любое его сообщение (--post)"
            ]
        )
    return author_hash(key, network, person + found[1])

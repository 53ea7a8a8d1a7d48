"""What people paste from a browser, as the address of a source: network, kind and the address that the network's adapter takes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from monitor.model.source import SourceKind
from sources.max.about import PUBLIC, WATCHED
from sources.telegram.names import channel_name
from sources.vk.address import recognise as recognise_vk

_VK: Final = ("vk.com", "vk.ru", "vkontakte.ru")
_TELEGRAM: Final = ("t.me", "telegram.me", "telegram.dog")
_OK: Final = ("ok.ru", "odnoklassniki.ru")
_MAX: Final = ("max.ru",)
_GROUP = re.compile(r"/group/?(\d{5,25})(?:[/?#].*)?")
_PUBLIC = re.compile(r"/@?([A-Za-z][\w-]{2,63})/?")
_CHAT = re.compile(r"[\w.-]{1,64}/-?\d{1,18}")
_WORDS: Final = {"www", "m", "new", "mobile", "web"}


@dataclass(slots=True, frozen=True)
class Pasted:
    """``address`` is what the adapter of ``network`` takes; ``problem`` says why it has none, in Russian."""

    network: str
    address: str = ""
    kind: SourceKind = "community"
    problem: str = ""

    @property
    def id(self) -> str:
        """The id that a new source gets: of a feed without its scheme, since ids may not hold what addresses may."""
        return re.sub(r"[\s|]+", "_", f"{self.network}:{self.address.split('://', 1)[-1]}")


def recognise(text: str) -> Pasted | None:
    """None for what is nothing that can be watched."""
    text = text.strip()
    if text.lower().startswith("search:"):
        address = recognise_vk(text)
        return Pasted("vk", str(address), "feed") if address else None
    if text.lower().startswith(("bot:", "comments:")):
        return Pasted("tg", text)
    if text.startswith("@"):
        return _telegram(text)
    whole = text if "://" in text else f"//{text}"
    try:
        parts = urlsplit(whole)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    bare = host.split(".", 1)[1] if host.split(".", 1)[0] in _WORDS else host
    if bare in _VK:
        return _vk(text)
    if bare in _TELEGRAM:
        return _telegram(text)
    if bare in _OK:
        group = _GROUP.fullmatch(parts.path)
        if group is None:
            return Pasted("ok", problem="Одноклассники: нужен адрес с номером группы, вида ok.ru/group/123456789")
        return Pasted("ok", group[1])
    if bare in _MAX:
        public = _PUBLIC.fullmatch(parts.path)
        if public is None:
            return Pasted("max", problem=f"MAX: нужен адрес вида max.ru/имя или имя_токена/-номер_чата. {WATCHED}")
        return Pasted("max", PUBLIC + public[1])
    if "://" not in text and _CHAT.fullmatch(text):
        return Pasted("max", text)
    if parts.scheme in ("http", "https") and host:
        return Pasted("rss", text, "feed")
    return None


def _vk(text: str) -> Pasted:
    address = recognise_vk(text)
    if address is None:
        return Pasted("vk", problem="VK: в адресе нет сообщества; скопируйте адрес его главной страницы")
    return Pasted("vk", str(address))


def _telegram(text: str) -> Pasted:
    name = channel_name(text)
    if not name or name in ("joinchat", "c", "addlist") or "/+" in text:
        what = "Telegram: закрытый канал по ссылке-приглашению не читается; нужен открытый, вида t.me/имя"
        return Pasted("tg", problem=what)
    return Pasted("tg", name)

"""Addresses of VK: what a source is called in a profile or in a browser, and how posts and comments are called by us."""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.model.errors import SourceRefused

NETWORK = "vk"
_HOSTS = r"(?:https?://)?(?:www\.|m\.|new\.)?(?:vk\.com|vk\.ru|vkontakte\.ru)/"
_URL = re.compile(rf"{_HOSTS}(?P<path>[^?#\s]*)", re.IGNORECASE)
_WALL = re.compile(r"(?:wall|topic|photo|video)(-?\d+)(?:_\d+.*)?")
_NUMBER = re.compile(r"-?[1-9]\d{0,14}")
_NUMBERED = re.compile(r"(?P<kind>club|public|event|id)(?P<number>[1-9]\d{0,14})", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9_.]{2,64}")
_SEARCH = "search:"


@dataclass(slots=True, frozen=True)
class Address:
    """A wall, by ``owner`` (communities are negative) or by its short name ``domain``; or a search for ``query``."""

    owner: int = 0
    domain: str = ""
    query: str = ""

    def __str__(self) -> str:
        return f"{_SEARCH}{self.query}" if self.query else self.domain or str(self.owner)


def recognise(text: str) -> Address | None:
    """What people paste (``https://vk.com/samara``, ``club123``, ``-123``, ``search:нет воды``), or None if it is nothing of VK's."""
    text = text.strip()
    if text.lower().startswith(_SEARCH):
        query = text[len(_SEARCH) :].strip()
        return Address(query=query) if query else None
    if url := _URL.match(text):
        text = url["path"].strip("/")
        if wall := _WALL.fullmatch(text):
            text = wall[1]
    if _NUMBER.fullmatch(text):
        return Address(owner=int(text))
    if numbered := _NUMBERED.fullmatch(text):
        number = int(numbered["number"])
        return Address(owner=number if numbered["kind"].lower() == "id" else -number)
    return Address(domain=text) if _NAME.fullmatch(text) else None


def address_of(text: str) -> Address:
    """The address of a source. Raises SourceRefused for what is none."""
    address = recognise(text)
    if address is None:
        raise SourceRefused("VK: адрес не распознан; укажите короткое имя, -номер сообщества или search:текст", state="gone")
    return address


def post_id(owner: int, post: int) -> str:
    return f"vk:{owner}_{post}"


def comment_id(owner: int, post: int, comment: int) -> str:
    return f"vk:{owner}_{post}:c{comment}"


def post_url(owner: int, post: int) -> str:
    return f"https://vk.com/wall{owner}_{post}"


def comment_url(owner: int, post: int, comment: int) -> str:
    return f"https://vk.com/wall{owner}_{post}?reply={comment}"

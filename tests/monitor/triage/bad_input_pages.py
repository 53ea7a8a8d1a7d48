"""Pages for the tests of bad input: three posts, of which the middle one is spoilt, in the form in which Nabat writes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tests.crash.region import REGION, START

Json = dict[str, Any]
Variants = Callable[[], Iterator[list[bytes]]]
"""Variants of a fault, each a list of pages that come one after the other."""

SOURCE = "vk:-1"
SPOILT = "vk:-1_2"
TEXTS = (
    "Третий день нет отопления на улице Мира, дом 5, дети мёрзнут",
    "Огромная яма на дороге у школы на Лесной, бьём колёса второй месяц",
    "Спасибо за новый сквер на Юбилейной, гуляем там каждый вечер",
)


def post(number: int, **fields: Any) -> Json:
    """A sound post, as an adapter makes it, with other ``fields``."""
    return {
        "id": f"{SOURCE}_{number}",
        "text": TEXTS[(number - 1) % 3] + ("" if number < 4 else f", пост {number}"),
        "published_at": START - 60_000 * number,
        "kind": "post",
        "edited_at": 0,
        "author": f"author-{number}",
        "official": False,
        "thread": "",
        "reply_to": "",
        "repost_of": "",
        "url": f"https://vk.com/wall-1_{number}",
        "place": "",
        "attachments": [{"kind": "photo", "id": f"photo-{number}", "url": "", "title": ""}],
        "deleted": False,
        "truncated": False,
        "likes": 10 * number,
        "reposts": 1,
        "comments": 2,
        "views": 1000,
    } | fields


def page(posts: Sequence[Any], **fields: Any) -> Json:
    return {
        "source": SOURCE,
        "region": REGION,
        "network": "vk",
        "fetched_at": START,
        "covered_until": START,
        "cursor": "17",
        "origin": "live",
        "posts": posts,
        "broken": [],
        "v": 1,
    } | fields


def written(value: Any) -> bytes:
    """As Nabat writes: without spaces, in UTF-8; a lone surrogate as an escape."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


def with_middle(middle: Any) -> bytes:
    return written(page([post(1), middle, post(3)]))


def with_fields(**fields: Any) -> bytes:
    """The middle post with other fields."""
    return with_middle(post(2, **fields))


def with_raw(middle: bytes) -> bytes:
    """The middle post as any bytes."""
    return with_middle("here").replace(b'"here"', middle)


def with_head(**fields: Any) -> bytes:
    return written(page([post(1), post(2), post(3)]) | fields)


def without(fields: Mapping[str, Any], name: str) -> Json:
    return {key: value for key, value in fields.items() if key != name}


def each(*pages: bytes) -> Variants:
    """Variants of one page each."""
    return lambda: ([one] for one in pages)


def fields(name: str, *values: Any) -> Iterator[list[bytes]]:
    return ([with_fields(**{name: value})] for value in values)


def heads(name: str, *values: Any) -> Iterator[list[bytes]]:
    return ([with_head(**{name: value})] for value in values)

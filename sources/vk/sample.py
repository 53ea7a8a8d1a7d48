"""A page of a wall as VK words it, and how fast it is parsed: for benchmarks (``nabat bench parse``) and tests."""

from __future__ import annotations

import time
from typing import Any, Final

import orjson

from sources.vk.parse import Reading, parse_wall

OWNER: Final = -123
_WORDS: Final = (
    "во дворе дома на улице третий день нет горячей воды управляющая компания не отвечает просим принять меры "
    "соседи пишут что обещали включить ещё вчера дети мёрзнут сколько можно ждать когда починят трубу"
).split()


def wall_item(number: int, **fields: Any) -> dict[str, Any]:
    """A post of about 25 words, every third one with two photos, every twentieth with a telephone number."""
    text = " ".join(_WORDS[(number * 7 + place) % len(_WORDS)] for place in range(15 + number % 21)).capitalize() + "."
    if number % 20 == 0:
        text += " Звоните 8 927 123-45-67."
    photos = [_photo(number * 10 + place) for place in range(2 if number % 3 == 0 else 0)]
    item = {
        "inner_type": "wall_wallpost",
        "donut": {"is_donut": False},
        "comments": {"can_post": 1, "can_view": 1, "count": number % 9, "groups_can_post": True},
        "marked_as_ads": 0,
        "short_text_rate": 0.8,
        "hash": f"h{number}",
        "type": "post",
        "carousel_offset": 0,
        "attachments": photos,
        "date": 1_768_200_000 + number,
        "from_id": 1000 + number % 50,
        "id": number,
        "is_favorite": False,
        "likes": {"can_like": 1, "count": number % 30, "user_likes": 0, "can_publish": 1, "repost_disabled": False},
        "owner_id": OWNER,
        "post_source": {"platform": "android", "type": "api"},
        "post_type": "post",
        "reposts": {"count": number % 3, "user_reposted": 0},
        "text": text,
        "views": {"count": number % 1000},
    }
    return item | fields


def wall_page(first: int = 1, count: int = 100) -> bytes:
    """What wall.get answers."""
    items = [wall_item(number) for number in range(first, first + count)]
    return orjson.dumps({"response": {"count": count, "items": items}})


def posts_per_second(rounds: int = 20, repeats: int = 10) -> float:
    """Posts that a core makes of bytes in a second of its time: the fastest of ``rounds``, each of ``repeats`` pages of 100 posts."""
    bodies = [wall_page(1 + 100 * number) for number in range(repeats)]
    reading = Reading(b"benchmark")
    best = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        for body in bodies:
            parse_wall(body, reading)
        best = min(best, time.process_time() - begun)
    return 100 * repeats / best


def _photo(number: int) -> dict[str, Any]:
    url = f"https://sun9-1.userapi.com/s/v1/ig2/{number:040d}.jpg?quality=95&as=32x24,48x36,72x54,108x81,160x120&from=bu"
    sizes = [{"height": 75, "type": kind, "width": 100, "url": url} for kind in "smxyzwopqr"]
    photo = {"album_id": -7, "date": 1_768_200_000, "id": number, "owner_id": OWNER, "access_key": "a1b2c3", "has_tags": False}
    return {"type": "photo", "photo": {**photo, "sizes": sizes, "text": "", "user_id": 100, "web_view_token": "t"}}

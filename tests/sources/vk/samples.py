"""Answers as VK words them, for tests of the parser."""

from __future__ import annotations

from typing import Any

import orjson

from sources.vk.sample import OWNER


def comment_item(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "from_id": 6000 + number % 40,
        "date": 1_768_200_000 + number,
        "text": f"Комментарий {number}",
        "post_id": 1,
        "owner_id": OWNER,
        "parents_stack": [],
        "thread": {"count": 0, "items": [], "can_post": True, "show_reply_button": True, "groups_can_post": True},
    } | fields


def answer(*items: Any, **fields: Any) -> bytes:
    return orjson.dumps({"response": {"count": len(items), "items": list(items), **fields}})

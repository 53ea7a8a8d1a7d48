"""Names in Telegram: what addresses of sources and links to messages say."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

NETWORK: Final = "tg"

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,63}")
_LINK = re.compile(
    r"(?:https?:)?(?://)?[\w.:-]+/(?:s/)?(?:([A-Za-z][A-Za-z0-9_]{2,63})|c/([0-9]{1,18}))(?:/[0-9]{1,18})?/([0-9]{1,18})/?(\?[^#]*)?(?:#|$)"
)
_HOSTS: Final = frozenset(("t.me", "telegram.me", "telegram.dog"))


def channel_name(address: str) -> str:
    """The public name in lower case of ``name``, ``@name`` or ``https://t.me/s/name``; empty if there is none."""
    text = address.strip()
    if "/" in text:
        parts = urlsplit(text if "//" in text else f"//{text}")
        steps = [step for step in parts.path.split("/") if step]
        if (parts.hostname or "") not in _HOSTS or not steps:
            return ""
        text = steps[1] if steps[0] == "s" and len(steps) > 1 else steps[0]
    text = text.removeprefix("@")
    return text.lower() if _NAME.fullmatch(text) else ""


def message_id(chat: str | int, number: int) -> str:
    """The post's id, see the package."""
    return f"{NETWORK}:{chat}_{number}"


def linked_message(href: str) -> tuple[str, int] | None:
    """What ``https://t.me/name/5`` and ``https://t.me/c/123/5`` refer to: name or number (``-100123``) of the chat, and message.

    Only the path counts: mirrors of t.me write their own hosts. A comment (``?comment=7``) is no message of the channel.
    """
    found = _LINK.match(href)
    if found is None:
        return None
    name, private, number, query = found.groups()
    if "comment=" in (query or ""):
        return None
    return (f"-100{private}" if private else name.lower(), int(number))

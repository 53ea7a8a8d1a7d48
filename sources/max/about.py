"""What MAX says of a chat: by its number, or by the public name in its address (``GET /chats/<number or name>``).

A bot reads only chats that it is in, and channels that it administers, so a name leads to a source only where that is so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from monitor.model.errors import SourceRefused
from sources.max.api import MaxApi
from sources.max.chat import address_of

METHOD: Final = "chats"
PUBLIC: Final = "@"
"""Begins the address of a chat whose number is not known yet."""
WATCHED: Final = (
    "MAX показывает ботам только чаты, в которых они состоят, и каналы, где они администраторы: добавьте туда своего бота"
)


@dataclass(slots=True, frozen=True)
class Chat:
    """``address`` is what the adapter reads it by."""

    address: str
    name: str = ""
    members: int = 0


async def describe(api: MaxApi, address: str, now: int) -> Chat:
    """The chat at ``<token's name>/<number>`` or ``@<public name>``; nothing is known of a bot by itself.

    SourceRefused says what can be watched instead; SourceUnavailable.
    """
    public = address.startswith(PUBLIC)
    bot, number = ("", 0) if public else address_of(address)
    if not public and not number:
        return Chat(address)
    try:
        name, said = await api.ask(METHOD, bot, {}, now, below=f"/{address[1:] if public else number}")
    except SourceRefused as error:
        raise SourceRefused(f"{error}. {WATCHED}", error.state) from None
    number = said["chat_id"] if isinstance(said.get("chat_id"), int) else number
    if not number or said.get("status", "active") != "active":
        raise SourceRefused(f"бот {name}: он не состоит в этом чате. {WATCHED}")
    title, members = said.get("title"), said.get("participants_count")
    return Chat(f"{name}/{number}", title if isinstance(title, str) else "", members if isinstance(members, int) else 0)

"""A double of telethon's client: of ``iter_messages`` with the arguments that Nabat gives, and nothing else of the protocol.

Messages are telethon's own objects, so that names and types of their fields are the library's. Like the real client it raises the
library's errors when the first message is asked for.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from telethon import errors, types
from telethon.tl.custom import Message

from sources.standins.telegram.chats import FakeMessage, Town


@dataclass
class MtprotoClient:
    """``town`` holds the channel and, as ``<channel>/<post>``, the comments of its posts; ``group`` is the discussion group's number.

    ``raises`` are used up one a request. ``asked``: (channel, limit, further arguments).
    """

    town: Town
    group: int = 2_000_000_007
    raises: list[Exception | None] = field(default_factory=list)
    asked: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)
    open: bool = True

    async def iter_messages(
        self, entity: str, limit: int, *, reply_to: int | None = None, min_id: int = 0, reverse: bool = False
    ) -> AsyncIterator[Any]:
        self.asked.append((entity, limit, {"reply_to": reply_to, "min_id": min_id, "reverse": reverse}))
        error = self.raises.pop(0) if self.raises else None
        if error is not None:
            raise error
        if entity not in self.town.held:
            raise errors.UsernameNotOccupiedError(None)
        place = f"{entity}/{reply_to}" if reply_to else entity
        held = [one for one in self.town.messages(place) if one.number > min_id] if place in self.town.held else []
        for message in (held if reverse else held[::-1])[:limit]:
            yield self._comment(message, reply_to) if reply_to else self._post(entity, message)

    async def disconnect(self) -> None:
        self.open = False

    def _post(self, channel: str, message: FakeMessage) -> Message:
        comments = self.town.held.get(f"{channel}/{message.number}")
        replies = (
            types.MessageReplies(len(comments or ()), 0, True, max_id=max(comments, default=None)) if comments is not None else None
        )
        return Message(message.number, types.PeerChannel(1_000_000_005), _date(message.at), message=message.text, replies=replies)

    def _comment(self, message: FakeMessage, post: int) -> Message:
        header = types.MessageReplyHeader(reply_to_msg_id=message.answers or post, reply_to_top_id=post if message.answers else None)
        return Message(
            message.number,
            types.PeerChannel(self.group),
            _date(message.at),
            message=message.text,
            from_id=types.PeerUser(message.author) if message.author else None,
            edit_date=_date(message.edited_at) if message.edited_at else None,
            media=types.MessageMediaPhoto() if "photo" in message.media else None,
            reply_to=header,
        )


def _date(at: int) -> datetime:
    return datetime.fromtimestamp(at // 1000, UTC)

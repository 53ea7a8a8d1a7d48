"""Takes the updates that Telegram sends itself (webhooks). A bot has either a webhook or polls.

The secret that was set with the webhook comes with every request, in X-Telegram-Bot-Api-Secret-Token, and tells which bot it is for.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from monitor.model.post import Page
from monitor.model.source import Source
from sources.base import Fetched
from sources.lines import salvage
from sources.paging import split
from sources.telegram.names import NETWORK
from sources.telegram.updates import parse
from sources.wire import Pushed, Taken

HEADER: Final = "x-telegram-bot-api-secret-token"


@dataclass(slots=True, frozen=True)
class Hook:
    """A bot's source, and the secret of its webhook (1 to 256 of ``A-Za-z0-9_-``)."""

    source: Source
    secret: str = field(repr=False)


class TelegramInlet:
    """One path for all bots."""

    network = NETWORK
    path = "/push/telegram"

    def __init__(self, hooks: Sequence[Hook], author_key: bytes, officials: Collection[int] = frozenset()) -> None:
        """Raises ValueError for an empty secret: anybody could write in the bot's name."""
        if not all(hook.secret for hook in hooks):
            raise ValueError("the secret of a webhook is empty")
        self._hooks = hooks
        self._key = author_key
        self._officials = officials

    async def take(self, request: Pushed, now: int) -> Taken:
        given = request.headers.get(HEADER, "").encode("utf-8", "replace")
        # All are compared, so that the time does not tell which of them was nearly right.
        matching = [hook for hook in self._hooks if hmac.compare_digest(hook.secret.encode(), given)]
        if not matching:
            return Taken(403, "wrong secret")
        source = matching[0].source
        update = salvage(request.body, "utf-8")
        if isinstance(update, str):
            return Taken(400, "no update")
        found = parse([update], self._key, officials=self._officials, official=source.kind == "official")
        if not found.posts and not found.broken:
            return Taken()
        page = Page(source.id, source.region, NETWORK, now, posts=found.posts)
        event = f"{source.id}:{found.last}" if found.last >= 0 else ""
        return Taken(fetched=[(source, Fetched(split(page), broken=found.broken))], event=event)

"""Takes the events that MAX sends itself (webhooks): the way that MAX recommends.

The secret that was set with the subscription comes with every request, in X-Max-Bot-Api-Secret, and tells which bot it is for: an
event itself does not say so. MAX repeats an event until it is answered by 200, and gives the subscription up after eight hours.
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
from sources.max.api import NETWORK
from sources.max.messages import Reader
from sources.paging import split
from sources.wire import Pushed, Taken

HEADER: Final = "x-max-bot-api-secret"


@dataclass(slots=True, frozen=True)
class Hook:
    """A bot's source, and the secret of its subscription (5 to 256 of ``A-Za-z0-9_-``)."""

    source: Source
    secret: str = field(repr=False)


class MaxInlet:
    """One path for all bots."""

    network = NETWORK
    path = "/push/max"

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
        event = salvage(request.body, "utf-8")
        if isinstance(event, str):
            return Taken(400, "no event")
        found = Reader(self._key, self._officials, source.kind == "official").events([event])
        if not found.posts and not found.broken:
            return Taken()
        page = Page(source.id, source.region, NETWORK, now, posts=found.posts)
        # Events have no ids: what happened to which message and when is one.
        name = f"{event.get('update_type')}:{found.posts[0].id}:{event.get('timestamp')}" if found.posts else ""
        return Taken(fetched=[(source, Fetched(split(page), broken=found.broken))], event=f"{source.id}:{name}" if name else "")

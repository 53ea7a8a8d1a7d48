"""Reads what a bot is told, by long polls: messages and comments, their edits and removals, in all of its chats.

One source is one bot, its address the name of its token: events are given out by token, not by chat. MAX keeps them for a day and
recommends polls for trials only: in earnest use the webhook (sources.max.inlet), beside the history of chats as the safety net.
The cursor is the marker of the next event; those before it count as read once it is named in a request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from monitor.model.errors import SourceUnavailable
from monitor.model.source import Source
from sources.base import Fetched
from sources.bots import Told, polled, read_on
from sources.max.api import MaxApi
from sources.max.messages import EVENTS, Reader

METHOD: Final = "updates"
# The answer to a long poll comes this much later than asked for, at most.
_PATIENCE: Final = 15.0


@dataclass(slots=True, frozen=True)
class MaxSettings:
    """``officials``: numbers of users that answer for an office. ``page``: messages of a history asked for at once, at most 100.

    ``wait``: seconds between two looks at a chat. ``remember``: how many of its newest messages edits and removals are noticed of.
    """

    poll_seconds: int = 25
    batch: int = 100
    officials: frozenset[int] = frozenset()
    page: int = 100
    history_hours: float = 24.0
    remember: int = 50
    wait: float = 60.0


class BotReader:
    """Behind MaxAdapter."""

    def __init__(self, settings: MaxSettings, api: MaxApi, author_key: bytes) -> None:
        self._settings = settings
        self._api = api
        self._key = author_key

    async def fetch(self, source: Source, cursor: str, now: int) -> Fetched:
        marker, _ = read_on(cursor)
        params = {"limit": str(self._settings.batch), "timeout": str(self._settings.poll_seconds), "types": ",".join(EVENTS)}
        if marker:
            params["marker"] = marker
        said = await self._api.get(METHOD, source.address, params, now, self._settings.poll_seconds + _PATIENCE)
        events, following = said.get("updates"), said.get("marker")
        if not isinstance(events, list):
            raise SourceUnavailable(f"{source.id}: в ответе MAX нет событий", 30.0, "broken")
        parsed = Reader(self._key, self._settings.officials, source.kind == "official").events(events)
        if isinstance(following, int) and not isinstance(following, bool):
            marker = str(following)
        return polled(source, cursor, now, Told(parsed.posts, parsed.broken), marker, full=len(events) >= self._settings.batch)

"""Takes the events that MAX sends itself (webhooks): the way that MAX recommends.

MAX repeats an event until it is answered by 200, and gives the subscription up after eight hours.
"""

from __future__ import annotations

from typing import Any

from sources.bots import BotInlet, Told
from sources.max.api import NETWORK
from sources.max.messages import Reader


class MaxInlet(BotInlet):
    """Events have no ids: what happened to which message and when is one."""

    network = NETWORK
    path = "/push/max"
    header = "x-max-bot-api-secret"

    def read(self, update: Any, *, official: bool) -> Told:
        found = Reader(self._key, self._officials, official).events([update])
        event = f"{update.get('update_type')}:{found.posts[0].id}:{update.get('timestamp')}" if found.posts else ""
        return Told(found.posts, found.broken, event)

"""Takes the updates that Telegram sends itself (webhooks). A bot has either a webhook or polls."""

from __future__ import annotations

from typing import Any

from sources.bots import BotInlet, Told
from sources.telegram.names import NETWORK
from sources.telegram.updates import parse


class TelegramInlet(BotInlet):
    """Updates have numbers, which rise for each bot."""

    network = NETWORK
    path = "/push/telegram"
    header = "x-telegram-bot-api-secret-token"

    def read(self, update: Any, *, official: bool) -> Told:
        found = parse([update], self._key, officials=self._officials, official=official)
        return Told(found.posts, found.broken, str(found.last) if found.last >= 0 else "")

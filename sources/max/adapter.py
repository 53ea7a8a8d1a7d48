"""All of MAX behind one adapter: the address of a source says by which way it is read."""

from __future__ import annotations

from monitor.model.source import Source
from sources.base import Fetched
from sources.max import about
from sources.max.api import NETWORK, MaxApi
from sources.max.bot import BotReader, MaxSettings
from sources.max.chat import ChatReader, address_of
from sources.wire import Budget, Http


class MaxAdapter:
    """``<token's name>``: all that the bot is told; ``<token's name>/<chat>``: the history of a chat. ``base``: the API's address."""

    network = NETWORK

    def __init__(self, base: str, settings: MaxSettings, http: Http, budget: Budget, author_key: bytes) -> None:
        self._api = MaxApi(base, http, budget)
        self._bots = BotReader(settings, self._api, author_key)
        self._chats = ChatReader(settings, self._api, author_key)

    async def fetch(self, source: Source, cursor: str, now: int) -> Fetched:
        _, chat = address_of(source.address)
        return await (self._chats if chat else self._bots).fetch(source, cursor, now)

    async def describe(self, address: str, now: int) -> about.Chat:
        """The chat at an address; ``@name`` is one as in max.ru/name. Raises as ``fetch``."""
        return await about.describe(self._api, address, now)

    async def close(self) -> None:
        """Nothing is held."""

"""All of Telegram behind one adapter: the address of a source says by which way it is read."""

from __future__ import annotations

from monitor.model.errors import SourceRefused
from monitor.model.source import Source
from sources.base import Fetched
from sources.telegram.bot import PREFIX as BOT
from sources.telegram.bot import BotAdapter
from sources.telegram.channel import ChannelAdapter
from sources.telegram.mtproto import PREFIX as COMMENTS
from sources.telegram.mtproto import MtprotoAdapter
from sources.telegram.names import NETWORK


class TelegramAdapter:
    """``bot:<token's name>``, ``comments:<channel>``, and without either the preview of a channel."""

    network = NETWORK

    def __init__(self, channels: ChannelAdapter, bots: BotAdapter, comments: MtprotoAdapter | None = None) -> None:
        self._channels = channels
        self._bots = bots
        self._comments = comments

    async def fetch(self, source: Source, cursor: str, now: int) -> Fetched:
        if source.address.startswith(BOT):
            return await self._bots.fetch(source, cursor, now)
        if not source.address.startswith(COMMENTS):
            return await self._channels.fetch(source, cursor, now)
        if self._comments is None:
            raise SourceRefused(f"{source.id}: чтение комментариев не настроено: нужен токен вида mtproto")
        return await self._comments.fetch(source, cursor, now)

    async def describe(self, address: str, now: int) -> tuple[str, int]:
        """Title and subscribers of the channel at an address. Raises as ``fetch``."""
        return await self._channels.describe(address, now)

    async def past(self, source: Source, cursor: str, since: int, now: int) -> Fetched:
        """Of channels by their previews; bots see no past, and comments are read back by their own first reading."""
        if source.address.startswith((BOT, COMMENTS)):
            raise SourceRefused(f"{source.id}: прошлое видно только в предпросмотре каналов")
        return await self._channels.past(source, cursor, since, now)

    async def close(self) -> None:
        await self._channels.close()
        await self._bots.close()
        if self._comments is not None:
            await self._comments.close()

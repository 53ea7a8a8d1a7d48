"""The Bot API: getUpdates with offsets and long polls, webhooks with secrets, and the conflicts between them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson
from aiohttp import web

from sources.standins.telegram.chats import FakeMessage
from sources.standins.telegram.server import FakeServer

ChatType = Literal["channel", "supergroup", "private"]
_KEPT_MS = 24 * 3_600_000
_MEDIA: dict[str, dict[str, Any]] = {
    "photo": {"photo": [{"file_id": "s", "file_unique_id": "small"}, {"file_id": "b", "file_unique_id": "{n}p"}]},
    "video": {"video": {"file_id": "v", "file_unique_id": "{n}v"}},
    "voice": {"voice": {"file_id": "o", "file_unique_id": "{n}o"}},
    "document": {"document": {"file_id": "d", "file_unique_id": "{n}d", "file_name": "Ответ.pdf"}},
    "location": {"location": {"latitude": 53.2, "longitude": 50.1}},
    "poll": {"poll": {"id": "{n}", "question": "Есть вода?", "options": [{"text": "Да", "voter_count": 3}, {"text": "Нет"}]}},
    "unsupported": {"story": {}},
}


@dataclass(frozen=True)
class FakeChat:
    """``linked``: the number of the channel whose discussion group this is."""

    id: int
    type: ChatType
    username: str = ""
    linked: int = 0


@dataclass
class Bot:
    """A token's queue. ``webhook`` is its address, empty: polls."""

    queue: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    webhook: str = ""
    secret: str = ""
    following: int = 870_000_001
    polls: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)


class BotServer(FakeServer):
    """``bots`` by token. Whatever happens in a chat is told by ``happened``; updates are kept for 24 hours."""

    def __init__(self, tokens: list[str], clock: Callable[[], int], rate: int = 0) -> None:
        super().__init__(clock, rate)
        self.bots = {token: Bot() for token in tokens}

    def happened(self, token: str, chat: FakeChat, message: FakeMessage, *, edited: bool = False) -> int:
        """A message was written or edited in a chat of the bot; returns the update's number."""
        kind = "channel_post" if chat.type == "channel" else "message"
        return self.update(token, {f"edited_{kind}" if edited else kind: described(chat, message)})

    def update(self, token: str, content: dict[str, Any]) -> int:
        bot = self.bots[token]
        number, bot.following = bot.following, bot.following + 1
        bot.queue.append((self.clock(), {"update_id": number, **content}))
        bot.news.set()
        return number

    async def push(self, token: str, send: Callable[[dict[str, str], bytes], Awaitable[int]]) -> int:
        """Sends what waits to the webhook by ``send`` (headers, body; returns the status) until one is refused; how many went."""
        bot = self.bots[token]
        sent = 0
        while bot.queue:
            headers = {"content-type": "application/json", "x-telegram-bot-api-secret-token": bot.secret}
            if not 200 <= await send(headers, orjson.dumps(bot.queue[0][1])) < 300:
                break
            del bot.queue[0]
            sent += 1
        return sent

    def limit_key(self, request: web.Request) -> str:
        return request.path.split("/")[1]

    def limited(self, request: web.Request) -> web.Response:
        return _error(429, "Too Many Requests: retry after 7", {"retry_after": 7})

    async def answer(self, request: web.Request) -> web.Response:
        token, _, method = request.path.removeprefix("/bot").partition("/")
        bot = self.bots.get(token)
        if bot is None:
            return _error(401, "Unauthorized") if ":" in token else _error(404, "Not Found")
        asked = {**request.query, **{name: str(value) for name, value in (await request.post()).items()}}
        match method.lower():
            case "getupdates":
                return await self._updates(bot, asked)
            case "setwebhook":
                bot.webhook, bot.secret = asked.get("url", ""), asked.get("secret_token", "")
                return _ok(True)
            case "deletewebhook":
                bot.webhook = bot.secret = ""
                return _ok(True)
        return _error(404, "Not Found: method not found")

    async def _updates(self, bot: Bot, asked: dict[str, str]) -> web.Response:
        if bot.webhook:
            return _error(
                409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        bot.polls += 1
        mine = bot.polls
        bot.news.set()
        offset = int(asked.get("offset", "0"))
        limit = min(max(int(asked.get("limit", "100")), 1), 100)
        kinds = set(orjson.loads(asked.get("allowed_updates", "[]")))
        if offset > 0:
            bot.queue = [(at, update) for at, update in bot.queue if update["update_id"] >= offset]
        bot.queue = [(at, update) for at, update in bot.queue if at > self.clock() - _KEPT_MS and (not kinds or kinds & set(update))]
        if not bot.queue and int(asked.get("timeout", "0")):
            bot.news.clear()
            try:
                async with asyncio.timeout(int(asked["timeout"])):
                    await bot.news.wait()
            except TimeoutError:
                pass
        if mine != bot.polls:
            return _error(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
        return _ok([update for _, update in bot.queue[:limit]])


def described(chat: FakeChat, message: FakeMessage) -> dict[str, Any]:
    """The Message object of the Bot API."""
    found: dict[str, Any] = {
        "message_id": message.number,
        "date": message.at // 1000,
        "chat": {"id": chat.id, "type": chat.type, **({"username": chat.username} if chat.username else {})},
    }
    if message.copied:
        found |= {"is_automatic_forward": True, "sender_chat": {"id": chat.linked, "type": "channel"}}
    elif message.author:
        found["from"] = {"id": message.author, "is_bot": False, "first_name": "Имя"}
    else:
        found["sender_chat"] = found["chat"]
    if message.edited_at:
        found["edit_date"] = message.edited_at // 1000
    if message.comments_on:
        found["message_thread_id"] = message.comments_on
    if message.answers:
        found["reply_to_message"] = {"message_id": message.answers, "date": message.at // 1000, "chat": found["chat"]}
    if message.forwarded:
        origin, number = message.forwarded
        found["forward_origin"] = {"type": "channel", "date": 1, "chat": {"id": int(origin), "type": "channel"}, "message_id": number}
    if message.album:
        found["media_group_id"] = message.album
    for kind in message.media:
        found |= orjson.loads(orjson.dumps(_MEDIA[kind]).replace(b"{n}", str(message.number).encode()))
    if message.service:
        found["pinned_message"] = {"message_id": 1, "date": 0, "chat": found["chat"]}
    elif message.text:
        found["caption" if message.media and "poll" not in message.media else "text"] = message.text
    return found


def _ok(result: Any) -> web.Response:
    return web.Response(body=orjson.dumps({"ok": True, "result": result}), content_type="application/json")


def _error(code: int, description: str, parameters: dict[str, Any] | None = None) -> web.Response:
    said: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    if parameters:
        said["parameters"] = parameters
    return web.Response(status=code, body=orjson.dumps(said), content_type="application/json")

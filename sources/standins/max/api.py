"""The Bot API of MAX: events by marker, history newest first, subscriptions with secrets, errors as code and message."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

import orjson
from aiohttp import web

from monitor.model.post import Post
from sources.standins.held import Held
from sources.standins.telegram.server import FakeServer

ChatType = Literal["dialog", "chat", "channel"]
_KEPT_MS = 24 * 3_600_000
_MOST = 100


@dataclass(frozen=True)
class MaxMessage:
    """A message as it stands. ``answers`` and ``forwards``: mids; ``comments_on``: the mid of a channel's post; 0: by the channel."""

    mid: str
    at: int
    text: str = ""
    author: int = 0
    answers: str = ""
    forwards: str = ""
    comments_on: str = ""
    attachments: tuple[dict[str, Any], ...] = ()
    markup: tuple[dict[str, Any], ...] = ()
    bodiless: bool = False


class MaxChats(Protocol):
    """What a simulated region has to offer for MAX to be crawled through the real adapter."""

    def kinds(self) -> dict[int, ChatType]:
        """The chats that the bot is a member of, by number."""

    def messages(self, chat: int) -> Iterable[MaxMessage]:
        """What a chat holds now, comments left out; removed messages are not in it."""


@dataclass
class Square:
    """Chats of a test: whatever is put, changed and removed."""

    chats: dict[int, ChatType] = field(default_factory=dict)
    held: dict[int, dict[str, MaxMessage]] = field(default_factory=dict)

    def kinds(self) -> dict[int, ChatType]:
        return self.chats

    def messages(self, chat: int) -> Sequence[MaxMessage]:
        return [message for message in self.held.get(chat, {}).values() if not message.comments_on]

    def put(self, chat: int, message: MaxMessage) -> None:
        self.held.setdefault(chat, {})[message.mid] = message

    def edit(self, chat: int, mid: str, text: str) -> MaxMessage:
        self.held[chat][mid] = replace(self.held[chat][mid], text=text)
        return self.held[chat][mid]

    def remove(self, chat: int, mid: str) -> None:
        del self.held[chat][mid]


class HeldChats:
    """Chats of what all stand-ins can serve (sources.standins.held): by address, which is the chat's number; no comments."""

    def __init__(self, held: Held, chats: dict[int, ChatType], clock: Callable[[], int]) -> None:
        self._held = held
        self._chats = chats
        self._clock = clock

    def kinds(self) -> dict[int, ChatType]:
        return {chat: kind for chat, kind in self._chats.items() if self._held.title(str(chat)) is not None}

    def messages(self, chat: int) -> Sequence[MaxMessage]:
        posts = [post for post in self._held.posts(str(chat), self._clock()) if not post.deleted and not post.thread]
        return [message_of(post) for post in posts]


def message_of(post: Post) -> MaxMessage:
    """A post as a message; its author as a user's number, if it is one."""
    return MaxMessage(
        mid=f"mid.{post.id}",
        at=post.published_at,
        text=post.text,
        author=int(post.author) if post.author.isdigit() else 0,
        answers=f"mid.{post.reply_to}" if post.reply_to else "",
        comments_on=f"mid.{post.thread}" if post.thread else "",
    )


class MaxServer(FakeServer):
    """Of one bot. ``inclusive``: whether ``from`` itself belongs to an answer, which is documented nowhere.

    ``public``: chats by public name, also those that the bot is not in.
    """

    def __init__(self, chats: MaxChats, token: str, clock: Callable[[], int], rate: int = 0) -> None:
        super().__init__(clock, rate)
        self.chats = chats
        self.token = token
        self.inclusive = True
        self.public: dict[str, int] = {}
        self.events: list[dict[str, Any]] = []
        self.subscription: dict[str, Any] = {}
        self._first = 7_000
        self._news = asyncio.Event()

    def happened(self, kind: str, chat: int, message: MaxMessage, at: int = 0) -> None:
        """``kind`` is the type of the event; ``at`` when, ms (0: when the message was written)."""
        event: dict[str, Any] = {"update_type": kind, "timestamp": at or message.at}
        if kind.endswith("_removed"):
            event |= {"message_id": message.mid, "chat_id": chat, "user_id": 1}
            if message.comments_on:
                event["post_id"] = message.comments_on
        else:
            event |= {"message": described(self.chats, chat, message), "user_locale": "ru"}
        self.event(event)

    def event(self, event: dict[str, Any]) -> None:
        self.events.append(event)
        self._news.set()

    async def push(self, send: Callable[[dict[str, str], bytes], Awaitable[int]]) -> int:
        """Sends what waits to the subscription by ``send`` until one is not answered by 200; how many went."""
        sent = 0
        while self.events:
            headers = {"content-type": "application/json", "x-max-bot-api-secret": self.subscription.get("secret", "")}
            if await send(headers, orjson.dumps(self.events[0])) != 200:
                break
            del self.events[0]
            self._first += 1
            sent += 1
        return sent

    def limited(self, request: web.Request) -> web.Response:
        return _error(429, "too.many.requests", "Too many requests")

    async def answer(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != self.token:
            return _error(401, "verify.token", "Invalid access_token")
        match (request.method, request.path):
            case ("GET", "/updates"):
                return await self._updates(request)
            case ("GET", "/messages"):
                return self._messages(request)
            case ("POST", "/subscriptions"):
                self.subscription = await request.json()
                return _ok({"success": True})
            case ("DELETE", "/subscriptions"):
                self.subscription = {}
                return _ok({"success": True})
        steps = request.path.strip("/").split("/")
        if request.method == "GET" and steps[0] == "chats" and len(steps) == 2:
            return self._chat(steps[1])
        return _error(404, "not.found", "Unknown resource")

    def _chat(self, name: str) -> web.Response:
        number = int(name) if name.removeprefix("-").isdigit() else self.public.get(name, 0)
        kinds = self.chats.kinds()
        if number not in kinds and number not in self.public.values():
            return _error(404, "chat.not.found", f"Chat {name} not found")
        link = next((f"https://max.ru/{public}" for public, chat in self.public.items() if chat == number), None)
        about = {"chat_id": number, "type": kinds.get(number, "channel"), "title": "Город", "participants_count": 4321}
        status = "active" if number in kinds else "left"
        return _ok({**about, "link": link, "status": status, "is_public": link is not None, "last_event_time": self.clock()})

    async def _updates(self, request: web.Request) -> web.Response:
        asked = request.query
        kinds = set(filter(None, asked.get("types", "").split(",")))
        marker = asked.get("marker")
        if self.subscription:
            # While there is a subscription polls bring nothing.
            return _ok({"updates": [], "marker": int(marker) if marker else None})
        self._forget()
        # Without a marker only the latest event is given.
        start = int(marker) if marker else self._first + max(len(self.events) - 1, 0)
        if start >= self._first + len(self.events) and int(asked.get("timeout", "30")):
            self._news.clear()
            try:
                async with asyncio.timeout(min(int(asked.get("timeout", "30")), 30)):
                    await self._news.wait()
            except TimeoutError:
                pass
        found = self.events[max(start - self._first, 0) :][: min(int(asked.get("limit", "100")), _MOST)]
        following = max(start, self._first) + len(found)
        return _ok({"updates": [event for event in found if not kinds or event["update_type"] in kinds], "marker": following})

    def _forget(self) -> None:
        while self.events and self.events[0]["timestamp"] <= self.clock() - _KEPT_MS:
            del self.events[0]
            self._first += 1

    def _messages(self, request: web.Request) -> web.Response:
        asked = request.query
        chat = asked.get("chat_id", "")
        if not chat.removeprefix("-").isdigit():
            return _error(400, "proto.payload", "chat_id is not a number")
        if int(chat) not in self.chats.kinds():
            return _error(404, "chat.not.found", f"Chat {chat} not found")
        if self.chats.kinds()[int(chat)] == "dialog":
            return _error(403, "chat.denied", "Not enough permissions")
        upper, lower = int(asked.get("from", 1 << 62)), int(asked.get("to", 0))
        if lower > upper:
            return _error(400, "proto.payload", "to must be less than from")
        held = sorted(self.chats.messages(int(chat)), key=lambda one: (-one.at, one.mid))
        found = [one for one in held if lower <= one.at and (one.at <= upper if self.inclusive else one.at < upper)]
        count = min(max(int(asked.get("count", "50")), 1), _MOST)
        return _ok({"messages": [described(self.chats, int(chat), one) for one in found[:count]]})


def described(chats: MaxChats, chat: int, message: MaxMessage) -> dict[str, Any]:
    """The Message object of the API."""
    found: dict[str, Any] = {
        "recipient": {"chat_id": chat, "chat_type": chats.kinds()[chat]},
        "timestamp": message.at,
        "body": {"mid": message.mid, "seq": message.at << 16, "text": message.text},
        "stat": {"views": 12},
    }
    if message.author:
        found["sender"] = {"user_id": message.author, "first_name": "Имя", "name": "Имя", "is_bot": False}
    if message.comments_on:
        found["recipient"]["post_id"] = message.comments_on
    if message.attachments:
        found["body"]["attachments"] = list(message.attachments)
    if message.markup:
        found["body"]["markup"] = list(message.markup)
    if message.answers:
        found["link"] = {"type": "reply", "sender": {"user_id": 5, "name": "Имя"}, "message": {"mid": message.answers, "seq": 1}}
    if message.forwards:
        found["link"] = {"type": "forward", "chat_id": -9, "message": {"mid": message.forwards, "seq": 1, "text": "чужие слова"}}
    if message.bodiless:
        found["body"] = None
    return found


def _ok(body: dict[str, Any]) -> web.Response:
    return web.Response(body=orjson.dumps(body), content_type="application/json")


def _error(status: int, code: str, message: str) -> web.Response:
    headers = {"Retry-After": "3"} if status == 429 else {}
    return web.Response(
        status=status, body=orjson.dumps({"code": code, "message": message}), content_type="application/json", headers=headers
    )

"""Comments under the posts of other people's channels, over MTProto: the only way to them.

Needs the extra ``nabat[telegram]`` (telethon) and the session of a person's account, which Telegram may block for reading much: a
last resort. The address of a source is ``comments:<public name of the channel>``. A turn looks at the newest posts (one request), and
reads on in one of the threads that have grown (one more); which comment was the last in each is in the cursor. Comments are taken as
they are when they are first read: edits and deletions are not looked for.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

import msgspec
import orjson

from monitor.model.errors import SourceRefused, SourceUnavailable
from monitor.model.post import Attachment, Page, Post
from monitor.model.source import Source
from sources.base import Fetched
from sources.masking import author_hash, mask_post
from sources.paging import split
from sources.telegram.names import NETWORK, channel_name, message_id
from sources.wire import Booking, Budget, Outcome

PREFIX: Final = "comments:"
TOKEN_KIND: Final = "mtproto"
METHOD: Final = "messages"
_LATER: Final = 60.0
# Errors of Telegram by name, as far as they decide what becomes of the source or of the session.
_GONE: Final = ("UsernameNotOccupied", "UsernameInvalid", "ChannelInvalid")
_FORBIDDEN: Final = ("ChannelPrivate", "ChatAdminRequired", "Forbidden")
_SESSION: Final = ("Unauthorized", "AuthKey", "UserDeactivated", "SessionRevoked", "SessionExpired")


class Client(Protocol):
    """What is used of telethon's TelegramClient."""

    def iter_messages(
        self, entity: str, limit: int, *, reply_to: int | None = None, min_id: int = 0, reverse: bool = False
    ) -> AsyncIterator[Any]:
        """Messages of a channel, newest first (oldest first with ``reverse``); with ``reply_to`` the comments of that post."""

    async def disconnect(self) -> None: ...


Connect = Callable[[str], Awaitable[Client]]
"""Opens the account that a token's value describes."""


@dataclass(slots=True, frozen=True)
class MtprotoSettings:
    """``posts``: how many of the newest are watched. ``comments``: how many are read in a turn."""

    posts: int = 50
    comments: int = 100
    wait: float = 120.0


class Mark(msgspec.Struct, array_like=True):
    """``read``: the last comment read, by the post's number; ``covered`` ms."""

    read: dict[int, int] = {}
    covered: int = 0


class MtprotoAdapter:
    """Books ``messages`` for tokens of the kind ``mtproto``, whose value is ``api_id:api_hash:session``."""

    network = NETWORK

    def __init__(self, settings: MtprotoSettings, budget: Budget, author_key: bytes, connect: Connect | None = None) -> None:
        self._settings = settings
        self._budget = budget
        self._key = author_key
        self._connect = connect or telethon_client
        self._clients: dict[str, Client] = {}

    async def close(self) -> None:
        for client in self._clients.values():
            await client.disconnect()
        self._clients.clear()

    async def fetch(self, source: Source, cursor: str, now: int) -> Fetched:
        channel = channel_name(source.address.removeprefix(PREFIX))
        if not channel:
            raise SourceRefused(f"{source.id}: в адресе нет имени канала Telegram", state="gone")
        before = _read(cursor)
        posts = await self._messages(channel, self._settings.posts)
        newest = {post.id: post.replies.max_id or 0 for post in posts if getattr(post, "replies", None) and post.replies.comments}
        mark = Mark({number: last for number, last in before.read.items() if number in newest}, before.covered)
        grown = sorted((number for number, last in newest.items() if last > mark.read.get(number, 0)), reverse=True)
        found: list[Post] = []
        if grown:
            thread = grown[0]
            comments = await self._messages(
                channel, self._settings.comments, reply_to=thread, min_id=mark.read.get(thread, 0), reverse=True
            )
            found = [post for comment in comments if (post := self._post(comment, channel, thread)) is not None]
            full = len(comments) >= self._settings.comments
            # What max_id names may have been deleted: a page that is not full is the end, whatever it says.
            mark.read[thread] = comments[-1].id if full else max(newest[thread], *(comment.id for comment in comments), 0)
            grown = grown if full else grown[1:]
        if not grown:
            mark.covered = now
        written = orjson.dumps(msgspec.to_builtins(mark), option=orjson.OPT_NON_STR_KEYS).decode()
        page = Page(source.id, source.region, NETWORK, now, covered_until=mark.covered, cursor=written, posts=found)
        return Fetched(split(page, cursor, before.covered), more=bool(grown), wait=0.0 if grown else self._settings.wait)

    async def _messages(self, channel: str, limit: int, **which: Any) -> list[Any]:
        booking = await self._budget.book(METHOD, (TOKEN_KIND,))
        try:
            client = self._clients.get(booking.name) or await self._connect(booking.value)
            self._clients[booking.name] = client
            found = [message async for message in client.iter_messages(channel, limit, **which)]
        except (SourceRefused, SourceUnavailable):
            await self._budget.tell(booking, METHOD, "failed")
            raise
        except Exception as error:  # noqa: BLE001 (errors of the library have no names here; what is none of them goes on)
            raise await self._trouble(booking, channel, error) from None
        await self._budget.tell(booking, METHOD, "ok")
        return found

    async def _trouble(self, booking: Booking, channel: str, error: Exception) -> Exception:
        """Errors of telethon by name, so that nothing of it is imported here; what is not an error of Telegram's is a bug."""
        names = {base.__name__ for base in type(error).__mro__}

        def named(*parts: str) -> bool:
            return any(part in name for part in parts for name in names)

        outcome: Outcome = "failed"
        wait = 0.0
        if named("FloodError"):
            wait = float(getattr(error, "seconds", 0) or _LATER)
            outcome = "flood"
            found: Exception = SourceUnavailable(f"Telegram просит не читать {wait:g} с", wait, "limited")
        elif named(*_SESSION):
            outcome = "dead"
            found = SourceUnavailable(f"учётная запись {booking.name} в Telegram больше не действует", _LATER)
        elif named(*_GONE):
            found = SourceRefused(f"@{channel}: такого канала нет", state="gone")
        elif named(*_FORBIDDEN):
            found = SourceRefused(f"@{channel}: канал закрыт для чтения")
        elif named("RPCError") or isinstance(error, ConnectionError | TimeoutError | OSError):
            found = SourceUnavailable(f"@{channel}: Telegram не ответил на запрос ({type(error).__name__})", _LATER)
        else:
            found = error
        await self._budget.tell(booking, METHOD, outcome, wait)
        return found

    def _post(self, comment: Any, channel: str, thread: int) -> Post | None:
        """The comment, under the number of the discussion group; None for service messages and for the post's own copy there."""
        text, media = comment.message or "", type(comment.media).__name__ if comment.media else ""
        if (not text and not media) or (comment.fwd_from is not None and comment.fwd_from.saved_from_peer is not None):
            return None
        root = message_id(channel, thread)
        header = comment.reply_to
        # A comment on the post itself answers the post's copy in the group and names no top of a thread.
        answered = header.reply_to_msg_id if getattr(header, "reply_to_top_id", None) else 0
        return mask_post(
            Post(
                id=message_id(comment.chat_id, comment.id),
                text=text,
                published_at=_time(comment.date),
                edited_at=_time(comment.edit_date),
                kind="comment",
                author=author_hash(self._key, NETWORK, comment.sender_id or comment.chat_id),
                thread=root,
                reply_to=message_id(comment.chat_id, answered) if answered else root,
                url=f"https://t.me/{channel}/{thread}?comment={comment.id}",
                attachments=[Attachment(media.removeprefix("MessageMedia").lower(), id=message_id(comment.chat_id, comment.id))]
                * bool(media),
            )
        )


async def telethon_client(value: str) -> Client:
    """A connected client of the account. Raises SourceRefused where the extra is missing or the session is none."""
    try:
        from telethon import TelegramClient
        from telethon.sessions import StringSession
    except ImportError:
        raise SourceRefused("для комментариев Telegram нужен дополнительный пакет: pip install 'nabat[telegram]'") from None
    number, _, rest = value.partition(":")
    digest, _, session = rest.partition(":")
    try:
        # The wait that Telegram asks for is kept by the budget, which others can see, and not by a sleep in the library.
        client = TelegramClient(StringSession(session), int(number), digest, flood_sleep_threshold=0, receive_updates=False)
    except ValueError:
        raise SourceRefused("токен вида mtproto записан неверно: нужно api_id:api_hash:сессия") from None
    await client.connect()
    found: Client = client
    return found


def _time(value: datetime | None) -> int:
    return int(value.timestamp() * 1000) if value is not None else 0


def _read(cursor: str) -> Mark:
    try:
        return msgspec.json.decode(cursor, type=Mark) if cursor else Mark()
    except msgspec.DecodeError:
        return Mark()

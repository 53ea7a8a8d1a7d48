"""What stand-ins of Telegram serve: chats and their messages, from a region or from a test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from monitor.model.post import Post
from sources.standins.held import Held

Media = Literal["photo", "video", "voice", "document", "location", "poll", "unsupported"]


@dataclass(frozen=True)
class FakeMessage:
    """A message as it stands now; times are ms, of which Telegram tells whole seconds.

    ``answers``: the number of the message that it replies to. ``comments_on``: in a discussion group, the number there of the
    channel post's copy. ``forwarded``: (chat, number) of the original. ``album``: the group of its parts, which have consecutive
    numbers. ``markup``: HTML of the text in a preview, where it is not the escaped text.
    """

    number: int
    text: str = ""
    at: int = 0
    edited_at: int = 0
    author: int = 0
    answers: int = 0
    comments_on: int = 0
    forwarded: tuple[str, int] | None = None
    copied: bool = False
    album: str = ""
    media: tuple[Media, ...] = ()
    service: bool = False
    views: str = ""
    markup: str = ""


class Chats(Protocol):
    """What a simulated region has to offer for Telegram to be crawled through the real adapters."""

    def names(self) -> Iterable[str]:
        """Public names of the channels, in lower case."""

    def messages(self, chat: str) -> Sequence[FakeMessage]:
        """What a chat holds now, by rising number; deleted messages are not in it. KeyError if there is no such chat."""


@dataclass
class Town:
    """Chats of a test: whatever is put, changed and deleted."""

    held: dict[str, dict[int, FakeMessage]] = field(default_factory=dict)

    def names(self) -> Iterable[str]:
        return self.held

    def messages(self, chat: str) -> Sequence[FakeMessage]:
        return [message for _, message in sorted(self.held[chat].items())]

    def put(self, chat: str, *messages: FakeMessage) -> None:
        self.held.setdefault(chat, {}).update((message.number, message) for message in messages)

    def edit(self, chat: str, number: int, text: str, at: int = 0) -> FakeMessage:
        """``at``: when, ms; 0: the edit is not marked as one, as with silent changes."""
        message = replace(self.held[chat][number], text=text, edited_at=at)
        self.held[chat][number] = message
        return message

    def delete(self, chat: str, number: int) -> None:
        del self.held[chat][number]


class HeldChats:
    """Chats of what all stand-ins can serve (sources.standins.held), whose ids are numbers: channels by address, no comments."""

    def __init__(self, held: Held, addresses: Iterable[str], clock: Callable[[], int]) -> None:
        self._held = held
        self._addresses = list(addresses)
        self._clock = clock

    def names(self) -> Iterable[str]:
        return [name for name in self._addresses if self._held.title(name) is not None]

    def messages(self, chat: str) -> Sequence[FakeMessage]:
        posts = [post for post in self._held.posts(chat, self._clock()) if not post.deleted and not post.thread]
        return sorted((message_of(post) for post in posts), key=lambda message: message.number)


def message_of(post: Post) -> FakeMessage:
    """A post as a message; its author as a user's number, if it is one."""
    return FakeMessage(
        number=int(post.id),
        text=post.text,
        at=post.published_at,
        edited_at=post.edited_at,
        author=int(post.author) if post.author.isdigit() else 0,
        answers=int(post.reply_to or "0"),
        comments_on=int(post.thread or "0"),
        media=("photo",) if any(item.kind == "photo" for item in post.attachments) else (),
        views=str(post.views or ""),
    )

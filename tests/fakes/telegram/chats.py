"""What fakes of Telegram serve: chats and their messages, from a region or from a test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

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

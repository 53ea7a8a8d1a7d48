"""The contract of channels: takes a letter to one address, and says what became of it.

Texts of citizens are in every letter. A channel escapes all that it is given for its own markup; nobody before it has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, Protocol

from monitor.model.errors import NabatError

LineKind = Literal["title", "text", "fact", "quote", "link"]
Reason = Literal["unreachable", "server", "limited", "forbidden", "refused"]
"""unreachable: no whole answer, it may have arrived. server: the receiver failed, it may have arrived. limited: asked too often.
forbidden: a person must act (wrong token, blocked, gone). refused: this very message will never be taken."""


@dataclass(slots=True, frozen=True)
class Line:
    """A line of a letter: plain text, not escaped. A ``quote`` is what a citizen wrote, a ``link`` an address of our own."""

    kind: LineKind
    text: str


@dataclass(slots=True, frozen=True)
class Letter:
    """What is to be told. ``short`` fits a phone's first look, ``card`` is complete, ``event`` is JSON for systems.

    ``at`` is the time of the attempt, ms; ``quiet``: no sound; ``repeat``: it may have arrived before, under the same ``id``.
    """

    id: str
    at: int
    title: str
    short: str
    card: tuple[Line, ...]
    event: bytes
    quiet: bool = False
    repeat: bool = False


class NotSent(NabatError):
    """The attempt failed. ``detail`` is for the journal: Russian, no secrets, no text of the letter."""

    def __init__(self, reason: Reason, detail: str, retry_after: float = 0.0) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.retry_after = retry_after

    @property
    def uncertain(self) -> bool:
        """Whether the letter may have arrived all the same."""
        return self.reason in ("unreachable", "server")


class Channel(Protocol):
    """One destination. ``send`` returns what the receiver calls the letter (may be empty); raises NotSent and nothing else."""

    async def send(self, letter: Letter) -> str: ...

    async def close(self) -> None: ...


_LINKING = re.compile(r"[@#/](?=\w)|:(?=//)|(?<=\w)\.(?=[^\W\d])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u0085\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Text without control characters and without those that turn the direction of writing; lines stay lines."""
    return _CONTROL.sub("", text.replace("\r\n", "\n"))


def unlinked(text: str) -> str:
    """Text in which no reader's program finds an address, a name or a command: a word joiner, unseen, follows what would make one.

    A post could otherwise put a link to press or a name to ring under the authority's own message.
    """
    return _LINKING.sub(lambda match: match.group() + "\u2060", plain(text))


def cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"

"""From bytes to VK's objects: the fast way for sound answers, and the slow one that harms nothing but what is broken."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, TypeVar

import msgspec

from monitor.reasons import type_reason
from sources.vk.objects import Comment, Discussion, Fault, RawItems, Wall, WallPost

Broken = tuple[bytes, str]
"""A raw item without ids of people, and why it could not be taken."""

T = TypeVar("T")
K = TypeVar("K", WallPost, Comment)

# Ids of people: an item that could not be read goes to the dead letters without them.
_PEOPLE = re.compile(
    rb'("(?:from_id|signer_id|created_by|reply_to_user|user_id|deleter_id|author_id|answer_id|peer_id|secret)"\s*:\s*)(?:-?\d+|"[^"]*")'
)
_PATH = re.compile(r"`\$\.(\w+)")
# A post can be understood without these: it is kept, and the broken part is told.
_DISPENSABLE: Final = frozenset(("attachments", "copy_history", "geo", "likes", "reposts", "views", "comments", "thread"))


class ApiError(Exception):
    """VK answered with an error: its number. See sources.vk.errors for what it means."""

    def __init__(self, code: int) -> None:
        super().__init__(f"VK error {code}")
        self.code = code


class Unreadable(Exception):
    """The answer as a whole can't be read: cut, or no JSON. The message never quotes it."""


class Frame(NamedTuple):
    """What an answer says beside its items; ``given`` is how many items it had."""

    given: int
    total: int
    next_from: str = ""


class Envelope(msgspec.Struct, Generic[T]):
    """What every answer is in. ``execute_errors`` stand beside the response of execute."""

    response: T | None = None
    error: Fault | None = None
    execute_errors: list[Fault] = []


@dataclass(slots=True, frozen=True)
class _Form(Generic[K]):
    whole: msgspec.json.Decoder[Any]
    item: msgspec.json.Decoder[K]
    kind: type[K]


# Made here, all of them: two threads must not be the first to look into one type.
_WALL: Final = _Form(msgspec.json.Decoder(Envelope[Wall]), msgspec.json.Decoder(WallPost), WallPost)
_COMMENTS: Final = _Form(msgspec.json.Decoder(Envelope[Discussion]), msgspec.json.Decoder(Comment), Comment)
_PIECES: Final = msgspec.json.Decoder(Envelope[RawItems])
_MANY: Final = msgspec.json.Decoder(Envelope[list[msgspec.Raw]])


def wall(body: bytes) -> tuple[list[WallPost], list[Broken], Frame]:
    """Posts of wall.get, wall.getById and newsfeed.search. Raises ApiError and Unreadable."""
    return _read(body, _WALL)


def comments(body: bytes) -> tuple[list[Comment], list[Broken], Frame]:
    """Comments of wall.getComments. Raises ApiError and Unreadable."""
    return _read(body, _COMMENTS)


def response(body: bytes, decoder: msgspec.json.Decoder[Envelope[T]]) -> T:
    """Any other answer. Raises ApiError and Unreadable."""
    return _opened(decoder, body)


def many(body: bytes) -> tuple[list[bytes | None], list[Fault]]:
    """The answer of execute: an answer in an envelope of its own for each call (None: the call failed), and the errors in order."""
    parts: list[msgspec.Raw] = _opened(_MANY, body)
    failed = _envelope(_MANY, body).execute_errors
    return [None if bytes(part) == b"false" else b'{"response":' + bytes(part) + b"}" for part in parts], failed


def again(item: WallPost | Comment) -> bytes:
    return msgspec.json.encode(item)


def scrub(raw: bytes) -> bytes:
    """A raw item without the ids of people."""
    return _PEOPLE.sub(rb"\g<1>0", raw)


def _read(body: bytes, form: _Form[K]) -> tuple[list[K], list[Broken], Frame]:
    try:
        envelope = form.whole.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _piecewise(body, form)
    answer = _content(envelope)
    return answer.items, [], Frame(len(answer.items), answer.count, getattr(answer, "next_from", ""))


def _piecewise(body: bytes, form: _Form[K]) -> tuple[list[K], list[Broken], Frame]:
    try:
        answer: RawItems = _opened(_PIECES, body)
    except Unreadable:
        answer = _opened(_PIECES, _repaired(body))
    found: list[K] = []
    broken: list[Broken] = []
    for piece in answer.items:
        raw = bytes(piece)
        item, reason = one(raw, form.item.decode, form.kind)
        if item is not None:
            found.append(item)
        if reason:
            broken.append((scrub(raw), reason))
    return found, broken, Frame(len(answer.items), answer.count, answer.next_from)


def _repaired(body: bytes) -> bytes:
    """The same answer as JSON without flaws: wrong UTF-8 and halves of surrogate pairs as U+FFFD, NaN and the like as null."""
    try:
        plain = json.loads(body.decode("utf-8", "replace"), parse_constant=lambda name: None)
        return json.dumps(plain, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
    except (ValueError, RecursionError) as error:
        raise Unreadable(_told(error)) from None


def one(raw: bytes, decode: Callable[[bytes], T], kind: type[T]) -> tuple[T | None, str]:
    """An item, and what is wrong with it: either, or both where only a part that can be spared is broken."""
    try:
        return decode(raw), ""
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        plain = json.loads(_repaired(raw))
    except (Unreadable, RecursionError):
        return None, "не JSON, который можно прочесть"
    reason = ""
    while True:
        try:
            return msgspec.convert(plain, kind), reason
        except msgspec.ValidationError as error:
            part = _PATH.search(str(error))
            reason = reason or _told(error)
            if part is None or part[1] not in _DISPENSABLE or not isinstance(plain, dict) or plain.pop(part[1], None) is None:
                return None, _told(error)
        except RecursionError:
            return None, "слишком глубокая вложенность"


def _envelope(decoder: msgspec.json.Decoder[Envelope[T]], body: bytes) -> Envelope[T]:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(_told(error)) from None


def _opened(decoder: msgspec.json.Decoder[Envelope[T]], body: bytes) -> T:
    return _content(_envelope(decoder, body))


def _content(envelope: Envelope[T]) -> T:
    if envelope.error is not None:
        raise ApiError(envelope.error.error_code)
    if envelope.response is None:
        raise Unreadable("нет ни ответа, ни ошибки")
    return envelope.response


def _told(error: Exception) -> str:
    """What msgspec says of types and paths; of enum values and the like it would quote the content, which is not asked for here."""
    if not isinstance(error, msgspec.ValidationError):
        return "не целый JSON"
    what, path = type_reason(error)
    return f"{what} ({'.'.join(map(str, path))})" if path else what

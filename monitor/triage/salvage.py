"""A page that strict decoding refused, taken apart: its head, its posts one by one, and what can't be read between them.

The bytes of each post are kept as they came, so that a dead letter holds just what was not taken. Of a page that is no JSON, the
posts are read one after the other; behind a broken one reading goes on where the next post begins, as Nabat writes them: with
their id first, which nothing else in a page has.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

MOST_BREAKS = 100
"""Places at which reading is taken up again: a page with more of them is rubbish, and each costs time."""
MOST_READ = 3
"""How many times its length of a page may be read in vain."""
MOST_POSTS = 20_000
"""Of a page with something wrong: each may become a dead letter. Crawlers put some hundred into a page."""

_TOO_MANY = f"больше {MOST_POSTS} сообщений, и что-то испорчено"
_POSTS = re.compile(r'"posts"[ \t\r\n]*:[ \t\r\n]*\[')
_NEXT = re.compile(r'[\[,][ \t\r\n]*(?=\{[ \t\r\n]*"id"[ \t\r\n]*:)')
_END = re.compile(r'\][ \t\r\n]*,[ \t\r\n]*"broken"[ \t\r\n]*:')
_GAP = re.compile(r"[, \t\r\n]*")
_SPACE = re.compile(r"[ \t\r\n]*")
_SURROGATES = re.compile("[\ud800-\udfff]")
_DECODER = json.JSONDecoder()


class Piece(NamedTuple):
    """A post of the page: its value, or None and ``readable`` false; and its text as it came."""

    value: Any
    text: str
    readable: bool = True


@dataclass(slots=True)
class Apart:
    """``head`` is the page without its posts; ``rest`` what is left unread where the page ends or breaks, None where it does not."""

    head: dict[str, Any]
    pieces: list[Piece]
    rest: str | None = None


class Unreadable(ValueError):
    """Nothing can be taken out of the page."""

    def __init__(self, reason: Literal["broken_json", "not_a_page"], detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def take_apart(data: bytes) -> Apart:
    """Raises Unreadable, and nothing else. Bytes that are no UTF-8 become lone surrogates: ``clean`` and ``as_it_came`` know them."""
    text = data.decode("utf-8", "surrogateescape")
    apart = _post_by_post(text)
    if apart is not None and apart.rest is not None:
        # A post that lost a bracket can swallow what is behind it and still be JSON.
        apart = _post_by_post(text, alone=True)
    return apart or _whole(text)


def clean(value: Any, depth: int = 3) -> Any:
    """The value with U+FFFD for lone surrogates and for what was no UTF-8: they are no characters.

    ``depth`` counts containers: three hold all fields of pages and posts, and what is deeper nobody reads.
    """
    if isinstance(value, str):
        return value if value.isascii() else _SURROGATES.sub("\ufffd", value)
    if depth and isinstance(value, list):
        return [clean(one, depth - 1) for one in value]
    if depth and isinstance(value, dict):
        return {clean(key): clean(one, depth - 1) for key, one in value.items()}
    return value


def as_it_came(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def written(value: Any) -> str:
    """A value as JSON: as people read it, with escapes only where lone surrogates are in it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return json.dumps(value, separators=(",", ":")) if _SURROGATES.search(text) else text


def _post_by_post(text: str, *, alone: bool = False) -> Apart | None:
    """None where the posts are not where they should be: the page is no JSON at all, or JSON in a form that is not Nabat's.

    ``alone``: what holds the beginning of another post, or the end of the page, is no post.
    """
    start = _POSTS.search(text)
    if start is None:
        return None
    pieces: list[Piece] = []
    at, breaks, wasted = start.end(), 0, 0
    while True:
        if len(pieces) > MOST_POSTS:
            raise Unreadable("not_a_page", _TOO_MANY)
        began = _past(_GAP, text, at)
        if text.startswith("]", began) and (head := _object(text[: start.end()] + text[began:])) is not None:
            return None if head.pop("posts", None) else Apart(head, pieces)
        try:
            value, at = _DECODER.raw_decode(text, began)
            end = _past(_SPACE, text, at)
            swallowed = alone and (_NEXT.search(text, began + 1, at) or _END.search(text, began + 1, at))
            if swallowed or text[end : end + 1] not in ("", ",", "]"):
                raise ValueError
            pieces.append(Piece(value, text[began:at]))
        except (ValueError, RecursionError) as error:
            following = _NEXT.search(text, began + 1)
            breaks += 1
            wasted += (error.pos if isinstance(error, json.JSONDecodeError) else at) - began
            if following is None or breaks > MOST_BREAKS or wasted > MOST_READ * len(text):
                break
            pieces.append(Piece(None, text[began : following.start()], readable=False))
            at = following.end()
    head = _object(text[: start.start()].rstrip().rstrip(",") + "}")
    return None if head is None else Apart(head, pieces, text[began:])


def _whole(text: str) -> Apart:
    try:
        head = json.loads(text)
    except RecursionError:
        raise Unreadable("broken_json", "слишком глубокая вложенность") from None
    except ValueError:
        raise Unreadable("broken_json", "не JSON, и начала страницы с сообщениями нет") from None
    if not isinstance(head, dict):
        raise Unreadable("not_a_page", f"страница — это объект, а здесь {type(head).__name__}")
    posts = head.pop("posts", [])
    if not isinstance(posts, list):
        raise Unreadable("not_a_page", "posts — не список")
    if len(posts) > MOST_POSTS:
        raise Unreadable("not_a_page", _TOO_MANY)
    try:
        return Apart(head, [Piece(post, written(post)) for post in posts])
    except RecursionError:
        raise Unreadable("broken_json", "слишком глубокая вложенность") from None


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _past(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at

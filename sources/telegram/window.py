"""What the cursor of a channel remembers of its newest posts, and what a page that was read again says about them.

A preview shows neither edits nor deletions as such: a post whose content differs from what is remembered was edited, and one that is
missing between two that are still there was deleted. Pure; the clock is passed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from xxhash import xxh32_intdigest

from monitor.model.post import Post
from sources.telegram.preview import Message, Preview

# 24 bits: of 16 million edits one is missed, and a cursor stays short.
_BITS: Final = 0xFFFFFF
_SERVICE: Final = -1
_BROKEN: Final = -2
# Broken items without a number that are remembered: more of them on a page are no longer single accidents.
_NAMELESS: Final = 10


class Gone(NamedTuple):
    """A post that was deleted: its number, and when it was published (ms)."""

    number: int
    published_at: int


class _Known(NamedTuple):
    digest: int
    seconds: int


@dataclass(slots=True)
class Comparison:
    """New and changed posts in the page's order; deleted ones; broken items that were not reported before."""

    posts: list[Post] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    broken: list[tuple[str, str]] = field(default_factory=list)


class Window:
    """The newest ``size`` messages of a channel by number."""

    def __init__(self, packed: Sequence[int], size: int) -> None:
        self._size = size
        self._known: dict[int, _Known] = {}
        number = seconds = 0
        for step, digest, later in zip(packed[::3], packed[1::3], packed[2::3], strict=False):
            number += step
            seconds += later
            self._known[number] = _Known(digest, seconds)

    def pack(self) -> list[int]:
        """Three numbers for each message: step from the one before, digest, seconds since the one before."""
        numbers = sorted(self._known)
        nameless = sum(number < 0 for number in numbers)
        packed: list[int] = []
        number = seconds = 0
        for key in numbers[:nameless][-_NAMELESS:] + numbers[nameless:][-self._size :]:
            known = self._known[key]
            packed += (key - number, known.digest, known.seconds - seconds)
            number, seconds = key, known.seconds
        return packed

    def lowest(self) -> int:
        """The least number that is remembered; 0 if none is."""
        return min((number for number in self._known if number > 0), default=0)

    def compare(self, page: Preview, now: int, *, above: int, end: int = 0) -> Comparison:
        """What is new or changed on ``page``; remembers it.

        Messages with numbers greater than ``above`` were never read. ``end`` is the number before which the page was asked for: all
        that is between the page's first message and there is on the page (0: up to its last message). An edit gets the time ``now``
        (ms), since the preview does not tell when it was.
        """
        found = Comparison()
        # What is older than all that is remembered was read when it was new.
        lowest = min(above, self.lowest() or above)
        for message in page.messages:
            new = _known(message)
            before = self._known.get(message.number)
            if before is None and message.number <= lowest:
                continue
            self._known[message.number] = new
            if message.post is None or (before is not None and before.digest == new.digest):
                continue
            if before is not None and before.digest >= 0:
                message.post.edited_at = max(now, message.post.published_at)
            found.posts.append(message.post)
        found.broken = [(raw, reason) for number, raw, reason in page.broken if not 0 < number <= lowest and self._first(number, raw)]
        there = {message.number for message in page.messages} | {number for number, _, _ in page.broken if number}
        # An item without a number may be any of those that are missing.
        if there and all(number for number, _, _ in page.broken):
            found.gone = self._missing(there, end or max(there))
        return found

    def _first(self, number: int, raw: str) -> bool:
        """Whether a broken item was not reported yet: it would become a dead letter at each reading."""
        # What has no number is known by its content without figures, since counters change.
        words = "".join(character for character in raw if not character.isdigit())
        key = number or -1 - xxh32_intdigest(words.encode("utf-8", "replace"))
        before = self._known.get(key)
        self._known[key] = _Known(_BROKEN, 0)
        return before is None or before.digest != _BROKEN

    def _missing(self, there: set[int], end: int) -> list[Gone]:
        start = min(there)
        numbers = [number for number in sorted(self._known) if start < number < end and number not in there]
        gone = ((number, self._known.pop(number)) for number in numbers)
        return [Gone(number, known.seconds * 1000) for number, known in gone if known.digest >= 0]


def _known(message: Message) -> _Known:
    """Of what an edit changes. Left out: counters, which change by themselves, and link previews, which appear after a while."""
    post = message.post
    if post is None:
        return _Known(_SERVICE, 0)
    parts = [post.text, post.reply_to, post.repost_of]
    parts += (f"{item.kind} {item.id} {item.title}" for item in post.attachments if item.kind != "link")
    digest = xxh32_intdigest("\x1f".join(parts).encode("utf-8", "replace")) & _BITS
    return _Known(digest, post.published_at // 1000)

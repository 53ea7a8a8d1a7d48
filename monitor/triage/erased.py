"""People who are erased: what they wrote is not taken any more, and what could quote them is known by its hash.

Erasing travels the log as a page of its own, so it is in force from one position on, in every replay. Each partition of the pages
gets one that names the subjects; the posts to be erased come as deleted ones, in the partition of their source.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import orjson
from msgspec import Struct

from monitor.model.codec import DecodeError, decode, encode
from monitor.model.post import Page
from monitor.triage.decode import Dead, Decoded
from monitor.triage.hashes import short_hash

SOURCE = "erase"
"""The source of a page that names subjects: no source of a profile, which are called by their network."""


class Erasure(Struct, omit_defaults=True):
    """What a page with the origin ``erase`` says, in its cursor. ``subjects``: authors' hashes and ids of posts."""

    subjects: list[str] = []
    quotes: list[str] = []

    def text(self) -> str:
        return encode(self).decode()

    @staticmethod
    def of(page: Page) -> Erasure | None:
        if page.origin != "erase":
            return None
        try:
            return decode(page.cursor.encode(), Erasure)
        except DecodeError:
            # Only Nabat's own command writes such pages.
            return Erasure()


def quote_hash(text: str) -> str:
    """How a text that may stand in an alert is named where the text itself must not be."""
    return short_hash("quote", text)


class Erased:
    """Whose posts are not taken: the content of ``subjects`` follows from the log alone."""

    def __init__(self) -> None:
        self.subjects: set[str] = set()

    def load(self, subjects: Iterable[str]) -> None:
        self.subjects = set(subjects)

    def take(self, decoded: Decoded) -> None:
        """Learns from a page that erases; takes what is erased out of any other one."""
        page = decoded.page
        if page is not None and page.origin == "erase":
            erasure = Erasure.of(page)
            self.subjects.update(erasure.subjects if erasure else ())
        elif self.subjects:
            self._strip(decoded)

    def _strip(self, decoded: Decoded) -> None:
        page, subjects = decoded.page, self.subjects
        if page is not None and not (
            subjects.isdisjoint([post.author for post in page.posts]) and subjects.isdisjoint([post.id for post in page.posts])
        ):
            kept = [
                (item, post)
                for item, post in zip(decoded.items, page.posts, strict=True)
                if post.author not in subjects and post.id not in subjects
            ]
            decoded.items, page.posts = [item for item, _ in kept], [post for _, post in kept]
            # A parked page goes to the dead letters as it came.
            decoded.payload = encode(page)
        if decoded.dead:
            stripped = ((one, without(one.payload, subjects)) for one in decoded.dead)
            decoded.dead = [Dead(one.scope, one.reason, one.detail, payload, one.item) for one, payload in stripped if payload]


def without(payload: bytes, subjects: Iterable[str]) -> bytes:
    """The bytes of a dead letter without what these people wrote: the same ones where they name nobody of them, else the page without
    their posts, or nothing.
    """
    named = [subject for subject in subjects if orjson.dumps(subject) in payload]
    if not named:
        return payload
    try:
        page = orjson.loads(payload)
    except ValueError:
        return b""
    posts = page.get("posts") if isinstance(page, dict) else None
    if not isinstance(posts, list):
        return b""
    page["posts"] = [post for post in posts if not _by(post, named)]
    left = orjson.dumps(page)
    return b"" if any(orjson.dumps(subject) in left for subject in named) else left


def _by(post: object, subjects: Sequence[str]) -> bool:
    return isinstance(post, dict) and (post.get("author") in subjects or post.get("id") in subjects)

"""The cursor of a feed, and what of an answer is new to it.

A feed repeats its latest entries in each answer. Digests of what the last answer had keep the repeats out of the log, and tell an
edited entry from a known one where the feed itself says nothing of edits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Final

import msgspec

from monitor.model.post import Post

SEEN: Final = 2_000
"""Entries that a cursor remembers, about thirty bytes each; the rest of a longer feed goes on again with each change of it."""


class Mark(msgspec.Struct, array_like=True):
    """What the cursor says. ``body``: digest of the last answer; ``seen``: the end of a post's id to a digest of its content."""

    etag: str = ""
    modified: str = ""
    moved: str = ""
    covered: int = 0
    body: str = ""
    seen: dict[str, str] = {}

    @staticmethod
    def read(cursor: str) -> Mark:
        """A cursor that can't be read is as good as none: everything is asked again, and known posts are known."""
        try:
            return msgspec.json.decode(cursor, type=Mark) if cursor else Mark()
        except msgspec.DecodeError:
            return Mark()

    def write(self) -> str:
        return msgspec.json.encode(self).decode()


def fresh(posts: Sequence[Post], seen: Mapping[str, str], now: int) -> tuple[list[Post], dict[str, str]]:
    """The posts that are new or changed, and what is to be remembered. A change that the feed does not date is of ``now`` (ms)."""
    found: list[Post] = []
    after: dict[str, str] = {}
    for post in posts:
        name, content = post.id[-12:], _digest(post)
        if len(after) < SEEN:
            after[name] = content
        before = seen.get(name)
        if before == content:
            continue
        if before is not None and not post.edited_at:
            post.edited_at = now
        found.append(post)
    return found, after


def digest(data: bytes) -> str:
    """Twelve hexadecimal digits, enough to tell apart what one feed says in its life."""
    return blake2b(data, digest_size=6).hexdigest()


def _digest(post: Post) -> str:
    parts = [post.text, *(attachment.id for attachment in post.attachments)]
    return digest("\x1f".join(parts).encode("utf-8", "replace"))

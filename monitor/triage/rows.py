"""Rows of the tables that triage writes: pure functions from what was decided to columns."""

from __future__ import annotations

from monitor.model.codec import encode
from monitor.model.position import Position
from monitor.model.post import Page, Post
from monitor.model.rows import DeadLetterRow, PostRow, RevisionRow
from monitor.model.verdict import Verdict
from monitor.triage.decode import Dead, Decoded
from monitor.triage.hashes import short_hash
from monitor.triage.retry import Mark
from sinks.base import Known


class Rows:
    """Rows of the posts of one page."""

    def __init__(self, page: Page) -> None:
        self._source = page.source
        self._region = page.region
        self._network = page.network
        self._fetched_at = page.fetched_at

    def both(
        self, post: Post, now: Known, verdict: Verdict, hashed: int, first: bool, duplicate_of: str, version: int
    ) -> tuple[RevisionRow, PostRow]:
        """The post's version and, by it, its current row. ``hashed``: the text's hash, ``first``: it was entered with this post."""
        key, published_at, edited_at, deleted = post.id, post.published_at, post.edited_at, post.deleted
        text = "" if deleted else post.text
        revision = (
            key,
            self._source,
            published_at,
            edited_at,
            self._fetched_at,
            now.content_hash,
            hashed,
            first,
            duplicate_of,
            deleted,
            now.sent,
            now.revision,
            text,
            version,
        )
        current = (
            key,
            self._region,
            self._network,
            self._source,
            post.kind,
            published_at,
            edited_at,
            self._fetched_at,
            post.author,
            post.official,
            post.thread,
            post.reply_to,
            post.url,
            text,
            encode(post.attachments).decode() if post.attachments else "[]",
            deleted,
            now.revision,
            post.likes,
            post.reposts,
            post.comments,
            post.views,
            verdict.filtered or verdict.kind,
            verdict.score,
            verdict.group,
            verdict.theme,
            verdict.place.territory,
            int(verdict.urgency),
            duplicate_of,
            version,
        )
        # Twice as fast as the classes themselves, and of these rows there are two for every post.
        return tuple.__new__(RevisionRow, revision), tuple.__new__(PostRow, current)


def place_of(position: Position, number: int) -> str:
    """Where a dead letter comes from; what it is sealed with."""
    return f"{position.epoch}-{position.partition}-{position.offset}-{number}"


def letter(decoded: Decoded, number: int, dead: Dead, page: Page | None, sealed: bytes) -> DeadLetterRow:
    position = decoded.position
    return DeadLetterRow(
        short_hash("dead", place_of(position, number)),
        page.region if page else "",
        page.source if page else "",
        dead.scope,
        dead.reason,
        dead.detail[:500],
        decoded.at,
        sealed,
        "dead",
        Position(position.epoch, position.partition, position.offset, number).pack(),
    )


def retried(decoded: Decoded, page: Page, mark: Mark) -> DeadLetterRow:
    """The end of a letter that a page brought back; what is wrong with it still is a new one."""
    return DeadLetterRow(
        mark.letter,
        page.region,
        page.source,
        mark.scope,
        mark.reason,
        "",
        decoded.at,
        b"",
        "retried",
        decoded.position.pack(),
    )

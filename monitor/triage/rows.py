"""Rows of the tables that triage writes: pure functions from what was decided to columns."""

from __future__ import annotations

import orjson

from monitor.model.position import Position
from monitor.model.post import Page, Post
from monitor.model.rows import DeadLetterRow, PostRow, RevisionRow
from monitor.model.verdict import Verdict
from monitor.triage.decode import Dead, Decoded
from monitor.triage.hashes import short_hash
from monitor.triage.retry import Mark


def revision(
    page: Page,
    post: Post,
    text: str,
    content: int,
    hashed: int,
    first: bool,
    duplicate_of: str,
    sent: bool,
    number: int,
    version: int,
) -> RevisionRow:
    return RevisionRow(
        post.id,
        page.source,
        post.published_at,
        post.edited_at,
        page.fetched_at,
        content,
        hashed,
        first,
        duplicate_of,
        post.deleted,
        sent,
        number,
        text,
        version,
    )


def post(page: Page, post: Post, text: str, verdict: Verdict, duplicate_of: str, revision: int, version: int) -> PostRow:
    return PostRow(
        post.id,
        page.region,
        page.network,
        page.source,
        post.kind,
        post.published_at,
        post.edited_at,
        page.fetched_at,
        post.author,
        post.official,
        post.thread,
        post.reply_to,
        post.url,
        text,
        orjson.dumps(post.attachments).decode() if post.attachments else "[]",
        post.deleted,
        revision,
        post.likes,
        post.reposts,
        post.comments,
        post.views,
        verdict.kind,
        verdict.score,
        verdict.group,
        verdict.theme,
        verdict.place.territory,
        int(verdict.urgency),
        duplicate_of,
        version,
    )


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

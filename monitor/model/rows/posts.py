"""Rows of posts as triage writes them: what was written, in which versions, and what could not be taken."""

from __future__ import annotations

from typing import NamedTuple


class PostRow(NamedTuple):
    """posts, key ``id``: one current row a post. ``duplicate_of``: the first post with this very text. Writer: triage.

    ``appeal_kind`` is the text's own kind, or why the post counts for nothing (``advert``, ``repetition``, ``erased``).
    """

    id: str
    region: str
    network: str
    source: str
    kind: str
    published_at: int
    edited_at: int
    fetched_at: int
    author: str
    official: bool
    thread: str
    reply_to: str
    url: str
    text: str
    attachments: str
    deleted: bool
    revision: int
    likes: int
    reposts: int
    comments: int
    views: int
    appeal_kind: str
    score: int
    group: str
    theme: str
    territory: str
    urgency: int
    duplicate_of: str
    version: int


class RevisionRow(NamedTuple):
    """post_revisions, key ``(id, version)``: every version of a post that was taken. Writer: triage.

    ``content_hash`` and ``text_hash`` are unsigned 64-bit; ``first`` says that this revision entered its text into the memory of
    exact duplicates, ``sent`` that the post has been sent to watch in this or an earlier version.
    """

    id: str
    source: str
    published_at: int
    edited_at: int
    fetched_at: int
    content_hash: int
    text_hash: int
    first: bool
    duplicate_of: str
    deleted: bool
    sent: bool
    revision: int
    text: str
    version: int


class DeadLetterRow(NamedTuple):
    """dead_letters, key ``(id, status)``: what could not be taken, why and from where; ``payload`` is encrypted. Writer: triage.

    ``scope`` is ``page`` or ``post``; ``at`` is when its page was appended. A row with ``status`` ``retried`` ends the one with
    ``dead``, which stays as it was: what happened at its position does not change.
    """

    id: str
    region: str
    source: str
    scope: str
    reason: str
    detail: str
    at: int
    payload: bytes
    status: str
    version: int


class ErasureRow(NamedTuple):
    """erasures, key ``(subject, version)``: whose posts are not taken any more. Writer: triage.

    ``subject`` is an author's keyed hash, or the id of a post without one; each partition of the pages has a row of its own.
    """

    subject: str
    version: int

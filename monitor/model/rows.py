"""Rows as the stages write them: one NamedTuple a table, its fields are the table's columns in order.

Every row ends in ``version``: the log position that made it (monitor.model.position), packed. Of two rows with the same key the
greater version is the current one. The DDL in sinks.clickhouse is checked against these classes by a test.
"""

from __future__ import annotations

from typing import NamedTuple


class PostRow(NamedTuple):
    """posts, key ``id``: one current row a post. ``duplicate_of``: the first post with this very text. Writer: triage.

    ``appeal_kind`` is the text's own kind, or why the post counts for nothing (``advert``, ``repetition``).
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


class AppealRow(NamedTuple):
    """appeals, key ``(region, id)``. ``cluster`` is the first post of its near-duplicates (itself, if none). Writer: watch."""

    id: str
    region: str
    network: str
    source: str
    kind: str
    score: int
    group: str
    theme: str
    territory: str
    settlement: str
    street: str
    house: str
    facility: str
    body: str
    urgency: int
    author: str
    published_at: int
    fetched_at: int
    url: str
    incident: str
    cluster: str
    duplicate_of: str
    status: str
    revision: int
    decided_by: str
    version: int


class ReplyRow(NamedTuple):
    """replies, key ``(region, id)``. Writer: watch."""

    id: str
    region: str
    appeal: str
    incident: str
    source: str
    published_at: int
    quality: str
    url: str
    deleted: bool
    version: int


class IncidentRow(NamedTuple):
    """incidents, key ``(region, id)``. ``members`` counts active appeals, ``duplicates`` those that repeat another. Writer: watch.

    ``parent`` is the incident that heads those with one cause (itself, where it is the head; empty: none), ``cause`` says why, on
    the head's row.
    """

    id: str
    region: str
    status: str
    group: str
    theme: str
    territory: str
    settlement: str
    street: str
    house: str
    facility: str
    body: str
    urgency: int
    first_member: str
    opened_at: int
    first_seen: int
    last_seen: int
    deadline: int
    members: int
    authors: int
    duplicates: int
    replies: int
    last_reply: str
    parent: str
    cause: str
    version: int


class IncidentEventRow(NamedTuple):
    """incident_events, key ``(region, id)``, append only: every transition, with who and when. Writer: watch."""

    id: str
    region: str
    incident: str
    at: int
    actor: str
    kind: str
    detail: str
    version: int


class SeriesRow(NamedTuple):
    """series, key ``(region, series, bucket)``: ``posts`` are counted without duplicates, ``expected`` in thousandths. Writer: watch.

    ``series`` is ``territory|dimension|value`` as monitor.watch names it. ``complete`` is false where a bucket was closed by time
    before all sources had passed it.
    """

    region: str
    series: str
    territory: str
    dimension: str
    value: str
    bucket: int
    posts: int
    authors: int
    expected: int
    surprise: int
    complete: bool
    closed: bool
    version: int


class AlertRow(NamedTuple):
    """alerts, key ``(region, id)``; ``words`` and ``examples`` are JSON lists. Writer: watch.

    ``answered_by``: who acknowledged or claimed it at this level, ``claimed_by``: who works on it. ``snoozed_until``: when it asks
    again for an answer, 0 where it does not. ``sounds`` counts what it has asked people's ears for, ``why`` says what for last (see
    monitor.watch.alerts); ``note``: planned works that explain it, or that it goes beyond. ``tasked_by`` sent ``body`` the task at
    ``tasked_at``, ``taken_by`` took it there; empty: nobody yet.
    """

    id: str
    region: str
    kind: str
    subject: str
    level: str
    status: str
    at: int
    title: str
    text: str
    territory: str
    group: str
    theme: str
    incident: str
    since: int
    observed: int
    expected: int
    surprise: int
    authors: int
    words: str
    examples: str
    complete: bool
    claimed_by: str
    answered_by: str
    answered_at: int
    snoozed_until: int
    body: str
    sounds: int
    why: str
    note: str
    tasked_by: str
    tasked_at: int
    taken_by: str
    version: int


class SnapshotRow(NamedTuple):
    """snapshots, key ``(region, id, chunk)``: a region's state in chunks; chunk -1 is the manifest, written last. Writer: watch."""

    region: str
    id: str
    chunk: int
    data: bytes
    hash: str
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


class SourceHealthRow(NamedTuple):
    """source_health, key ``(region, source)``: the state of a source. Writer: crawler. ``version`` is its clock, ms."""

    region: str
    source: str
    network: str
    name: str
    kind: str
    territory: str
    state: str
    fetched_at: int
    covered_until: int
    posts: int
    error: str
    version: int


class DeliveryRow(NamedTuple):
    """deliveries, key ``(region, id, attempt)``: messages to people and systems, and what became of each. Writer: delivery.

    Attempt 0 is the message itself, from ``queued`` to how it ended; the others are attempts, from ``sending`` (the intent) to their
    outcome. ``repeat``: it may have arrived before, and says so. ``event``: what is told of the alert. ``payload`` is JSON of what is
    sent, kept with attempt 0 alone; ``part_of`` is the summary that a message went into.
    """

    id: str
    region: str
    attempt: int
    destination: str
    channel: str
    kind: str
    alert: str
    event: str
    level: str
    status: str
    repeat: bool
    at: int
    reason: str
    detail: str
    part_of: str
    payload: str
    version: int


TABLES: dict[type, str] = {
    PostRow: "posts",
    RevisionRow: "post_revisions",
    AppealRow: "appeals",
    ReplyRow: "replies",
    IncidentRow: "incidents",
    IncidentEventRow: "incident_events",
    SeriesRow: "series",
    AlertRow: "alerts",
    SnapshotRow: "snapshots",
    DeadLetterRow: "dead_letters",
    SourceHealthRow: "source_health",
    DeliveryRow: "deliveries",
}

Row = (
    PostRow
    | RevisionRow
    | AppealRow
    | ReplyRow
    | IncidentRow
    | IncidentEventRow
    | SeriesRow
    | AlertRow
    | SnapshotRow
    | DeadLetterRow
    | SourceHealthRow
    | DeliveryRow
)

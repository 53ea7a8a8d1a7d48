"""Rows of alarms: counts over time, the alerts that they and incidents raise, and messages about those to people and systems."""

from __future__ import annotations

from typing import NamedTuple


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

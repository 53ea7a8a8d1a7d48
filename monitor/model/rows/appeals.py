"""Rows of appeals as watch writes them: appeals, answers, the incidents that they make, and what became of those."""

from __future__ import annotations

from typing import NamedTuple


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

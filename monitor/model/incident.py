"""Appeals, replies, incidents and alerts: what the watch stage makes of the verdicts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from monitor.model.verdict import Place, Quality, Urgency, Verdict

AppealStatus = Literal["active", "withdrawn", "deleted", "rejected"]
"""active: counts. withdrawn: edited into chatter. deleted: gone at its source. rejected: a person said "no appeal"."""

IncidentStatus = Literal["open", "closed", "void"]
"""void: no active member is left."""

AlertKind = Literal["spike", "urgent", "overdue", "silent"]
AlertLevel = Literal["notice", "urgent", "flash"]
AlertStatus = Literal["firing", "resolved"]


@dataclass(slots=True)
class Appeal:
    """A post that concerns what authorities answer for, as triage sends it to watch.

    ``revision`` counts the versions of the post seen so far, from 1. ``duplicate_of`` is the id of the first post with the same
    normalised text among the sources of the same partition, or empty.
    """

    id: str
    text: str
    published_at: int
    fetched_at: int
    source: str
    network: str
    verdict: Verdict
    author: str = ""
    thread: str = ""
    url: str = ""
    duplicate_of: str = ""
    revision: int = 1


@dataclass(slots=True)
class Reply:
    """An answer by an official account in the thread of an appeal; ``appeal`` is the id of the post it answers."""

    id: str
    appeal: str
    text: str
    published_at: int
    source: str
    quality: Quality
    url: str = ""
    revision: int = 1


@dataclass(slots=True)
class Incident:
    """Appeals on the same problem in the same place. ``id`` comes from the first member and never changes."""

    id: str
    region: str
    group: str
    theme: str
    place: Place
    first_member: str
    opened_at: int
    first_seen: int
    last_seen: int
    status: IncidentStatus = "open"
    urgency: Urgency = Urgency.NORMAL
    body: str = ""
    deadline: int = 0
    members: int = 0
    authors: int = 0
    duplicates: int = 0
    replies: int = 0
    last_reply: str = ""


@dataclass(slots=True)
class Spike:
    """A statistically surprising rise of one series, judged at the close of a bucket.

    ``surprise`` is minus ten times the common logarithm of the tail probability, rounded (a decibel scale: 60 is one in a
    million). ``expected`` is in thousandths of a post, an integer. ``onset`` is the estimated start, ms.
    """

    series: str
    bucket: int
    level: AlertLevel
    observed: int
    expected: int
    surprise: int
    onset: int = 0


@dataclass(slots=True)
class Alert:
    """What is pushed to people. ``id`` is made of kind, subject, and bucket or transition: a replay raises it again as itself."""

    id: str
    region: str
    kind: AlertKind
    subject: str
    level: AlertLevel
    at: int
    title: str
    text: str
    status: AlertStatus = "firing"
    territory: str = ""
    group: str = ""
    theme: str = ""
    incident: str = ""
    since: int = 0
    observed: int = 0
    expected: int = 0
    surprise: int = 0
    authors: int = 0
    words: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)
    complete: bool = True

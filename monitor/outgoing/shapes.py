"""The ``data`` of each outgoing type, field by field as the row that it tells of, and the envelope around it (CloudEvents 1.0).

Times are ms since 1970 (UTC), 0 where there is none. The JSON Schemas in ``schemas/`` say what each field means.
"""

from __future__ import annotations

from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from msgspec import Struct

from monitor.log.base import ALERTS, DEADLETTERS, INCIDENTS, REPLIES


class IncidentData(Struct, gc=False):
    """How an incident stands. ``status`` ``void``: none of its appeals counts any more."""

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
    parent: str = ""
    cause: str = ""


class AlertData(Struct):
    """An alert that fires, fires louder, or is over (``status`` ``resolved``)."""

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
    words: list[str]
    examples: list[str]
    complete: bool
    claimed_by: str = ""
    answered_by: str = ""
    answered_at: int = 0
    snoozed_until: int = 0
    body: str = ""
    sounds: int = 1
    why: str = "fired"
    note: str = ""
    tasked_by: str = ""
    tasked_at: int = 0
    taken_by: str = ""


class ReplyData(Struct, gc=False):
    """An official answer, judged; ``deleted`` when it was taken back."""

    id: str
    region: str
    appeal: str
    incident: str
    source: str
    published_at: int
    quality: str
    url: str
    deleted: bool


class LetterData(Struct, gc=False):
    """What could not be taken, why and from where: never its content. ``status`` ``retried``: it was brought back."""

    id: str
    region: str
    source: str
    scope: str
    reason: str
    detail: str
    at: int
    status: str
    epoch: int
    partition: int
    offset: int


Data = IncidentData | AlertData | ReplyData | LetterData
D = TypeVar("D", bound=Data)


class Event(Struct, Generic[D], gc=False):
    """An event as it is written. ``sequence`` (CloudEvents' extension) orders the events of a subject as text does.

    ``version`` is the same number in decimal: the row's version in ClickHouse and on the console.
    """

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: str
    dataschema: str
    sequence: str
    version: str
    data: D


class Kind(NamedTuple):
    """A type of event: its topic, and the names of the type and of its schema."""

    topic: str
    type: str

    @property
    def dataschema(self) -> str:
        return f"urn:nabat:{self.type}"


INCIDENT = Kind(INCIDENTS, "ru.nabat.incident.v1")
ALERT = Kind(ALERTS, "ru.nabat.alert.v1")
REPLY = Kind(REPLIES, "ru.nabat.reply.v1")
LETTER = Kind(DEADLETTERS, "ru.nabat.deadletter.v1")
KINDS = (INCIDENT, ALERT, REPLY, LETTER)

"""Events of the outgoing topics as objects: the version that Nabat writes, and the one before it.

Version 0, before there were envelopes, had incidents and alerts as ``{"id": subject, "version", "data"}``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from msgspec import Struct

from monitor.log.base import ALERTS, INCIDENTS
from monitor.model.codec import DecodeError, decode
from monitor.outgoing.shapes import ALERT, INCIDENT, KINDS, LETTER, REPLY, AlertData, Data, Event, IncidentData, LetterData, ReplyData


class Told(NamedTuple):
    """What an event tells: the data of ``subject`` as of ``version``. ``time`` is None in version 0, which had none."""

    subject: str
    version: int
    time: datetime | None
    data: Data


class _Head(Struct):
    specversion: str = ""
    type: str = ""


class _Incident0(Struct):
    id: str
    version: str
    data: IncidentData


class _Alert0(Struct):
    id: str
    version: str
    data: AlertData


_ZERO: dict[str, Any] = {INCIDENTS: _Incident0, ALERTS: _Alert0}
_FORMS: dict[str, Any] = {
    INCIDENT.type: Event[IncidentData],
    ALERT.type: Event[AlertData],
    REPLY.type: Event[ReplyData],
    LETTER.type: Event[LetterData],
}
_TOPICS = {kind.type: kind.topic for kind in KINDS}


def read(topic: str, value: bytes) -> Told:
    """A record's value. DecodeError for what is no event of this topic, or of a version that this program does not know."""
    head = decode(value, _Head)
    if not head.specversion and topic in _ZERO:
        bare = decode(value, _ZERO[topic])
        return Told(bare.id, _number(bare.version), None, bare.data)
    if head.specversion != "1.0" or _TOPICS.get(head.type) != topic:
        raise DecodeError(f"specversion {head.specversion!r}, type {head.type!r}: nothing that this program reads from {topic}")
    event = decode(value, _FORMS[head.type])
    return Told(event.subject, _number(event.version), event.time, event.data)


def _number(version: str) -> int:
    try:
        return int(version)
    except ValueError:
        raise DecodeError("version is no number") from None

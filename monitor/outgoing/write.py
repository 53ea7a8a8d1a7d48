"""Rows as events for other systems: the same row gives the same bytes, so a repeat is known by its id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote

import msgspec
import orjson

from monitor.log.base import Append, partition_of
from monitor.model.position import Position
from monitor.model.rows import AlertRow, DeadLetterRow, IncidentRow, ReplyRow
from monitor.outgoing.shapes import (
    ALERT,
    INCIDENT,
    LETTER,
    REPLY,
    AlertData,
    D,
    Event,
    IncidentData,
    Kind,
    LetterData,
    ReplyData,
)

_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Outgoing:
    """A record for an outgoing topic; ``key`` is the subject's id."""

    topic: str
    key: str
    value: bytes


def appends(outgoing: Iterable[Outgoing], partitions: Mapping[str, int], now: int) -> Iterator[Append]:
    """Records for the log, each in the partition of its key."""
    return (Append(one.topic, partition_of(one.key, partitions[one.topic]), one.key, one.value, now) for one in outgoing)


def moment(at: int) -> datetime:
    """Ms since 1970 as events have it."""
    return datetime.fromtimestamp(at / 1000, UTC)


def incident(row: IncidentRow, time: datetime) -> Outgoing:
    """``time`` of these: the greatest time that watch has read (its clock)."""
    return _outgoing(INCIDENT, row.id, row.region, row.version, time, IncidentData(*row[:-1]))


def alert(row: AlertRow, time: datetime) -> Outgoing:
    fields = row._asdict() | {"words": orjson.loads(row.words), "examples": orjson.loads(row.examples)}
    del fields["version"]
    data = AlertData(**fields)
    return _outgoing(ALERT, row.id, row.region, row.version, time, data)


def reply(row: ReplyRow, time: datetime) -> Outgoing:
    return _outgoing(REPLY, row.id, row.region, row.version, time, ReplyData(*row[:-1]))


def letter(row: DeadLetterRow) -> Outgoing:
    """Its time is when the page was appended: a page that can't be read has no other."""
    at = Position.unpack(row.version)
    data = LetterData(
        row.id, row.region, row.source, row.scope, row.reason, row.detail, row.at, row.status, at.epoch, at.partition, at.offset
    )
    return _outgoing(LETTER, row.id, row.region, row.version, moment(row.at), data)


def _outgoing(kind: Kind, subject: str, region: str, version: int, time: datetime, data: D) -> Outgoing:
    sequence, number = _numbers(version)
    event = Event(
        "1.0",
        f"{subject}:{sequence}",
        _source(region),
        kind.type,
        subject,
        time,
        "application/json",
        kind.dataschema,
        sequence,
        number,
        data,
    )
    return Outgoing(kind.topic, subject, _encode(event))


@lru_cache(maxsize=10)
def _numbers(version: int) -> tuple[str, str]:
    # All that a record brings about has its version.
    return f"{version:032x}", str(version)


@lru_cache(maxsize=100)
def _source(region: str) -> str:
    # The region of a page that was refused may be anything, and a source is a URI.
    return f"/nabat/{quote(region, safe='')}" if region else "/nabat"

"""Nabat reads the version that it writes and the one before it, and whoever reads the one before it can read this one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import asdict

from monitor.log.base import ALERTS, INCIDENTS, REPLIES
from monitor.model.codec import DecodeError
from monitor.model.rows import AlertRow, DeadLetterRow, IncidentRow, ReplyRow
from monitor.outgoing import write
from monitor.outgoing.read import read
from monitor.outgoing.write import Outgoing
from tests.crash.stages import Done


def write_0(row: IncidentRow | AlertRow) -> bytes:
    """As version 0 was written."""
    data: dict[str, Any] = row._asdict()
    version = data.pop("version")
    for name in ("words", "examples"):
        if name in data:
            data[name] = json.loads(data[name])
    return json.dumps({"id": row.id, "version": str(version), "data": data}, ensure_ascii=False).encode()


def read_0(value: bytes) -> tuple[str, dict[str, Any]]:
    """As version 0 was read."""
    event = json.loads(value)
    return event["version"], dict(event["data"])


@pytest.fixture(scope="module")
def told_of(done: Done) -> list[tuple[IncidentRow | AlertRow, Outgoing]]:
    """Rows that had a version 0, with their events."""
    rows = {(row.id, row.version): row for row in done.rows if isinstance(row, IncidentRow | AlertRow)}
    return [(rows[one.key, int(json.loads(one.value)["version"])], one) for one in done.outgoing if one.topic in (INCIDENTS, ALERTS)]


def test_every_event_is_read_as_it_was_written(done: Done) -> None:
    rows = {(row.id, row.version): row for row in done.rows if isinstance(row, IncidentRow | AlertRow | ReplyRow | DeadLetterRow)}
    assert len(done.outgoing) == len(rows)
    for one in done.outgoing:
        told = read(one.topic, one.value)
        row = rows[one.key, told.version]
        assert told.subject == row.id
        assert told.time is not None
        assert told.data.id == row.id
        assert asdict(told.data) == json.loads(one.value)["data"]


def test_the_version_before_is_read_to_the_same(told_of: list[tuple[IncidentRow | AlertRow, Outgoing]]) -> None:
    assert {one.topic for _, one in told_of} == {INCIDENTS, ALERTS}
    for row, one in told_of:
        assert read(one.topic, write_0(row)) == read(one.topic, one.value)._replace(time=None)


def test_a_reader_of_the_version_before_reads_this_one(told_of: list[tuple[IncidentRow | AlertRow, Outgoing]]) -> None:
    for row, one in told_of:
        assert read_0(one.value) == read_0(write_0(row))


@pytest.fixture
def event(sent: list[Outgoing]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(next(one.value for one in sent if one.topic == INCIDENTS))
    return found


def test_fields_that_come_later_are_passed_over(event: dict[str, Any]) -> None:
    more = {**event, "traceparent": "00-1", "data": {**event["data"], "later": "i-1"}}
    assert read(INCIDENTS, json.dumps(more).encode()) == read(INCIDENTS, json.dumps(event).encode())


@pytest.mark.parametrize(
    "change",
    [
        {"type": "ru.nabat.incident.v2"},
        {"type": "ru.nabat.alert.v1"},
        {"type": 1},
        {"specversion": "2.0"},
        {"specversion": ""},
        {"version": "next"},
        {"time": "yesterday"},
        {"data": {}},
        {"data": None},
    ],
    ids=str,
)
def test_what_is_not_known_is_refused(event: dict[str, Any], change: dict[str, Any]) -> None:
    if change == {"specversion": ""}:
        change["data"] = {}
    with pytest.raises(DecodeError):
        read(INCIDENTS, json.dumps({**event, **change}).encode())


@pytest.mark.parametrize("value", [b"", b"\xff", b"[]", b"{}", b"null", b'{"id":"i","version":"1","data":{"region":"samara"}}'])
@pytest.mark.parametrize("topic", [INCIDENTS, REPLIES])
def test_no_event_at_all_is_refused(topic: str, value: bytes) -> None:
    with pytest.raises(DecodeError):
        read(topic, value)


def test_replies_had_no_version_before() -> None:
    row = ReplyRow("r", "samara", "p", "i", "vk:-1", 1, "formal", "", False, 3)
    data = asdict(read(REPLIES, write.reply(row, write.moment(1)).value).data)
    with pytest.raises(DecodeError, match="replies"):
        read(REPLIES, json.dumps({"id": "r", "version": "3", "data": data}).encode())

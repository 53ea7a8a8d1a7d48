"""The schemas are part of the product: they say what is really sent, neither more nor less."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from importlib import resources
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from monitor.metrics.labels import DeadScope
from monitor.model.incident import AlertKind, AlertLevel
from monitor.model.position import Position
from monitor.model.rows import AlertRow, DeadLetterRow, IncidentRow, ReplyRow
from monitor.model.verdict import Quality, Urgency
from monitor.outgoing import shapes, write
from monitor.outgoing.shapes import ALERT, INCIDENT, KINDS, LETTER, REPLY, Kind
from monitor.outgoing.write import Outgoing
from tests.crash.region import HOUR, START
from tests.crash.stages import Done

SHAPES: dict[Kind, Any] = {
    INCIDENT: shapes.IncidentData,
    ALERT: shapes.AlertData,
    REPLY: shapes.ReplyData,
    LETTER: shapes.LetterData,
}
ROWS: dict[Kind, Any] = {INCIDENT: IncidentRow, ALERT: AlertRow, REPLY: ReplyRow, LETTER: DeadLetterRow}
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def schema(kind: Kind) -> dict[str, Any]:
    text = resources.files("monitor.outgoing").joinpath("schemas", f"{kind.type}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def of(sent: list[Outgoing], kind: Kind) -> list[dict[str, Any]]:
    return [json.loads(one.value) for one in sent if one.topic == kind.topic]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.topic)
def test_a_schema_names_every_field(kind: Kind) -> None:
    found = schema(kind)
    Draft202012Validator.check_schema(found)
    assert found["$id"] == kind.dataschema
    assert list(found["properties"]) == found["required"] == list(SHAPES[kind].__struct_fields__)
    assert all(field["description"] for field in found["properties"].values())


def test_closed_sets_are_those_of_the_program() -> None:
    alert, reply, letter, incident = (schema(kind)["properties"] for kind in (ALERT, REPLY, LETTER, INCIDENT))
    assert alert["kind"]["enum"] == list(get_args(AlertKind))
    assert alert["level"]["enum"] == list(get_args(AlertLevel))
    assert reply["quality"]["enum"] == list(get_args(Quality)) == incident["last_reply"]["enum"][1:]
    assert letter["scope"]["enum"] == list(get_args(DeadScope))
    assert incident["urgency"]["maximum"] == max(Urgency)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.topic)
def test_what_is_sent_is_what_the_schema_says(sent: list[Outgoing], kind: Kind) -> None:
    judge = Draft202012Validator({**schema(kind), "additionalProperties": False})
    events = of(sent, kind)
    assert len(events) > 5
    for event in events:
        assert [error.message for error in judge.iter_errors(event["data"])] == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.topic)
def test_what_is_damaged_is_not(sent: list[Outgoing], kind: Kind) -> None:
    judge = Draft202012Validator(schema(kind))
    data = of(sent, kind)[0]["data"]
    for name, value in data.items():
        assert not judge.is_valid({key: one for key, one in data.items() if key != name}), name
        assert not judge.is_valid({**data, name: None}), name
        assert not judge.is_valid({**data, name: -1 if isinstance(value, int) else 5}), name
    for name, field in schema(kind)["properties"].items():
        assert "enum" not in field or not judge.is_valid({**data, name: "another"}), name


def test_everything_that_can_be_told_is_told(sent: list[Outgoing]) -> None:
    """Also what is taken back: void, resolved, deleted, retried."""

    def values(kind: Kind, name: str) -> set[Any]:
        return {event["data"][name] for event in of(sent, kind)}

    assert values(INCIDENT, "status") == {"open", "void"}
    assert values(ALERT, "status") == {"firing", "resolved"}
    assert values(ALERT, "kind") == {"urgent", "overdue", "spike"}
    assert values(REPLY, "deleted") == {False, True}
    assert values(REPLY, "quality") == set(get_args(Quality))
    assert values(LETTER, "status") == {"dead", "retried"}
    assert values(LETTER, "scope") == {"page", "post"}
    assert values(LETTER, "reason") >= {"parser", "parked", "stage_error", "wrong_type", "broken_json", "unknown_region"}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.topic)
def test_envelopes_are_cloudevents(sent: list[Outgoing], kind: Kind) -> None:
    keys = {one.key for one in sent if one.topic == kind.topic}
    events = of(sent, kind)
    assert {event["subject"] for event in events} == keys
    for event in events:
        assert list(event) == [
            "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "sequence", "version", "data",
        ]  # fmt: skip
        assert (event["specversion"], event["datacontenttype"]) == ("1.0", "application/json")
        assert (event["type"], event["dataschema"]) == (kind.type, f"urn:nabat:{kind.type}")
        assert event["source"] == "/".join(filter(None, ["/nabat", event["data"]["region"]]))
        assert event["subject"] == event["data"]["id"]
        assert event["id"] == f"{event['subject']}:{event['sequence']}"
        assert re.fullmatch("[0-9a-f]{32}", event["sequence"])
        assert int(event["sequence"], 16) == int(event["version"])
        assert RFC_3339.fullmatch(event["time"])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.topic)
def test_time_is_the_stages_and_goes_on(sent: list[Outgoing], kind: Kind) -> None:
    """The pages' and ticks', of January 2026 in this log, never that of the machine."""
    times = [datetime.fromisoformat(event["time"]) for event in of(sent, kind)]
    assert times == sorted(times)
    began, ended = (datetime.fromtimestamp(at / 1000, UTC) for at in (START, START + 6 * HOUR))
    assert kind is LETTER or all(began <= time <= ended for time in times)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.topic)
def test_an_id_is_one_event_and_a_subjects_events_are_in_order(sent: list[Outgoing], kind: Kind) -> None:
    events = of(sent, kind)
    assert len({(event["source"], event["id"]) for event in events}) == len(events)
    last: dict[str, str] = {}
    for event in events:
        assert last.get(event["subject"], "") < event["sequence"]
        last[event["subject"]] = event["sequence"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.topic)
def test_the_last_event_of_a_subject_is_its_current_row(done: Done, kind: Kind) -> None:
    rows = {row.id: row for row in done.rows if isinstance(row, ROWS[kind])}
    told = {event["subject"]: event for event in of(done.outgoing, kind)}
    assert told.keys() == rows.keys()
    for subject, row in rows.items():
        event = told[subject]
        assert event["version"] == str(row.version)
        for name in row._fields[:-1]:
            value = getattr(row, name)
            if name in ("words", "examples"):
                value = json.loads(value)
            assert name == "payload" or event["data"][name] == value


def test_a_dead_letter_tells_where_and_nothing_of_what() -> None:
    at = Position(2, 3, 40, 7)
    row = DeadLetterRow("d", "", "", "page", "not_a_page", "posts is not a list", START, b"secret", "dead", at.pack())
    one = write.letter(row)
    event = json.loads(one.value)
    assert b"secret" not in one.value
    assert (event["data"]["epoch"], event["data"]["partition"], event["data"]["offset"]) == at[:3]
    assert (event["source"], event["time"]) == ("/nabat", "2026-01-12T13:00:00Z")


def test_a_source_is_a_uri_whatever_a_page_says_its_region_is() -> None:
    row = DeadLetterRow("d", "где/то #1", "s", "page", "unknown_region", "", START, b"", "dead", 1)
    assert json.loads(write.letter(row).value)["source"] == "/nabat/%D0%B3%D0%B4%D0%B5%2F%D1%82%D0%BE%20%231"

"""Records of the watch topic as bytes and back."""

from __future__ import annotations

import pytest

from monitor.model.codec import DecodeError
from monitor.model.incident import Appeal, Reply
from monitor.model.verdict import Place, Urgency, Verdict
from monitor.model.watch import Action, Findings, History, Tick, Use, Version, WatchRecord, decode_record, encode_record, parts

_VERDICT = Verdict("complaint", 700, "roads", "roads.holes", place=Place("city", street="садовая"), urgency=Urgency.URGENT)
_APPEAL = Appeal("p1", "Яма «во дворе» 😡\n\0", 5, 9, "vk:-1", "vk", _VERDICT, author="a")
_RECORDS: list[WatchRecord] = [
    Findings((1, 0, 7), "samara", "vk:-1", 9),
    Findings(
        (1, 2, 1 << 62),
        "samara",
        "vk:-1",
        9,
        8,
        3,
        "backfill",
        [_APPEAL],
        [Version("p2", 2, "edited", _APPEAL), Version("p3", 4, "deleted")],
        [Reply("r1", "p1", "Сделано", 10, "vk:-1", "substantive")],
        ["двор", "двор"],
        2,
        ["Двор"],
    ),
    Action("x", "not_appeal", "samara", "p1", str(1 << 120), "operator", 11),
    Tick(12),
    Use(13, "samara", "c", "p", "s"),
    History("samara", 1, 2, {"city|all|": [1, 0, 3]}),
]


@pytest.mark.parametrize("record", _RECORDS, ids=lambda record: type(record).__name__)
def test_comes_back_as_it_went(record: WatchRecord) -> None:
    assert decode_record(encode_record(record)) == record


def test_a_newer_writers_fields_are_ignored() -> None:
    assert decode_record(b'{"type":"tick","at":1,"zone":"x"}') == Tick(1)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "truncated"),
        (b"\xff", "malformed"),
        (b"null", "Expected `object`"),
        (b'{"at":1}', "`type`"),
        (b'{"type":"wish","at":1}', r"\$\.type"),
        (b'{"type":"tick","at":"1"}', r"\$\.at"),
        (b'{"type":"tick"}', "`at`"),
        (b'{"type":"use","at":1,"region":"\xff","classifier":"","profile":"","settings":""}', "utf-8"),
    ],
)
def test_what_is_no_record_is_told_with_the_reason(data: bytes, said: str) -> None:
    with pytest.raises(DecodeError, match=said):
        decode_record(data)


def test_a_long_past_is_cut_into_records_that_a_log_takes() -> None:
    counts = {f"district-{place}|group-{group}|": [place] * 168 for place in range(60) for group in range(40)}
    found = parts(History("samara", 1, 2, counts))
    assert len(found) > 2
    assert max(len(encode_record(one)) for one in found) < 1_000_000
    assert {series: row for one in found for series, row in one.counts.items()} == counts
    # The sums of a group over all territories are taught by one record.
    for group in range(40):
        assert sum(any(f"|group-{group}|" in series for series in one.counts) for one in found) == 1


def test_no_past_is_no_record() -> None:
    assert parts(History("samara", 1, 2, {})) == []

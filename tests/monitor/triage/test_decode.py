"""What the fast way makes of a page is what the slow way would have made of it, to the last field."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from monitor.model.position import Position
from monitor.triage import decode
from monitor.triage.decode import Decoded, decode_page
from tests.crash.region import REGION
from tests.monitor.triage.bad_input_form import FORM
from tests.monitor.triage.bad_input_pages import page, post, with_fields, with_head, with_raw, written
from tests.monitor.triage.bad_input_run import Case
from tests.monitor.triage.bad_input_values import MANY_ATTACHMENTS, MANY_POSTS, VALUES
from tests.monitor.triage.test_bad_input_properties import POSTS, changed_posts, ruined_pages

CASES = [case for case in (*FORM, *VALUES) if case.fault not in (MANY_ATTACHMENTS, MANY_POSTS)]
MIDDLE = written(post(2))


def taken(data: bytes) -> Decoded:
    return decode_page(data, Position(1, 0, 5), frozenset({REGION}))


def slowly(data: bytes) -> Decoded:
    return decode._salvage(data, Position(1, 0, 5), frozenset({REGION}))


def same(data: bytes) -> None:
    assert plain(taken(data)) == plain(slowly(data))


def plain(decoded: Decoded) -> Decoded:
    """Only the words of a letter's detail may differ."""
    return replace(decoded, items=list(decoded.items), dead=[replace(one, detail="") for one in decoded.dead])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fault[:50])
def test_of_every_fault(case: Case) -> None:
    for pages in case.variants():
        for data in pages:
            same(data)


@pytest.mark.parametrize(
    "raw",
    [
        MIDDLE.replace(b'"likes":20', b'"likes":18446744073709551616'),
        MIDDLE.replace(b'"likes":20', b'"likes":-9223372036854775809,"views":1' + b"0" * 40),
        MIDDLE.replace(b'"likes":20', b'"likes":1e2'),
        MIDDLE.replace(b'"likes":20', b'"likes":-0'),
        MIDDLE.replace(b'"likes":20', b'"likes":"20","likes":20'),
        MIDDLE.replace(b'"likes":20', b'"likes":20,"likes":"20"'),
        MIDDLE.replace(b'"likes":20', b'"likes":20,"x":1e400,"y":NaN'),
        MIDDLE.replace(b'"likes":20', b'"likes":20,"x":"\xff","\xff":1'),
        MIDDLE.replace(b'"likes":20', b'"likes":20,"x":"\\ud83d"'),
        MIDDLE.replace(b'"likes":20', b'"likes":20,"x":"\\u0000"'),
        MIDDLE.replace(b'"id"', b'"\\u0069d"'),
        MIDDLE.replace(b'"kind":"post"', b'"kind":"p\\u006fst"'),
        MIDDLE.replace(b'"text":"', b'"text":"\x1f'),
        MIDDLE.replace(b'"text":"', b'"text":"\\ud83d\\ude21 \\u00000 \\\\u0000 '),
        MIDDLE.replace(b'"text":"', b'"text":"\xed\xa0\xbd'),
    ],
)
def test_of_what_readers_of_json_read_differently(raw: bytes) -> None:
    assert raw != MIDDLE
    same(with_raw(raw))


@settings(max_examples=200, deadline=None)
@given(ruined_pages())
def test_of_a_ruined_page(data: bytes) -> None:
    same(data)


@settings(max_examples=200, deadline=None)
@given(changed_posts())
def test_of_a_changed_post(changed: tuple[int, bytes]) -> None:
    number, raw = changed
    parts = [raw if at == number else written(one) for at, one in enumerate(POSTS)]
    same(written(page([])).replace(b'"posts":[]', b'"posts":[' + b",".join(parts) + b"]"))


def test_the_fast_way_is_the_one_that_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counters that need cutting, odd times and attachments do not slow a page down."""
    monkeypatch.setattr(decode, "take_apart", None)
    for data in (with_head(), with_fields(likes=10**30, views=-1, published_at=0, edited_at=5), written(page([]))):
        assert taken(data).dead == []


@pytest.mark.parametrize("depth", [100, 900, 1000, 1010])
def test_how_deep_is_read_does_not_depend_on_the_caller(depth: int) -> None:
    data = with_raw(MIDDLE[:-1] + b',"x":' + b"[" * depth + b"]" * depth + b"}")

    def below(frames: int) -> Decoded:
        return below(frames - 1) if frames else taken(data)

    assert below(1).page == below(300).page

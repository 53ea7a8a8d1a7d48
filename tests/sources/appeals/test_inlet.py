"""Signed webhooks with appeals: bodies of each form, secrets that change, and what is refused before it is read."""

from __future__ import annotations

import json
from base64 import b64encode
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model.source import Source
from sources.appeals.inlet import AppealsInlet
from sources.webhook import headers_of
from sources.wire import Pushed, Taken
from tests.sources.appeals.exports import adapter, mapping, row, source

NOW = 1_800_000_000_000
KEYS = [b"0123456789abcdef01234567", b"abcdef0123456789abcdef01"]
SCHEMA = orjson.loads(files("sources.appeals").joinpath("appeals.schema.json").read_bytes())
APPEAL = {"number": 7, "text": "Яма", "registered_at": "2026-01-12T04:30:00Z", "deadline": "2026-02-11"}


def inlet(folder: Path, more: str = "", keys: list[bytes] = KEYS) -> tuple[AppealsInlet, Source]:
    secrets = "\n".join(f"whsec_{b64encode(key).decode()}" for key in keys)
    (folder / "reception.secrets").write_text(f"# two, while one replaces the other\n{secrets}\n")
    text = f'[webhook]\nname = "reception"\nsecrets_file = "reception.secrets"\n{more}'
    one = source(mapping(folder, text))
    (made,) = adapter(one).inlets([one])
    return made, one


async def push(made: AppealsInlet, body: Any, keys: list[bytes] = KEYS[:1], now: int = NOW) -> Taken:
    data = body if isinstance(body, bytes) else orjson.dumps(body)
    return await made.take(Pushed(headers_of(keys, "e-1", NOW, data), {}, data), now)


BODIES = [
    APPEAL,
    [APPEAL],
    {"data": APPEAL},
    {"type": "appeal.registered", "timestamp": "2026-01-12T05:00:00Z", "data": [APPEAL]},
]


@pytest.mark.parametrize("body", BODIES)
async def test_bodies_of_each_form(tmp_path: Path, body: Any) -> None:
    jsonschema.validate(body, SCHEMA, jsonschema.Draft202012Validator)
    made, one = inlet(tmp_path)
    taken = await push(made, body)
    assert (taken.status, taken.event, made.path, made.network) == (200, "e-1", "/push/appeals/reception", "appeal")
    ((pushed, fetched),) = taken.fetched
    (page,) = fetched.pages
    assert (pushed, page.source, page.region, page.cursor, page.covered_until) == (one, one.id, "test", "", 0)
    (post,) = page.posts
    assert (post.id, post.kind, post.published_at) == ("appeal:pos:7", "appeal", 1_768_192_200_000)
    assert post.edited_at == (1_768_194_000_000 if "timestamp" in body else NOW)
    assert fetched.broken == []


async def test_a_retry_is_the_same_event(tmp_path: Path) -> None:
    made, _ = inlet(tmp_path)
    first, again = await push(made, APPEAL), await push(made, APPEAL, now=NOW + 60_000)
    assert (first.event, again.event, again.status) == ("e-1", "e-1", 200)


async def test_items_that_are_none_are_kept_apart_under_an_answer_of_success(tmp_path: Path) -> None:
    made, _ = inlet(tmp_path)
    taken = await push(made, [APPEAL, {"number": 8}, 9, {**APPEAL, "number": 10, "registered_at": "вчера"}])
    ((_, fetched),) = taken.fetched
    assert taken.status == 200
    assert [reason.split(":")[0] for _, reason in fetched.broken] == ["запись 2", "запись 3", "запись 4"]


async def test_another_systems_form(tmp_path: Path) -> None:
    made, _ = inlet(tmp_path, 'items = "cards"\n[columns]\nnumber = "card.id"\ntext = "card.body"\n')
    taken = await push(made, {"cards": [{"card": {"id": 5, "body": "Яма"}}]})
    assert [post.id for post in taken.fetched[0][1].pages[0].posts] == ["appeal:pos:5"]


async def test_an_appeal_that_was_withdrawn(tmp_path: Path) -> None:
    made, _ = inlet(tmp_path)
    body = {"number": 7, "deleted": True}
    jsonschema.validate(body, SCHEMA, jsonschema.Draft202012Validator)
    (post,) = (await push(made, body)).fetched[0][1].pages[0].posts
    assert (post.id, post.deleted, post.text, post.attachments) == ("appeal:pos:7", True, "", [])


async def test_either_secret_holds_and_no_other(tmp_path: Path) -> None:
    made, _ = inlet(tmp_path)
    assert (await push(made, APPEAL, KEYS[1:])).status == 200
    taken = await push(made, APPEAL, [b"another key of 24 bytes!"])
    assert (taken.status, taken.fetched, taken.event) == (403, [], "")
    made, _ = inlet(tmp_path, keys=KEYS[:1])
    assert (await push(made, APPEAL, KEYS[1:])).status == 403


async def test_signatures_come_first(tmp_path: Path) -> None:
    made, _ = inlet(tmp_path)
    for body in (b"no json", b"[" * 100_000):
        assert (await made.take(Pushed({}, {}, body), NOW)).status == 403
    assert (await push(made, APPEAL, now=NOW + 301_000)).status == 403


@pytest.mark.parametrize("body", [b"", b"no json", b"[" * 100_000, b"7", b'"text"', b'{"data": 5}', b"{}}"])
async def test_what_can_not_be_read(tmp_path: Path, body: bytes) -> None:
    made, _ = inlet(tmp_path)
    assert (await push(made, body)).status == 400


async def test_no_personal_data_leaves(tmp_path: Path) -> None:
    made, _ = inlet(tmp_path)
    phone = "8 (927) 123-45-67"
    body = row(1, author="Автор обращения", text=f"Тел. {phone}", address=f"дом 5, {phone}", executor=f"Отдел, {phone}")
    (post,) = (await push(made, body)).fetched[0][1].pages[0].posts
    assert "123-45" not in repr(post)
    assert "Автор" not in repr(post)


_value = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
_json = st.recursive(
    _value, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=8
)
_fields = st.dictionaries(st.sampled_from(sorted(SCHEMA["$defs"]["appeal"]["properties"])), _json, max_size=6)


@settings(max_examples=60, deadline=None)
@given(body=st.lists(_fields, max_size=4) | _json | _fields)
async def test_nothing_that_is_sent_is_a_bug(tmp_path_factory: pytest.TempPathFactory, body: Any) -> None:
    made, _ = inlet(tmp_path_factory.mktemp("push"))
    taken = await push(made, json.dumps(body).encode())
    assert taken.status in (200, 400)


@settings(max_examples=40, deadline=None)
@given(
    number=st.integers(0, 10**9) | st.text("аб-1/", min_size=1, max_size=20).filter(lambda text: bool(text.strip())),
    text=st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=100),
    fields=st.fixed_dictionaries({}, optional={"stage": st.text(max_size=9), "oktmo": st.text(max_size=9), "deleted": st.booleans()}),
)
async def test_what_fits_the_schema_is_taken(
    tmp_path_factory: pytest.TempPathFactory, number: int | str, text: str, fields: dict[str, Any]
) -> None:
    body = {"number": number, "text": text, **fields}
    jsonschema.validate(body, SCHEMA, jsonschema.Draft202012Validator)
    made, _ = inlet(tmp_path_factory.mktemp("push"))
    ((_, fetched),) = (await push(made, body)).fetched
    assert (len(fetched.pages[0].posts), fetched.broken) == (1, [])

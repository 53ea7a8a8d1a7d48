"""Files: what a row means, what is broken, how reading goes on, and that no file stops it."""

from __future__ import annotations

import asyncio
import os
import tracemalloc
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model.codec import decode, encode
from monitor.model.errors import SourceRefused
from monitor.model.post import Page, Post
from monitor.model.source import Source
from sources.files import FilesAdapter
from sources.rows import BadRow, moment, post_of

NOW = 1_800_000_000_000
MODIFIED = 1_700_000_000


def source(path: Path) -> Source:
    return Source("file:x", "file", "feed", "test", str(path))


def write(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    os.utime(path, (MODIFIED, MODIFIED))
    return path


async def read(path: Path, cursor: str = "", **options: Any) -> tuple[list[Post], list[tuple[Any, str]], str, list[Page]]:
    adapter = FilesAdapter(b"key", **options)
    pages: list[Page] = []
    broken: list[tuple[Any, str]] = []
    while True:
        answer = await adapter.fetch(source(path), cursor, NOW)
        pages += answer.pages
        broken += answer.broken
        cursor = answer.pages[-1].cursor
        if not answer.more:
            return [post for page in pages for post in page.posts], broken, cursor, pages


async def test_all_fields_of_a_row(tmp_path: Path) -> None:
    row = {
        "id": "a-1",
        "text": "Нет воды\u0000 на Мира 5",
        "published_at": "2026-01-12T08:30:00+04:00",
        "edited_at": 1_768_200_000,
        "author": "Ирина",
        "official": "да",
        "thread": 7,
        "reply_to": "file:other:9",
        "kind": "comment",
        "url": "https://example.org/1",
        "place": "Мира, 5",
        "likes": "12",
        "views": "много",
        "attachments": [{"kind": "photo", "id": 5, "url": "u"}, "junk"],
        "unknown": {"deep": [1]},
    }
    posts, broken, _, _ = await read(write(tmp_path / "day.jsonl", orjson.dumps(row)), replay=True)
    assert broken == []
    (post,) = posts
    assert post.id == "file:day:a-1"
    assert post.text == "Нет воды на Мира 5"
    assert (post.published_at, post.edited_at) == (1_768_192_200_000, 1_768_200_000_000)
    assert (post.official, post.kind, post.thread, post.reply_to) == (True, "comment", "file:day:7", "file:other:9")
    assert (post.likes, post.views, post.place, post.attachments[0].id) == (12, 0, "Мира, 5", "5")
    assert "Ирина" not in encode(post).decode()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, 0),
        ("", 0),
        (1_700_000_000, 1_700_000_000_000),
        (1_700_000_000.25, 1_700_000_000_250),
        (1_700_000_000_123, 1_700_000_000_123),
        ("1700000000", 1_700_000_000_000),
        ("2023-11-14T22:13:20Z", 1_700_000_000_000),
        ("2023-11-15 02:13:20", 1_700_000_000_000),
        ("2023-11-15", 1_699_992_000_000),
    ],
)
def test_times(value: object, expected: int) -> None:
    assert moment(value, zone=ZoneInfo("Europe/Samara")) == expected


@pytest.mark.parametrize("value", ["вчера", "nan", "inf", -5, 10**20, [], "2026-13-01", "9999-12-31"])
def test_times_that_are_none(value: object) -> None:
    with pytest.raises(BadRow):
        moment(value)


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"id": 1},
        {"text": "a"},
        {"id": "", "text": "a"},
        {"id": True, "text": "a"},
        {"id": 1, "text": 5},
        {"id": "a" * 300, "text": ""},
    ],
)
def test_rows_that_are_no_posts(row: dict[str, Any]) -> None:
    with pytest.raises(BadRow):
        post_of(row, "s", 1, b"k")


def test_a_deleted_row_needs_no_text() -> None:
    assert post_of({"id": 1, "deleted": True}, "s", 1, b"k").deleted


async def test_untimed_rows_are_dated_the_same_at_every_run(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"id":1,"text":"a"}\n')
    assert (await read(path))[0][0].published_at == MODIFIED * 1000
    assert (await read(path, at=5))[0][0].published_at == 5


async def test_broken_lines_are_told_with_line_and_bytes(tmp_path: Path) -> None:
    data = b'\xef\xbb\xbf{"id":1,"text":"a"}\n\n[1]\n{"id":2}\n\xff\xfe\n'
    data += b'{"id":3,"text":"\\ud83d"}\n{"id":4,"text":"b","published_at":"x"}\n'
    posts, broken, _, _ = await read(write(tmp_path / "a.jsonl", data))
    assert [post.id for post in posts] == ["file:a:1", "file:a:3"]
    assert [reason.split(":")[0] for _, reason in broken] == ["строка 3", "строка 4", "строка 5", "строка 7"]
    assert [raw for raw, _ in broken[:3]] == ["[1]\n", {"id": 2}, "яю\n"]


async def test_a_dead_letter_names_no_author(tmp_path: Path) -> None:
    lines = [
        '{"id":1,"author":"Иванов И.И."}',
        '{"id":2,"text":"вода"] "author" : "Иванов \\" И.И.", "likes":1}',
        '{"id":3,"text":"вода","author: "Иванов И.И."}',
        '{"id":4,"text":"вода","author":Иванов И.И.","likes":1}',
        '{"id":5,"text":"вода,"author":{"name":"Иванов И.И."}}',
        '{"id":6,"text":"вода","author":"Иванов И.И.',
        '[{"id":7,"text":"вода","author":["Иванов И.И.", 5]}]',
    ]
    table = 'id,author,text\n1,Иванов И.И.\n2,Иванов И.И.,не "закрыта\n,Иванов И.И.,вода\n4,Иванов "" И.И.,"a"b"\n'
    for path in (write(tmp_path / "a.jsonl", "\n".join(lines)), write(tmp_path / "a.csv", table)):
        _, broken, _, _ = await read(path, replay=True)
        assert len(broken) >= (len(lines) if path.suffix == ".jsonl" else 3)
        assert "Иванов" not in str(broken)
    assert {"id": "1"} in [raw for raw, _ in broken]


async def test_huge_lines(tmp_path: Path) -> None:
    lines = [orjson.dumps({"id": 1, "text": "я" * 5_000_000}), b"x" * 17_000_000, orjson.dumps({"id": 2, "text": "b"})]
    posts, broken, _, pages = await read(write(tmp_path / "a.jsonl", b"\n".join(lines)), replay=True)
    assert [(post.id, post.truncated) for post in posts] == [("file:a:1", True), ("file:a:2", False)]
    assert [(len(raw), reason[:8]) for raw, reason in broken] == [(64_000, "строка 2")]
    assert all(len(encode(page)) <= 512_000 for page in pages)


async def test_old_windows_files(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "ID;Text\n1;нет воды\n2;нет света\n".encode("cp1251"))
    posts, broken, _, _ = await read(path)
    assert [post.text for post in posts] == ["нет воды", "нет света"]
    assert broken == []
    with pytest.raises(SourceRefused, match="UTF-8"):
        await read(write(tmp_path / "b.csv", "id,text\n".encode("utf-16")))


async def test_a_table_that_is_no_table_has_no_rows(tmp_path: Path) -> None:
    posts, broken, _, _ = await read(write(tmp_path / "a.csv", b"\x89PNG\r\x1a,\x00\n" + bytes(range(1, 256)) + b"\n"), replay=True)
    assert posts == []
    assert broken


async def test_one_wrong_line_does_not_make_a_file_cp1251(tmp_path: Path) -> None:
    data = b'{"id":1,"text":"\xff"}\n' + "".join(f'{{"id":{n},"text":"вода"}}\n' for n in range(2, 5)).encode()
    posts, broken, _, _ = await read(write(tmp_path / "a.jsonl", data))
    assert [post.text for post in posts] == ["вода"] * 3
    assert len(broken) == 1


async def test_tables_with_quotes_and_lines_inside(tmp_path: Path) -> None:
    text = 'id,text,published_at\n1,"a, ""b""\nc",\n2,"не "закрыта\n3,цела,\n4,"до конца\n5,тоже,\n'
    posts, broken, _, _ = await read(write(tmp_path / "a.csv", text), replay=True, page_posts=1)
    assert [(post.id[-1], post.text) for post in posts] == [("1", 'a, "b"\nc'), ("3", "цела"), ("5", "тоже")]
    assert [reason.split(":")[0] for _, reason in broken] == ["строка 4", "строка 6"]


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
async def test_a_file_that_grows_is_continued_and_its_last_line_awaited(tmp_path: Path, suffix: str) -> None:
    def row(number: int) -> str:
        return f'{{"id":{number},"text":"t{number}"}}\n' if suffix == "jsonl" else f"{number},t{number}\n"

    head = "" if suffix == "jsonl" else "id,text\n"
    path = write(tmp_path / f"a.{suffix}", head + row(1) + row(2)[:-4])
    posts, broken, cursor, _ = await read(path)
    assert [post.id for post in posts] == ["file:a:1"]
    assert broken == []
    write(path, head + row(1) + row(2) + row(3))
    posts, broken, cursor, _ = await read(path, cursor)
    assert [post.text for post in posts] == ["t2", "t3"]
    assert broken == []
    assert (await read(path, cursor))[0] == []


async def test_a_last_line_that_never_ends_is_taken_as_it_is(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"id":1,"text":"a"}\n{"id":2,"te')
    _, broken, cursor, _ = await read(path)
    assert broken == []
    _, broken, cursor, _ = await read(path, cursor)
    assert len(broken) == 1
    assert (await read(path, cursor))[1] == []


async def test_a_replaced_file_is_read_anew(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"id":1,"text":"a"}\n{"id":2,"text":"b"}\n')
    _, _, cursor, _ = await read(path)
    write(path, '{"id":8,"text":"a"}\n{"id":9,"text":"b"}\n{"id":10,"text":"c"}\n')
    assert [post.id for post in (await read(path, cursor))[0]] == ["file:a:8", "file:a:9", "file:a:10"]
    write(path, '{"id":11,"text":"a"}\n')
    assert [post.id for post in (await read(path, cursor))[0]] == ["file:a:11"]


async def test_a_nonsensical_cursor_begins_anew(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"id":1,"text":"a"}\n')
    for cursor in ("garbage", "[]", "[-5]", '[1,2,"x"]', "{}"):
        assert len((await read(path, cursor))[0]) == 1


async def test_the_clock_of_a_replay_follows_the_rows(tmp_path: Path) -> None:
    rows = [{"id": n, "text": "a", "published_at": NOW + n * 60_000 * (1 if n != 3 else -1)} for n in range(1, 7)]
    path = write(tmp_path / "a.jsonl", b"\n".join(map(orjson.dumps, rows)) + b"\n")
    _, _, _, pages = await read(path, replay=True, page_posts=2)
    assert [(page.fetched_at - NOW) // 60_000 for page in pages] == [2, 4, 6]
    assert [page.covered_until for page in pages] == [page.fetched_at for page in pages]
    _, _, _, pages = await read(path, page_posts=2)
    assert [page.fetched_at for page in pages] == [NOW] * 3
    assert [page.covered_until for page in pages] == [0, 0, NOW]


def test_memory_stays_flat(tmp_path: Path) -> None:
    line = orjson.dumps({"id": 1, "text": "слово " * 2_000}) + b"\n"
    path = write(tmp_path / "a.jsonl", line * 1_500)

    async def walk() -> int:
        adapter = FilesAdapter(b"key")
        cursor, count = "", 0
        while True:
            answer = await adapter.fetch(source(path), cursor, NOW)
            cursor = answer.pages[-1].cursor
            count += sum(len(page.posts) for page in answer.pages)
            if not answer.more:
                return count

    tracemalloc.start()
    assert asyncio.run(walk()) == 1_500
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # The file has 33 MB; a page of it takes 8 MB of strings.
    assert peak < 25_000_000


_junk = st.binary(max_size=60) | st.sampled_from(
    [
        b'{"id":1,"text":"a"}',
        b'{"id":"x","text":"\xd0\xb0"}',
        b"1,a",
        b'2,"b',
        b'"',
        b"\x00",
        b"\xff",
        b"\r",
        b'{"id":1e400}',
        b"[" * 50,
    ]
)


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(_junk, max_size=12), suffix=st.sampled_from(["jsonl", "csv"]), most=st.integers(1, 4))
async def test_no_file_stops_the_reading(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], suffix: str, most: int
) -> None:
    head = b"id,text\n" if suffix == "csv" else b'{"id":0,"text":"first"}\n'
    path = write(tmp_path_factory.mktemp("junk") / f"a.{suffix}", head + b"\n".join(lines))
    posts, broken, cursor, pages = await read(path, replay=True, page_posts=500)
    steps, broken_steps, _, _ = await read(path, replay=True, page_posts=most)
    assert [encode(post) for post in steps] == [encode(post) for post in posts]
    assert broken_steps == broken
    assert all(decode(encode(page), Page) == page for page in pages)
    assert (await read(path, cursor, replay=True))[:2] == ([], [])

"""Exports in files: every kind, in order, when they are whole, once, and none stops the next one."""

from __future__ import annotations

import asyncio
import os
import tracemalloc
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model.codec import decode, encode
from monitor.model.errors import SourceRefused
from monitor.model.post import Page, Post
from monitor.model.source import Source
from sources.appeals.export import Limits
from tests.sources.appeals.exports import adapter, book, json_of, mapping, row, source, table

NOW = 1_800_000_000_000
WRITTEN = 1_700_000_000
REGISTERED = 1_768_192_200_000
FILES = 'preset = "pos"\n[files]\npath = "in"\n'

Got = tuple[list[Post], list[tuple[Any, str]], str]


@pytest.fixture
def pos(tmp_path: Path) -> Source:
    (tmp_path / "in").mkdir()
    return source(mapping(tmp_path, FILES))


def put(folder: Path, name: str, data: bytes | str, at: int = WRITTEN) -> Path:
    path = folder / "in" / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    os.utime(path, (at, at))
    return path


async def read(one: Source, cursor: str = "", now: int = NOW, **options: Any) -> Got:
    reader = adapter(one, **options)
    posts: list[Post] = []
    broken: list[tuple[Any, str]] = []
    while True:
        answer = await reader.fetch(one, cursor, now)
        posts += [post for page in answer.pages for post in page.posts]
        broken += answer.broken
        cursor = answer.pages[-1].cursor
        if not answer.more:
            await reader.close()
            return posts, broken, cursor


async def test_all_fields(tmp_path: Path, pos: Source) -> None:
    put(tmp_path, "a.csv", table([row(1, text="Яма, тел. 8 (927) 123-45-67")]))
    (post,), broken, _ = await read(pos, territories={"36740000": "Тольятти"})
    assert broken == []
    assert (post.id, post.kind, post.text) == ("appeal:pos:П-1", "appeal", "Яма, тел. <PHONE>")
    assert (post.published_at, post.edited_at) == (REGISTERED, WRITTEN * 1000)
    assert post.place == "Тольятти, ул. Мира, 5"
    assert [(item.kind, item.id) for item in post.attachments] == [
        ("category", "Дороги"), ("stage", "модерация"), ("executor", "Администрация"), ("oktmo", "36740000"),
    ]  # fmt: skip
    assert len(post.author) == 16
    assert "Заявитель" not in encode(post).decode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
async def test_tables_of_text(tmp_path: Path, pos: Source, encoding: str, delimiter: str) -> None:
    rows = [row(1, text="а, б; в\tг | «д»"), row(2, text='две\nстроки и "кавычки"'), row(3)]
    above = [["Выгрузка, без запятых и с ними, за период", "", ""], []]
    put(tmp_path, "a.csv", table(rows, delimiter, above).encode(encoding, "replace"))
    posts, broken, _ = await read(pos)
    assert [post.text for post in posts] == [one["text"] for one in rows]
    assert broken == []


async def test_workbooks(tmp_path: Path, pos: Source) -> None:
    rows = [
        row(1, registered_at=datetime(2026, 1, 12, 8, 30)),  # noqa: DTZ001 - as tables have it
        row(2, number=77.0, oktmo=36740000),
        row(3, registered_at=46034.35417),
    ]
    book(tmp_path / "in" / "a.xlsx", rows, above=[["Отчёт"], [None, "за период"]])
    posts, broken, _ = await read(pos)
    assert broken == []
    assert [post.id for post in posts] == ["appeal:pos:П-1", "appeal:pos:77", "appeal:pos:П-3"]
    assert [post.published_at for post in posts] == [REGISTERED] * 3
    assert {item.id for item in posts[1].attachments if item.kind == "oktmo"} == {"36740000"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
async def test_json_documents_with_paths(tmp_path: Path, encoding: str) -> None:
    columns = '[columns]\nnumber = "card.id"\ntext = ["body.0.value", "text"]\nregistered_at = "card.at"\n'
    one = source(mapping(tmp_path, '[files]\npath = "in"\nitems = "data.items"\n' + columns))
    (tmp_path / "in").mkdir()
    rows = [
        {"card": {"id": 5, "at": "2026-01-12T04:30:00Z"}, "body": [{"value": "Яма " * 20_000}]},
        {"card": {"id": 6}, "text": "Ямы"},
        7,
    ]
    put(tmp_path, "a.json", json_of(rows).decode().encode(encoding))  # type: ignore[arg-type]
    posts, broken, _ = await read(one)
    assert [(post.id, post.text[:4]) for post in posts] == [("appeal:pos:5", "Яма "), ("appeal:pos:6", "Ямы")]
    assert [post.published_at for post in posts] == [REGISTERED, WRITTEN * 1000]
    assert broken == [(7, "a.json, запись 3: не объект JSON")]


async def test_jsonl(tmp_path: Path, pos: Source) -> None:
    put(tmp_path, "a.jsonl", b'{"number":1,"text":"a"}\n{"number":2\n{"number":3,"text":"b","changed_at":"2026-01-12"}\n')
    posts, broken, _ = await read(pos)
    assert [post.id for post in posts] == ["appeal:pos:1", "appeal:pos:3"]
    assert posts[1].edited_at == 1_768_161_600_000
    assert [reason.split(":")[0] for _, reason in broken] == ["a.jsonl, строка 2"]


async def test_broken_rows_are_told_with_line_and_reason(tmp_path: Path, pos: Source) -> None:
    rows = [row(1), row(2, number=""), row(3, text="", category=""), row(4, registered_at="вчера"), row(5, number="9" * 300), row(6)]
    put(tmp_path, "a.csv", table(rows))
    posts, broken, _ = await read(pos)
    assert [post.id for post in posts] == ["appeal:pos:П-1", "appeal:pos:П-6"]
    places = [reason.rsplit(":", 1)[0].split(":")[0] for _, reason in broken]
    assert places == [f"a.csv, строка {line}" for line in (3, 4, 5, 6)]
    assert not any("вчера" in reason for _, reason in broken)


async def test_a_dead_letter_names_no_author(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    one = source(mapping(tmp_path, 'preset = "pos"\n[files]\npath = "in"\n[columns]\nauthor = ["Заявитель", "card.who"]\n'))
    bad = row(7, registered_at="вчера")
    put(tmp_path, "a.csv", table([bad]) + '8;вчера;"не "закрыта;;;;;;Заявитель 8\n')
    os.utime(book(tmp_path / "in" / "b.xlsx", [bad]), (WRITTEN, WRITTEN))
    put(tmp_path, "c.json", orjson.dumps([{"number": "П-7", "card": {"who": {"name": "Заявитель 7"}}}]))
    put(tmp_path, "d.jsonl", '{"number":"П-7","Заявитель":"Заявитель 7"}\n{"number":"П-8","card":{"who":"Заявитель 8", "at"\n')
    posts, broken, _ = await read(one)
    assert posts == []
    assert [str(raw).count("П-7") for raw, _ in broken] == [1, 0, 1, 1, 1, 0]
    assert not [raw for raw, _ in broken if "Заявитель 7" in str(raw) or "Заявитель 8" in str(raw)]


async def test_what_has_no_text_is_told_by_its_category(tmp_path: Path, pos: Source) -> None:
    put(tmp_path, "a.csv", table([row(1, text="")]))
    (post,), _, _ = await read(pos)
    assert post.text == "Дороги"


async def test_files_come_oldest_first_and_once(tmp_path: Path, pos: Source) -> None:
    put(tmp_path, "b.csv", table([row(1, stage="модерация")]), WRITTEN)
    put(tmp_path, "a.csv", table([row(1, stage="исполнение")]), WRITTEN + 60)
    put(tmp_path, "~$a.xlsx", "locked")
    put(tmp_path, ".a.csv", "half")
    put(tmp_path, "readme.md", "text")
    posts, broken, cursor = await read(pos)
    assert [post.attachments[1].id for post in posts] == ["модерация", "исполнение"]
    assert posts[0].edited_at < posts[1].edited_at
    assert broken == []
    assert (await read(pos, cursor))[0] == []
    put(tmp_path, "c.csv", table([row(2)]), WRITTEN - 100)
    posts, _, cursor = await read(pos, cursor)
    assert [post.id for post in posts] == ["appeal:pos:П-2"]


async def test_a_file_written_again_is_read_again_but_not_if_it_was_only_touched(tmp_path: Path, pos: Source) -> None:
    put(tmp_path, "a.csv", table([row(1), row(2)]))
    _, _, cursor = await read(pos)
    put(tmp_path, "a.csv", table([row(1), row(2)]), WRITTEN + 5)
    posts, _, cursor = await read(pos, cursor)
    assert posts == []
    put(tmp_path, "a.csv", table([row(1, stage="исполнение")]), WRITTEN + 10)
    posts, _, cursor = await read(pos, cursor)
    # The second row has disappeared, and that deletes nothing.
    assert [(post.id, post.deleted) for post in posts] == [("appeal:pos:П-1", False)]
    put(tmp_path, "a.csv", table([row(1), row(2)]), WRITTEN + 20)
    assert len((await read(pos, cursor))[0]) == 2


async def test_another_mapping_reads_all_again(tmp_path: Path, pos: Source) -> None:
    put(tmp_path, "a.csv", table([row(1)]).replace("Номер обращения", "Код"))
    posts, broken, cursor = await read(pos)
    assert posts == []
    assert "нет строки заголовков" in broken[0][1]
    mapping(tmp_path, FILES + '[columns]\nnumber = "Код"\n')
    posts, _, cursor = await read(pos, cursor)
    assert [post.id for post in posts] == ["appeal:pos:П-1"]
    assert (await read(pos, cursor))[0] == []


async def test_a_file_that_grows_is_awaited(tmp_path: Path, pos: Source) -> None:
    whole = table([row(1), row(2)])
    put(tmp_path, "a.csv", whole[:-40])
    posts, _, cursor = await read(pos, now=NOW, settle=15)
    assert posts == []
    put(tmp_path, "a.csv", whole, WRITTEN + 1)
    posts, _, cursor = await read(pos, cursor, now=NOW + 15_000, settle=15)
    assert posts == []
    answer = await adapter(pos, settle=15.0).fetch(pos, cursor, NOW + 20_000)
    assert (answer.wait, answer.pages[-1].covered_until) == (15.0, 0)
    posts, broken, cursor = await read(pos, cursor, now=NOW + 30_000, settle=15)
    assert (len(posts), broken) == (2, [])


async def test_a_file_that_changes_while_it_is_read_is_read_anew(tmp_path: Path, pos: Source) -> None:
    put(tmp_path, "a.csv", table(row(number) for number in range(700)))
    reader = adapter(pos)
    first = await reader.fetch(pos, "", NOW)
    put(tmp_path, "a.csv", table(row(number, stage="исполнение") for number in range(700)), WRITTEN + 1)
    posts, broken, _ = await read(pos, first.pages[-1].cursor)
    assert (len(posts), broken) == (700, [])
    assert {post.attachments[1].id for post in posts} == {"исполнение"}


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json", "jsonl"])
async def test_another_process_goes_on_in_the_middle(tmp_path: Path, kind: str) -> None:
    one = source(mapping(tmp_path, 'preset = "pos"\n[files]\npath = "in"\nitems = "data.items"\n'))
    (tmp_path / "in").mkdir()
    rows = [row(number) for number in range(700)]
    path = tmp_path / "in" / f"a.{kind}"
    if kind == "xlsx":
        book(path, rows)
    else:
        lines = b"\n".join(map(orjson.dumps, rows))
        path.write_bytes({"csv": table(rows).encode(), "json": json_of(rows), "jsonl": lines}[kind])
    once, _, _ = await read(one)
    again: list[Post] = []
    cursor, more = "", True
    while more:
        answer = await adapter(one).fetch(one, cursor, NOW)
        again += [post for page in answer.pages for post in page.posts]
        cursor, more = answer.pages[-1].cursor, answer.more
    assert len(once) == 700
    assert list(map(encode, again)) == list(map(encode, once))


async def test_a_single_file_and_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    one = source(mapping(tmp_path, 'preset = "pos"\n[files]\npath = "in/a.csv"\n'))
    with pytest.raises(SourceRefused) as caught:
        await read(one)
    assert caught.value.state == "gone"
    assert str(tmp_path) not in str(caught.value)
    put(tmp_path, "a.csv", table([row(1)]))
    assert len((await read(one))[0]) == 1


async def test_names_choose_files(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    one = source(mapping(tmp_path, FILES + 'names = "pos-*.csv"\n'))
    put(tmp_path, "pos-1.csv", table([row(1)]))
    put(tmp_path, "other.csv", table([row(2)]))
    assert [post.id for post in (await read(one))[0]] == ["appeal:pos:П-1"]


async def test_nonsensical_cursors_begin_anew(tmp_path: Path, pos: Source) -> None:
    put(tmp_path, "a.csv", table([row(1)]))
    for cursor in ("garbage", "[]", '{"rows":"x"}', '{"meaning":"other","taken":{"a":"b"}}'):
        assert len((await read(pos, cursor))[0]) == 1


def test_memory_stays_flat(tmp_path: Path, pos: Source) -> None:
    path = tmp_path / "in" / "a.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(table([]))
        for number in range(700):
            file.write(f"{number};;{'слово ' * 1600};;;;;;\n")
    tracemalloc.start()
    posts = 0

    async def walk() -> None:
        nonlocal posts
        reader, cursor, more = adapter(pos), "", True
        while more:
            answer = await reader.fetch(pos, cursor, NOW)
            posts += sum(len(page.posts) for page in answer.pages)
            cursor, more = answer.pages[-1].cursor, answer.more

    asyncio.run(walk())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert posts == 700
    assert path.stat().st_size > 12_000_000
    assert peak < 12_000_000


_cell = st.text(max_size=20) | st.sampled_from(["12.01.2026", "№ 7", "=1+1", "\x00", '"', ";", "\r\n", "я" * 200, "1e400", "-5"])


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.fixed_dictionaries(dict.fromkeys(("number", "registered_at", "text", "oktmo", "stage"), _cell)), max_size=8),
    junk=st.binary(max_size=80),
    kind=st.sampled_from(["csv", "json", "jsonl", "xlsx"]),
)
async def test_no_file_stops_the_reading(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]], junk: bytes, kind: str
) -> None:
    folder = tmp_path_factory.mktemp("junk")
    (folder / "in").mkdir()
    one = source(mapping(folder, FILES))
    data = {"csv": table(rows).encode() + junk, "jsonl": b"\n".join(map(orjson.dumps, rows)) + b"\n" + junk}
    put(folder, f"a.{kind}", data.get(kind, orjson.dumps(rows) + junk), WRITTEN)
    put(folder, "b.csv", table([row(1)]), WRITTEN + 1)
    posts, broken, cursor = await read(one)
    assert posts[-1].id == "appeal:pos:П-1"
    assert all(reason for _, reason in broken)
    page = Page("s", "r", "appeal", NOW, posts=posts)
    assert decode(encode(page), Page) == page
    assert (await read(one, cursor))[:2] == ([], [])


@settings(max_examples=40, deadline=None)
@given(
    number=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=50).filter(
        lambda text: bool(text.strip())
    ),
    text=st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=300),
)
async def test_csv_and_json_tell_the_same(tmp_path_factory: pytest.TempPathFactory, number: str, text: str) -> None:
    folder = tmp_path_factory.mktemp("same")
    (folder / "in").mkdir()
    one = source(mapping(folder, FILES))
    whole = row(1, number=number, text=text)
    put(folder, "a.csv", table([whole]))
    (from_table,), _, cursor = await read(one)
    (folder / "in" / "a.csv").unlink()
    put(folder, "b.json", orjson.dumps([{"Номер обращения": number, **whole}]))
    (from_json,), _, _ = await read(one, cursor)
    assert encode(from_table) == encode(from_json)


async def test_documents_are_bounded(tmp_path: Path, pos: Source) -> None:
    put(tmp_path, "a.json", b"[" + b"{}," * 1_100_000 + b"{}]")
    put(tmp_path, "b.json", b"[" * 200_000, WRITTEN + 1)
    put(tmp_path, "c.json", orjson.dumps([row(1)] * 200), WRITTEN + 2)
    put(tmp_path, "d.json", orjson.dumps([row(1)]), WRITTEN + 3)
    posts, broken, _ = await read(pos, limits=Limits(file=4_000_000))
    assert len(posts) == 201
    assert [reason for _, reason in broken] == ["a.json: слишком много значений", "b.json: это не целый JSON"]
    posts, broken, _ = await read(pos, limits=Limits(file=10_000))
    assert len(posts) == 1
    assert [reason for _, reason in broken] == [f"{name}.json: больше 10000 байт" for name in "abc"]

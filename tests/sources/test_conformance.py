"""What every adapter promises (sources.base), run over all that need no network. A new adapter adds a case."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from monitor.model.codec import decode, encode
from monitor.model.errors import SourceRefused
from monitor.model.post import Page, Post
from monitor.model.source import Source
from sources.base import Adapter, Fetched
from sources.files import FilesAdapter
from sources.paging import PAGE_BYTES
from sources.simulated.adapter import SimulatedAdapter
from tests.sources.region import HOUR, MINUTE, MONDAY, world

NOON = MONDAY + 12 * HOUR
_PERSONAL = re.compile(r"8 ?\(?9\d\d\)? ?\d{3}-?\d\d-?\d\d|@mail")
ROWS: list[dict[str, Any]] = [
    {
        "id": number,
        "text": f"Текст {number}, нет воды, тел. 8 (927) 123-45-{number % 90 + 10} или a{number}@mail.ru " + "слово " * (number % 40),
        "author": f"Автор {number % 7}",
        "published_at": NOON - 60_000 + number,
    }
    for number in range(730)
]


@dataclass
class Case:
    """``make`` gives a new adapter; ``expected`` how many posts there are at noon at least; ``absent`` a source that is not there."""

    make: Callable[[], Adapter]
    source: Source
    absent: Source
    expected: int
    broken: int = 0


def _jsonl(folder: Path) -> Case:
    path = folder / "rows.jsonl"
    lines = [orjson.dumps(row) for row in ROWS]
    lines.insert(300, b'{"id": "broken", "text": ')
    lines.insert(10, b"\xff\xfe\x00 not a line of text")
    path.write_bytes(b"\n".join(lines) + b"\n")
    return _file(path, broken=2)


def _csv(folder: Path) -> Case:
    path = folder / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["id", "text", "author", "published_at", "unknown"])
        writer.writeheader()
        writer.writerows(ROWS)
        file.write("77777,нет,кавычки,вчера вечером,x\n")
    return _file(path, broken=1)


def _file(path: Path, broken: int) -> Case:
    source = Source("file:rows", "file", "feed", "test", str(path))
    absent = Source("file:none", "file", "feed", "test", str(path.parent / "none.jsonl"))
    return Case(lambda: FilesAdapter(b"key", page_posts=100), source, absent, len(ROWS), broken)


def _simulated(folder: Path) -> Case:
    busiest = max(world(3.0).sites, key=lambda site: site.share)
    absent = Source("sim:nobody", "sim", "community", "test", "nobody")
    return Case(lambda: SimulatedAdapter(world(3.0), since=NOON - HOUR), busiest.source, absent, 250)


@pytest.fixture(params=[_jsonl, _csv, _simulated], ids=["jsonl", "csv", "simulated"])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    made: Case = request.param(tmp_path)
    return made


async def read_all(case: Case, nows: list[int], *, restart: bool) -> tuple[list[Page], list[Fetched], str]:
    """Reads until nothing more is ready, at each of the times; with ``restart`` by a new adapter for each request."""
    adapter = case.make()
    cursor = ""
    fetched = []
    for now in nows:
        while True:
            if restart:
                await adapter.close()
                adapter = case.make()
            answer = await adapter.fetch(case.source, cursor, now)
            fetched.append(answer)
            cursor = answer.pages[-1].cursor
            if not answer.more:
                break
    await adapter.close()
    return [page for answer in fetched for page in answer.pages], fetched, cursor


def posts_of(pages: list[Page]) -> list[Post]:
    return [post for page in pages for post in page.posts]


async def test_pages_are_whole_bounded_and_of_their_source(case: Case) -> None:
    pages, fetched, _ = await read_all(case, [NOON], restart=False)
    assert len(posts_of(pages)) >= case.expected
    assert all(answer.pages for answer in fetched)
    for page in pages:
        assert (page.source, page.region, page.network) == (case.source.id, case.source.region, case.source.network)
        assert page.fetched_at == NOON
        assert page.covered_until <= NOON
        assert len(page.posts) <= 100
        data = encode(page)
        assert len(data) <= PAGE_BYTES
        assert decode(data, Page) == page
    assert pages[-1].covered_until == NOON


async def test_a_new_adapter_goes_on_from_the_cursor_alone(case: Case) -> None:
    once, _, _ = await read_all(case, [NOON], restart=False)
    again, _, _ = await read_all(case, [NOON], restart=True)
    assert [encode(post) for post in posts_of(again)] == [encode(post) for post in posts_of(once)]


async def test_many_requests_bring_what_one_brings(case: Case) -> None:
    once, _, _ = await read_all(case, [NOON], restart=False)
    steps, _, _ = await read_all(case, list(range(NOON - 50 * MINUTE, NOON + 1, 10 * MINUTE)), restart=True)
    assert [encode(post) for post in posts_of(steps)] == [encode(post) for post in posts_of(once)]


async def test_covered_time_never_falls_and_early_parts_keep_the_old_cursor(case: Case) -> None:
    _, fetched, _ = await read_all(case, [NOON], restart=False)
    cursor = ""
    covered = 0
    for answer in fetched:
        for page in answer.pages[:-1]:
            assert page.cursor == cursor
        for page in answer.pages:
            assert page.covered_until >= covered
            covered = page.covered_until
        cursor = answer.pages[-1].cursor


async def test_nothing_new_is_an_empty_page(case: Case) -> None:
    _, _, cursor = await read_all(case, [NOON], restart=False)
    answer = await case.make().fetch(case.source, cursor, NOON)
    assert [page.posts for page in answer.pages] == [[]]
    assert not answer.more
    assert answer.wait > 0
    assert answer.broken == []


async def test_no_personal_data_leaves(case: Case) -> None:
    pages, _, _ = await read_all(case, [NOON], restart=False)
    posts = posts_of(pages)
    assert any("<PHONE>" in post.text for post in posts)
    for post in posts:
        assert not _PERSONAL.search(post.text)
        assert re.fullmatch("[0-9a-f]{16}", post.author)


async def test_ids_are_unique_but_for_later_versions(case: Case) -> None:
    pages, _, _ = await read_all(case, [NOON], restart=False)
    first: set[str] = set()
    for post in posts_of(pages):
        assert post.id.startswith(case.source.network + ":")
        assert (post.id in first) <= bool(post.edited_at or post.deleted)
        if not post.edited_at:
            first.add(post.id)


async def test_broken_items_are_kept_apart(case: Case) -> None:
    _, fetched, _ = await read_all(case, [NOON], restart=False)
    broken = [item for answer in fetched for item in answer.broken]
    assert len(broken) == case.broken
    assert all(reason for _, reason in broken)


async def test_a_source_that_is_not_there_is_refused(case: Case) -> None:
    with pytest.raises(SourceRefused) as caught:
        await case.make().fetch(case.absent, "", NOON)
    assert caught.value.state == "gone"

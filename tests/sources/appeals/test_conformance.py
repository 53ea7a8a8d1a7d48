"""What every adapter promises (tests.sources.test_conformance), of appeals in exports of each kind and behind an endpoint."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.model.source import Source
from sources.appeals.adapter import AppealsAdapter, read_mappings
from sources.standins.faults import running
from tests.fakes.appeals.endpoint import Endpoint, Paging
from tests.sources.appeals.exports import ZONE, book, json_of, mapping, source, table
from tests.sources.budget import FreeBudget
from tests.sources.serving import client
from tests.sources.test_conformance import (  # noqa: F401 - the tests are collected here, with the case below
    NOON,
    ROWS,
    Case,
    test_a_new_adapter_goes_on_from_the_cursor_alone,
    test_a_source_that_is_not_there_is_refused,
    test_broken_items_are_kept_apart,
    test_covered_time_never_falls_and_early_parts_keep_the_old_cursor,
    test_ids_are_unique_but_for_later_versions,
    test_many_requests_bring_what_one_brings,
    test_no_personal_data_leaves,
    test_nothing_new_is_an_empty_page,
    test_pages_are_whole_bounded_and_of_their_source,
)

BROKEN = {"number": "сломано", "text": "Яма", "registered_at": "вчера вечером"}
APPEALS: list[dict[str, Any]] = [
    {
        "number": str(row["id"]),
        "text": row["text"],
        "author": row["author"],
        "registered_at": datetime.fromtimestamp(row["published_at"] / 1000, ZONE).strftime("%d.%m.%Y %H:%M:%S"),
        "stage": "модерация",
    }
    for row in ROWS
]


@pytest.fixture(params=["csv", "xlsx", "json", "pages by number", "pages by address"])
async def case(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Case]:
    if request.param.startswith("pages"):
        async for made in _polled(tmp_path, request.param):
            yield made
    else:
        yield _imported(tmp_path, request.param)


def _case(one: Source, absent: Source, **options: Any) -> Case:
    intakes = read_mappings([one, absent], Path(), ZONE)
    return Case(lambda: AppealsAdapter(intakes, b"key", settle=0.0, page_posts=100, **options), one, absent, len(APPEALS), broken=1)


def _imported(folder: Path, kind: str) -> Case:
    rows = [*APPEALS[:300], BROKEN, *APPEALS[300:]]
    path = folder / f"a.{kind}"
    if kind == "xlsx":
        book(path, rows)
    else:
        path.write_bytes(table(rows).encode() if kind == "csv" else json_of(rows))
    text = 'preset = "pos"\n[files]\npath = "{}"\nitems = "data.items"\n'
    there, absent = mapping(folder, text.format(path.name)), mapping(folder, text.format("none"), "none.toml")
    return _case(source(there), source(absent, "none"))


async def _polled(folder: Path, kind: str) -> AsyncIterator[Case]:
    paging: Paging = "number" if kind == "pages by number" else "address"
    fake = Endpoint(paging, size=100)
    for row in APPEALS:
        fake.put(row["number"], row["text"], NOON - 7_200_000, author=row["author"])
    fake.items.insert(300, {**BROKEN, "changed": NOON - 7_200_000})
    text = '[endpoint]\nurl = "{}/{}"\nitems = "data.items"\nsince = "since"\n'
    text += 'page = "page"\n' if paging == "number" else 'next = "data.next"\n'
    async with running(fake.app) as url, client() as http:
        there = mapping(folder, text.format(url, "appeals"))
        absent = mapping(folder, text.format(url, "none"), "none.toml")
        yield _case(source(there), source(absent, "none"), http=http, budget=FreeBudget())

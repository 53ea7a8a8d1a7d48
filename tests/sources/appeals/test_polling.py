"""An HTTP endpoint as a source: paging in each way, what has changed since, tokens, and answers that are none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from monitor.model.errors import SourceRefused, SourceUnavailable
from monitor.model.post import Post
from monitor.model.source import Source
from sources.http.client import HttpClient
from sources.standins.faults import running
from sources.wire import Booking
from tests.fakes.appeals.endpoint import Endpoint, Paging
from tests.sources.appeals.exports import adapter, mapping, source
from tests.sources.budget import FreeBudget
from tests.sources.serving import client

NOW = 1_800_000_000_000
MINUTE = 60_000
PAGING: dict[Paging, str] = {
    "number": 'page = "page"\n',
    "address": 'next = "data.next"\n',
    "mark": 'page = "page"\nnext = "data.next"\n',
    "none": "",
}


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    async with client() as made:
        yield made


def endpoint(folder: Path, url: str, more: str) -> Source:
    text = f'[endpoint]\nurl = "{url}/appeals"\nitems = "data.items"\nsince = "since"\n{more}'
    return source(mapping(folder, text))


async def rounds(
    one: Source, http: HttpClient, cursor: str = "", now: int = NOW, budget: FreeBudget | None = None
) -> tuple[list[Post], str]:
    posts: list[Post] = []
    while True:
        # A new adapter for each call: nothing is kept that the cursor does not say.
        answer = await adapter(one, http=http, budget=budget or FreeBudget()).fetch(one, cursor, now)
        posts += [post for page in answer.pages for post in page.posts]
        cursor = answer.pages[-1].cursor
        assert answer.pages[-1].covered_until == (0 if answer.more else now)
        if not answer.more:
            return posts, cursor


@pytest.mark.parametrize("paging", PAGING)
async def test_all_pages_and_then_what_has_changed(tmp_path: Path, http: HttpClient, paging: Paging) -> None:
    fake = Endpoint(paging, size=10)
    for number in range(35):
        fake.put(number, f"Яма {number}", NOW - 3_600_000 + number)
    async with running(fake.app) as url:
        one = endpoint(tmp_path, url, PAGING[paging])
        posts, cursor = await rounds(one, http)
        assert [post.id for post in posts] == [f"appeal:pos:{number}" for number in range(35)]
        fake.put(3, "Яма 3, ещё глубже", NOW + 1)
        posts, cursor = await rounds(one, http, cursor, NOW + MINUTE)
        assert [(post.id, post.edited_at) for post in posts] == [("appeal:pos:3", NOW + 1)]
        # Ten minutes of overlap: clocks differ, and what changes during a round may be missed by it.
        posts, _ = await rounds(one, http, cursor, NOW + 2 * MINUTE)
        assert [post.id for post in posts] == ["appeal:pos:3"]


async def test_the_token_goes_where_the_mapping_says_and_nowhere_else(tmp_path: Path, http: HttpClient) -> None:
    fake = Endpoint(token="s3cret")
    fake.put(1, "Яма", NOW)
    budget = FreeBudget(Booking("reception-1", "reception", "s3cret"))
    async with running(fake.app) as url:
        one = endpoint(tmp_path, url, 'token = "reception"\n')
        assert len((await rounds(one, http, budget=budget))[0]) == 1
        assert budget.told == [("reception-1", "appeals", "ok", 0.0)]
        fake._token = "another"
        with pytest.raises(SourceRefused, match="reception-1") as caught:
            await rounds(one, http, budget=budget)
        assert "s3cret" not in str(caught.value)
        assert budget.told[-1][2] == "dead"
        one = endpoint(tmp_path, url, "")
        with pytest.raises(SourceRefused, match="401"):
            await rounds(one, http)


async def test_a_next_page_on_another_host_is_refused(tmp_path: Path, http: HttpClient) -> None:
    fake = Endpoint("address", size=1)
    fake.put(1, "Яма", NOW)
    fake.put(2, "Яма", NOW)
    fake.elsewhere = "http://127.0.0.2:9"
    async with running(fake.app) as url:
        with pytest.raises(SourceRefused, match="на чужом узле"):
            await rounds(endpoint(tmp_path, url, PAGING["address"]), http)


async def test_pages_that_never_end(tmp_path: Path, http: HttpClient) -> None:
    fake = Endpoint("mark", size=1)
    fake.stuck = True
    fake.put(1, "Яма", NOW)
    fake.put(2, "Яма", NOW)
    async with running(fake.app) as url:
        with pytest.raises(SourceUnavailable, match="та же самая"):
            await rounds(endpoint(tmp_path, url, PAGING["mark"]), http)
        # Pages are counted, but the system does not know of pages and answers the same each time.
        fake = Endpoint("none")
        fake.put(1, "Яма", NOW)
    async with running(fake.app) as url:
        posts, _ = await rounds(endpoint(tmp_path, url, PAGING["number"]), http)
        assert {post.id for post in posts} == {"appeal:pos:1"}
        assert len(fake.asked) == 2


async def test_queries(tmp_path: Path, http: HttpClient) -> None:
    fake = Endpoint("none")
    more = 'method = "POST"\nsince_format = "%Y-%m-%dT%H:%M:%S+00:00"\n[endpoint.query]\nstatus = "all"\n'
    async with running(fake.app) as url:
        one = endpoint(tmp_path, url, "overlap_seconds = 60\n" + more)
        _, cursor = await rounds(one, http, now=0)
        await rounds(one, http, cursor, now=0)
    assert fake.asked == [{"status": "all"}, {"status": "all"}]
    assert cursor == "{}"


@pytest.mark.parametrize(
    ("fault", "what"),
    [
        ("429", "просит спрашивать реже"),
        ("500", "ответ 500"),
        ("503", "ответ 503"),
        ("reset", None),
        ("html", "это не целый JSON"),
        ("broken", "это не целый JSON"),
        ("cut", None),
        ("lost", None),
    ],
)
async def test_faults_lose_nothing(tmp_path: Path, http: HttpClient, fault: str, what: str | None) -> None:
    fake = Endpoint("number", size=1)
    fake.put(1, "Яма", NOW - 1)
    fake.put(2, "Яма", NOW - 1)
    budget = FreeBudget()
    async with running(fake.app) as url:
        one = endpoint(tmp_path, url, PAGING["number"])
        reader = adapter(one, http=http, budget=budget)
        first = await reader.fetch(one, "", NOW)
        fake.faults.retry_after = 7
        fake.faults.plan(fault)  # type: ignore[arg-type]
        with pytest.raises(SourceUnavailable, match=what) as caught:
            await reader.fetch(one, first.pages[-1].cursor, NOW)
        if fault in ("429", "503"):
            assert caught.value.retry_after == 7.0
        posts, _ = await rounds(one, http, first.pages[-1].cursor)
        assert [post.id for post in posts] == ["appeal:pos:2"]
    assert budget.told[-1][2] == {"429": "rate", "html": "ok", "broken": "ok"}.get(fault, "failed")
    assert len(budget.told) == len(budget.booked)


async def test_redirects_and_what_is_gone(tmp_path: Path, http: HttpClient) -> None:
    fake = Endpoint()
    async with running(fake.app) as url:
        one = endpoint(tmp_path, url, "")
        fake.faults.plan("redirect")
        with pytest.raises(SourceRefused, match="отправляет на другой адрес"):
            await rounds(one, http)
        with pytest.raises(SourceRefused) as caught:
            await rounds(endpoint(tmp_path, f"{url}/none", ""), http)
        assert caught.value.state == "gone"
        with pytest.raises(SourceUnavailable, match="нет списка обращений"):
            await rounds(source(mapping(tmp_path, f'[endpoint]\nurl = "{url}/appeals"\nitems = "data.things"\n')), http)


async def test_items_that_are_no_appeals_are_kept_apart(tmp_path: Path, http: HttpClient) -> None:
    fake = Endpoint("none")
    fake.put(1, "Яма", NOW)
    fake.items += [{"changed": NOW, "number": 2}, {"changed": NOW, "number": 3, "text": "Яма", "registered_at": "вчера"}]
    async with running(fake.app) as url:
        one = endpoint(tmp_path, url, "")
        answer = await adapter(one, http=http, budget=FreeBudget()).fetch(one, "", NOW)
    assert [post.id for post in answer.pages[0].posts] == ["appeal:pos:1"]
    assert [reason.split(":")[0] for _, reason in answer.broken] == ["запись 2", "запись 3"]

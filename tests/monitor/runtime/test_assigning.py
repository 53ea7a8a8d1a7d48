"""Findings of searches belong to the region whose place they name."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from monitor.bench.virtual import run
from monitor.model.post import Page, Post
from monitor.model.source import Source
from monitor.profile.load import load_profile
from monitor.runtime.assigning import Assigning
from sources.base import Fetched
from tests.monitor.runtime.crawling import START, MemoryLog, Network, World

SEARCH = Source("vk:s", "vk", "feed", "samara", "search:нет воды")
TEXTS = {
    "vk:-1_1": "В Тольятти на Юбилейной третий день нет воды",
    "vk:-1_2": "Нет воды с утра, сколько можно",
    "vk:-2_1": "Курск, на проспекте Победы нет воды",
    "vk:-3_1": "Во Владивостоке опять нет воды",
}


@pytest.fixture(scope="module")
def regions() -> Assigning:
    found = Assigning([load_profile("kursk"), load_profile("samara")])
    # In a thread: to be done before time is virtual.
    asyncio.run(found._learn("samara"))
    return found


def answer() -> list[Page]:
    """As the adapter gives them: by wall, the last with the cursor."""
    walls = [["vk:-1_1", "vk:-1_2"], ["vk:-2_1"], ["vk:-3_1"]]
    posts = [[Post(name, TEXTS[name], START) for name in names] for names in walls]
    return [Page("vk:s", "samara", "vk", START, START, "7" if some is posts[-1] else "", posts=some) for some in posts]


def where(pages: list[Page]) -> list[tuple[str, str]]:
    return [(post.id, page.region) for page in pages for post in page.posts]


async def test_by_the_place_that_the_text_names(regions: Assigning) -> None:
    pages = await regions.assign(SEARCH, answer())
    assert where(pages) == [("vk:-1_1", "samara"), ("vk:-2_1", "kursk")]
    assert (pages[-1].region, pages[-1].posts, pages[-1].cursor, pages[-1].covered_until) == ("samara", [], "7", START)
    assert {page.source for page in pages} == {"vk:s"}
    assert [page.covered_until for page in pages if page.region == "kursk"] == [0]


async def test_its_own_region_comes_first(regions: Assigning) -> None:
    text = "И в Самаре, и в Курске нет воды"
    for region in ("samara", "kursk"):
        pages = [Page("vk:s", region, "vk", START, START, "7", posts=[Post("vk:-1_1", text, START)])]
        assert where(await regions.assign(replace(SEARCH, region=region), pages)) == [("vk:-1_1", region)]


async def test_an_address_beside_the_text_counts(regions: Assigning) -> None:
    pages = [
        Page("vk:s", "samara", "vk", START, START, "7", posts=[Post("vk:-1_1", "Нет воды", START, place="Сызрань, Советская, 1")])
    ]
    assert where(await regions.assign(SEARCH, pages)) == [("vk:-1_1", "samara")]


def test_a_search_of_a_territory_keeps_all_that_it_finds(regions: Assigning) -> None:
    assert regions.concerns(SEARCH)
    assert not regions.concerns(replace(SEARCH, territory="go-samara"))
    assert not regions.concerns(replace(SEARCH, address="-1"))


def test_the_crawler_assigns_before_the_log(regions: Assigning) -> None:
    async def main() -> None:
        network, log = Network(), MemoryLog()
        network.answer = lambda source, cursor, now: Fetched(answer(), wait=600.0) if source.id == "vk:s" else None
        wall = Source("vk:-5", "vk", "community", "samara", "-5")
        world = World([SEARCH, wall], [network], log)
        world.crawler._assigning = regions
        await world.run(30.0)
        await world.kill()
        assert {place for page in log.pages if page.source == "vk:s" for place in where([page])} == {
            ("vk:-1_1", "samara"),
            ("vk:-2_1", "kursk"),
        }
        assert log.read["vk:s"] == "7"
        assert [post.text for page in log.pages if page.source == "vk:-5" for post in page.posts][:1] == ["текст"]

    run(main)

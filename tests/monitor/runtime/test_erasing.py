"""A person is erased: nothing that they wrote is left in any row, in watch's memory, or in what comes after."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor.clock import ManualClock
from monitor.config import Config
from monitor.log.base import PAGES, Append
from monitor.model.codec import encode
from monitor.model.errors import NabatError
from monitor.model.post import Page, Post
from monitor.model.source import Source
from monitor.profile.load import load_profile
from monitor.runtime.embedded import Embedded
from monitor.runtime.erasing import Erasing, Wanted
from monitor.runtime.keys import Sealer, load_key
from sinks.clickhouse.connect import Clients, Target
from sinks.clickhouse.erasure import ClickHouseErasure
from sinks.clickhouse.tables import ALL
from sources.masking import author_hash
from tests.fakes.clickhouse_http import PASSWORD, USER, ClickHouseFront
from tests.fakes.databases import Databases

NIGHT = 1_770_001_200_000
MINUTE = 60_000
SOURCE = Source("vk:-1", "vk", "community", "samara", "-1", "Подслушано Тольятти", "go-tolyatti")
KEY = b"k" * 64
PERSON, OTHER = (author_hash(KEY, "vk", number) for number in (11, 22))
WORD = "Василисин"
"""In every text of the person, in their addresses, and nowhere else."""
MAIN = f"Прорвало трубу, на улице Мира 5 хлещет кипяток, рядом дети! {WORD} подъезд"


def post(number: int, text: str, author: str = PERSON, at: int = NIGHT, **more: Any) -> Post:
    url = f"https://vk.com/{WORD if author == PERSON else 'wall'}{number}"
    return Post(f"vk:-1_{number}", text, at, "post", author=author, url=url, **more)


class House:
    """The engine over one data folder and one database, stopped and started."""

    def __init__(self, folder: Path, target: Target) -> None:
        default = Config()
        self.clock = ManualClock(NIGHT + MINUTE)
        self.target = target
        self._config = replace(
            default,
            nabat=replace(default.nabat, data=folder),
            clickhouse=replace(default.clickhouse, text_days=36_500, dead_letter_days=36_500),
            watch=replace(default.watch, snapshot_seconds=0.2),
        )

    async def start(self) -> None:
        self.engine = Embedded(
            self._config, load_profile("samara"), [SOURCE], {}, self.clock, linger=0.0, hold=0.0, target=self.target
        )
        await self.engine.open()
        await self.engine.start(crawl=False, ticks=False, console=False)

    async def restart(self) -> None:
        await self.engine.stop()
        await self.start()

    async def take(self, *posts: Post | dict[str, Any]) -> None:
        now = self.clock.now()
        page = Page(SOURCE.id, "samara", "vk", now, now, posts=list(posts))  # type: ignore[arg-type]
        await self.engine.log.append([Append(PAGES, 0, SOURCE.id, encode(page), now)])
        await self.engine.drain()

    async def erase(self, *, apply: bool = True, **wanted: Any) -> Erasing:
        asked = wanted or {"subjects": [PERSON]}
        return await self.engine.eraser.erase(Wanted(**asked, apply=apply), self.clock.now())

    async def rows(self, sql: str) -> list[dict[str, Any]]:
        return await self.engine.reader.query(sql)

    def told(self, *words: str) -> dict[str, list[str]]:
        """Per table the rows, of all versions, that have one of these words; letters are opened, memories unpacked."""
        sealer = Sealer(load_key(None, self._config.nabat.data / "keys" / "dead-letters.key"))
        clients, found = Clients(self.target), {}
        for table in ALL:
            result = clients.get().query(f"SELECT * FROM {table.name}", column_formats={"payload": "bytes", "data": "bytes"})
            rows = sorted(str(_opened(dict(zip(result.column_names, row, strict=True)), sealer)) for row in result.result_rows)
            if table.name not in ("snapshots", "erasures") and (some := [row for row in rows if any(word in row for word in words)]):
                found[table.name] = some
        clients.close()
        watch = self.engine._stages.watch.stage.dump("samara")
        if memory := [word for word in words if word.encode() in watch]:
            found["memory"] = memory
        return found


def _opened(row: dict[str, Any], sealer: Sealer) -> dict[str, Any]:
    row.pop("stored_at", None)
    if "payload" in row and "scope" in row:
        version = int(row["version"])
        place = f"{version >> 112}-{version >> 96 & 0xFFFF}-{version >> 32 & 0xFFFF_FFFF_FFFF_FFFF}-{version & 0xFFFF_FFFF}"
        row["payload"] = sealer.open(row["payload"], place.encode()).decode() if row["payload"] else ""
    return row


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseFront]:
    server = ClickHouseFront(tmp_path_factory.mktemp("front"))
    yield server
    server.close()


@pytest.fixture
async def house(tmp_path: Path, clickhouse: Target) -> AsyncIterator[House]:
    found = House(tmp_path / "data", clickhouse)
    await found.start()
    yield found
    await found.engine.stop()


async def lived(house: House) -> None:
    """A night in which a person is quoted by an alert, edits a text, answers, and sends what can't be taken."""
    await house.take(post(1, MAIN), post(2, f"Яма на дороге, улица Ленина 7, {WORD} дом"), post(9, "Яма на улице Ленина 7", OTHER))
    await house.take(post(2, f"Огромная яма на дороге, улица Ленина 7, {WORD} дом", edited_at=NIGHT + MINUTE))
    await house.take(post(3, "В каком магазине дешевле картошка?", OTHER), post(4, f"Картошка? {WORD} знает"))
    broken = {"id": "vk:-1_5", "text": f"{WORD} текст", "published_at": "вчера", "author": PERSON}
    await house.take(broken, {"id": "vk:-1_6", "text": "чужой текст", "published_at": "вчера", "author": OTHER})
    page = {
        "source": SOURCE.id,
        "region": "нет такого",
        "network": "vk",
        "fetched_at": NIGHT,
        "posts": [post(7, f"{WORD}"), post(8, "чужое", OTHER)],
    }
    await house.engine.log.append([Append(PAGES, 0, SOURCE.id, encode(page), NIGHT)])
    await house.engine.drain()


async def test_nothing_is_left(house: House) -> None:
    await lived(house)
    before = house.told(WORD, PERSON)
    assert set(before) >= {"posts", "post_revisions", "appeals", "alerts", "dead_letters", "memory"}
    shown = await house.erase(apply=False)
    assert (shown.people, shown.posts, shown.letters, shown.alerts) == (1, 3, 2, 1)
    assert shown.texts == 4
    assert shown.appeals == shown.incidents == 2
    assert house.told(WORD, PERSON) == before, "looking changes nothing"

    done = await house.erase()
    assert done == shown
    assert house.told(WORD, PERSON) == {}
    (alert,) = await house.rows("SELECT status, text, title FROM current_alerts")
    assert alert["text"] == "Цитата удалена."
    assert "Мира" in alert["title"]
    states = {row["id"]: row for row in await house.rows("SELECT id, status, author FROM current_appeals")}
    assert states["vk:-1_1"]["status"] == states["vk:-1_2"]["status"] == "deleted"
    assert (states["vk:-1_9"]["status"], states["vk:-1_9"]["author"]) == ("active", OTHER)
    letters = house.told("чужой текст", "чужое")
    assert len(letters["dead_letters"]) == 2, "what others wrote stays"
    assert len(await house.rows("SELECT id FROM current_dead_letters WHERE status = 'dead'")) == 2


async def test_it_does_not_come_back(house: House) -> None:
    """Neither with the next row of what quoted it, nor with a reading of the network, nor after a restart."""
    await lived(house)
    await house.erase()
    for _ in range(2):
        house.clock.set(house.clock.now() + 2 * MINUTE)
        now = house.clock.now()
        await house.take(post(1, MAIN, edited_at=now), post(12, f"{WORD} снова пишет: яма", at=now))
        more = [
            post(20 + now % 1000 + number, f"На улице Мира {number} тоже хлещет кипяток!", f"b{number}", now) for number in range(4)
        ]
        await house.take(*more)
        await house.engine.tick(now)
        await house.engine.drain()
        assert house.told(WORD, PERSON) == {}
        await house.restart()
    assert await house.rows("SELECT id FROM current_posts WHERE id = 'vk:-1_12'") == []
    assert await house.rows("SELECT text FROM current_alerts WHERE status = 'firing' AND text != 'Цитата удалена.'")


async def test_again_is_nothing(house: House) -> None:
    await lived(house)
    await house.erase()
    rows = await house.rows("SELECT id, version, text FROM current_posts")
    again = await house.erase()
    assert again == Erasing(people=1)
    assert await house.rows("SELECT id, version, text FROM current_posts") == rows


async def test_by_a_post(house: House) -> None:
    await lived(house)
    assert (await house.erase(apply=False, posts=[f"https://vk.com/{WORD}4"])).posts == 3
    assert (await house.erase(posts=["vk:-1_4"], only=True)).posts == 1
    texts = {row["id"]: row["text"] for row in await house.rows("SELECT id, text FROM current_posts")}
    assert texts["vk:-1_4"] == ""
    assert WORD in texts["vk:-1_1"]
    await house.take(post(4, f"{WORD} опять"), post(13, f"{WORD} ещё одна яма"))
    texts = {row["id"]: row["text"] for row in await house.rows("SELECT id, text FROM current_posts")}
    assert (texts["vk:-1_4"], texts["vk:-1_13"]) == ("", f"{WORD} ещё одна яма")
    with pytest.raises(NabatError, match="такого сообщения в хранилище нет"):
        await house.erase(posts=["vk:-1_77"])


@pytest.mark.parametrize("step", ["find", "replace", "unquote", "clean"])
async def test_a_crash_in_the_middle(step: str, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was the last thing done, asking again brings it to its end."""
    await lived(house)
    calm: Callable[..., Awaitable[Any]] = getattr(ClickHouseErasure, step)
    calls = 0

    async def crash(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        # The first calls only look.
        if calls > {"find": 1}.get(step, 0):
            raise ConnectionError("the process died here")
        return await calm(*arguments)

    monkeypatch.setattr(ClickHouseErasure, step, crash)
    with pytest.raises(ConnectionError):
        await house.erase()
    monkeypatch.setattr(ClickHouseErasure, step, calm)
    await house.restart()
    await house.erase()
    assert house.told(WORD, PERSON) == {}
    assert (await house.erase()) == Erasing(people=1)


async def test_over_http(tmp_path: Path, front: ClickHouseFront) -> None:
    databases = Databases(Target(url=front.url, user=USER, password=PASSWORD))
    house = House(tmp_path / "data", databases.take())
    await house.start()
    try:
        await lived(house)
        assert (await house.erase()).posts == 3
        assert house.told(WORD, PERSON) == {}
    finally:
        await house.engine.stop()
        databases.close()


async def test_who_waits_in_vain_is_told(house: House) -> None:
    """The stages do not move: nothing is emptied, since they might write it again; later the same question ends it."""
    await lived(house)
    house.engine.eraser._patience = 0.0
    assert (await house.erase()).waits == "stages"
    assert "posts" in house.told(WORD)
    house.engine.eraser._patience = 60.0
    assert (await house.erase()).waits == ""
    assert house.told(WORD, PERSON) == {}

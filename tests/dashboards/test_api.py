"""What the API answers, over rows in a real store."""

from __future__ import annotations

from typing import Any, cast, get_args
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession

from dashboards.console.watching import WATCHED
from monitor.metrics.labels import SourceState
from monitor.model.rows import PostRow, SeriesRow
from tests.dashboards import night, world
from tests.dashboards.conftest import Stage
from tests.dashboards.world import DAY, HOUR, MINUTE, NOW, alert, appeal, event, health, incident, reply


async def get(client: ClientSession, path: str, status: int = 200) -> Any:
    async with client.get(path) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def test_status_counts_the_last_day_of_the_clock(stage: Stage, client: ClientSession) -> None:
    rows = [
        *appeal("p1", "i1", "one", age=5 * MINUTE),
        *appeal("p2", "i1", "two", age=DAY - 1),
        *appeal("p3", "i1", "three", age=DAY),
        *appeal("p4", "i1", "four", age=HOUR, status="withdrawn"),
        cast(PostRow, appeal("p5", "i1", "five", age=HOUR)[0])._replace(deleted=True),
        incident("i1", due=-MINUTE),
        incident("i2", due=MINUTE),
        incident("i3", due=-MINUTE, status="closed"),
        incident("i4", status="void"),
        incident("i5", due=-world.NOW, age=2 * DAY),
        alert("a1", "new", age=HOUR),
        alert("a2", "old", age=DAY),
    ]
    await stage.write(rows)
    status = await get(client, "/api/status")
    assert status["day"] == {"posts": 3, "adverts": 0, "repetition": 0, "appeals": 2, "incidents": 3, "alerts": 1}
    assert (status["open"], status["overdue"]) == (3, 1)
    assert status["per_minute"] == 0.1
    assert (status["timezone"], status["offset_minutes"], status["now"]) == ("Europe/Samara", 240, world.NOW)


async def test_status_says_what_is_not_seen(stage: Stage, client: ClientSession) -> None:
    sources = list(stage.deps.profile.sources.values())
    rows = [health(source.id, "ok", 1000 * MINUTE if number == 3 else MINUTE) for number, source in enumerate(sources[:12])]
    rows.append(health(sources[12].id, "forbidden", 2 * HOUR, "Закрытая группа", "access denied"))
    rows.append(health("vk:-999", "ok", 9000 * MINUTE))
    await stage.write(rows)
    status = await get(client, "/api/status")
    assert status["sources"]["total"] == 14
    assert status["sources"]["watched"] == 12
    assert status["sources"]["by_state"] == {"forbidden": 1, "new": 1, "ok": 12}
    assert status["sources"]["oldest"] == {"id": sources[3].id, "name": sources[3].id, "age": 1000 * 60}
    forbidden, new = status["banners"]
    assert forbidden["title"] == "Доступ закрыт"
    assert forbidden["sources"] == [{"id": sources[12].id, "name": "Закрытая группа", "age": 7200, "error": "access denied"}]
    assert (new["state"], new["sources"][0]["age"]) == ("new", None)


async def test_a_crawl_that_stands_still_is_told(stage: Stage, client: ClientSession) -> None:
    await stage.write([health(source.id) for source in stage.deps.profile.sources.values()])
    assert (await get(client, "/api/status"))["banners"] == []
    stage.clock.set(world.NOW + 14 * MINUTE)
    assert (await get(client, "/api/status"))["banners"] == []
    stage.clock.set(world.NOW + 15 * MINUTE)
    (banner,) = (await get(client, "/api/status"))["banners"]
    assert (banner["state"], banner["age"]) == ("standstill", 940)


async def test_every_state_of_a_source_has_words(stage: Stage, client: ClientSession) -> None:
    sources = list(stage.deps.profile.sources.values())
    states = get_args(SourceState)
    await stage.write([health(source.id, state) for source, state in zip(sources, states, strict=False)])
    status = await get(client, "/api/status")
    titles = {banner["state"]: banner["title"] for banner in status["banners"]}
    assert {*titles, *WATCHED} == set(states)
    assert all(state != title for state, title in titles.items())


async def test_an_empty_store_is_answered(stage: Stage, client: ClientSession) -> None:
    status = await get(client, "/api/status")
    assert status["sources"]["watched"] == 0
    assert status["sources"]["oldest"] is None
    assert status["sources"]["by_state"] == {"new": 14}
    assert (await get(client, "/api/alerts"))["alerts"] == []
    assert (await get(client, "/api/incidents"))["total"] == 0
    found = await get(client, "/api/map")
    assert found["groups"] == []
    assert {row["total"] for row in found["rows"]} == {0}


async def test_alerts_come_newest_first_with_russian_names(stage: Stage, client: ClientSession) -> None:
    await stage.write([alert("a1", "old", age=HOUR), alert("a2", "new", words=("вода",), examples=("нет воды",), version=2**100)])
    first, second = (await get(client, "/api/alerts"))["alerts"]
    assert (first["id"], second["id"]) == ("a2", "a1")
    assert (first["territory_name"], first["problem"]) == ("Автозаводский район", "Прорыв теплотрассы")
    assert (first["words"], first["examples"], first["complete"]) == (["вода"], ["нет воды"], True)
    assert first["version"] == str(2**100)
    assert [a["id"] for a in (await get(client, "/api/alerts?limit=1"))["alerts"]] == ["a2"]


async def test_a_danger_that_still_fires_comes_before_newer_notices_and_what_is_over(stage: Stage, client: ClientSession) -> None:
    await stage.write(
        [
            alert("flash", "Прорыв", level="flash", age=9 * HOUR),
            alert("urgent", "Запах", level="urgent", age=8 * HOUR),
            *(alert(f"n{number}", "Просрочено", level="notice", age=number * MINUTE) for number in range(1, 4)),
            alert("over", "Было", level="flash", status="resolved", age=MINUTE),
        ]
    )
    assert [a["id"] for a in (await get(client, "/api/alerts?limit=3"))["alerts"]] == ["flash", "urgent", "n1"]
    assert (await get(client, "/api/alerts"))["alerts"][-1]["id"] == "over"


async def test_the_queue_is_ordered_by_urgency_then_growth(stage: Stage, client: ClientSession) -> None:
    rows: list[Any] = [
        incident("calm", urgency=0),
        incident("a slow", urgency=2),
        incident("fast", urgency=2),
        incident("top", urgency=3),
    ]
    for number in range(3):
        rows += appeal(f"f{number}", "fast", "text", age=(5 + number * 20) * MINUTE)
    rows += appeal("old", "fast", "text", age=90 * MINUTE)
    rows += appeal("gone", "a slow", "text", age=MINUTE, status="deleted")
    rows += appeal("s0", "a slow", "text", age=HOUR)
    rows += appeal("ancient", "a slow", "text", age=5 * HOUR)
    await stage.write(rows)
    found = (await get(client, "/api/incidents"))["incidents"]
    assert [row["id"] for row in found] == ["top", "fast", "a slow", "calm"]
    fast, slow = found[1:3]
    assert (fast["growth"], fast["trend"]) == (3, [0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 1])
    assert (slow["growth"], slow["trend"]) == (0, [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])


async def test_the_queue_is_filtered_and_paged(stage: Stage, client: ClientSession) -> None:
    rows = [
        incident("avto", territory="avto", group="housing", urgency=3),
        incident("town", territory="togliatti", group="roads", urgency=2),
        incident("other", territory="syzran", group="roads", urgency=1),
        incident("shut", territory="avto", status="closed"),
    ]
    await stage.write(rows)

    async def ids(query: str) -> tuple[list[str], int]:
        answer = await get(client, f"/api/incidents?{query}")
        return [row["id"] for row in answer["incidents"]], answer["total"]

    assert await ids("territory=togliatti") == (["avto", "town"], 2)
    assert await ids("territory=avto") == (["avto"], 1)
    assert await ids("territory=samara") == (["avto", "town", "other"], 3)
    assert await ids("territory=nowhere") == ([], 0)
    assert await ids("group=roads") == (["town", "other"], 2)
    assert await ids("group=roads&territory=syzran") == (["other"], 1)
    assert await ids("status=closed") == (["shut"], 1)
    assert (await ids("status=all"))[1] == 4
    assert await ids("limit=1&offset=1") == (["town"], 3)
    assert await ids("group=%27%20OR%201%3D1%20--") == ([], 0)


async def test_parameters_are_checked(stage: Stage, client: ClientSession) -> None:
    for path in ("incidents?limit=0", "incidents?limit=ten", "incidents?offset=-1", "incidents?status=lost", "map?hours=9999999999"):
        answer = await get(client, f"/api/{path}", 400)
        assert answer["error"].startswith("Параметр")
        assert answer["hint"]
    assert (await get(client, "/api/map?inside=nowhere", 404))["error"] == "Такой территории нет"


async def test_the_card_has_posts_replies_and_history(stage: Stage, client: ClientSession) -> None:
    rows: list[Any] = [incident("i1", street="степана разина", house="14", members=3, authors=2), incident("i2")]
    rows += appeal("i1/1", "i1", "Первое", age=HOUR, author="secret-a", url="javascript:alert(1)")
    rows += appeal("i1/2", "i1", "Второе", age=30 * MINUTE, author="secret-b", version=2**90)
    rows += appeal("i1/3", "i1", "Первое", age=10 * MINUTE, author="secret-a", duplicate_of="i1/1")
    rows += appeal("i2/1", "i2", "Чужое")
    rows += reply("r1", "i1/1", "i1", "Обратитесь в УК", "redirect", 5 * MINUTE)
    rows += reply("r2", "i1/1", "i1", "Уточните адрес и приложите фото", "formal", 4 * MINUTE)
    rows.append(health("vk:-105", name="Администрация Тольятти"))
    rows.append(event("e2", "i1", "reply", 5 * MINUTE, '{"quality":"redirect"}'))
    rows.append(event("e4", "i1", "reply", 4 * MINUTE, '{"reply":"r2","quality":"formal","asks":["address","photo"]}'))
    rows.append(event("e1", "i1", "opened", HOUR))
    rows.append(event("e3", "i1", "action", MINUTE, '{"accepted":false,"conflict":"changed"}', "operator"))
    await stage.write(rows)
    card = await get(client, "/api/incidents/i1")
    assert card["incident"]["where"] == "Степана Разина, 14"
    assert card["incident"]["body_name"] == "Теплосети Тольятти"
    posts = card["posts"]
    assert [(p["id"], p["author"], p["first"], p["duplicate"]) for p in posts] == [
        ("i1/1", 1, True, False),
        ("i1/3", 1, False, True),
        ("i1/2", 2, False, False),
    ]
    assert [p["text"] for p in posts] == ["Первое", "Первое", "Второе"]
    assert posts[0]["url"] == ""
    assert posts[1]["url"] == "https://vk.com/wall-100_1"
    assert posts[2]["version"] == str(2**90)
    assert posts[0]["source_name"] == "vk:-100"
    assert "secret" not in str(card)
    assert [(r["text"], r["quality"], r["source_name"], r["asks"]) for r in card["replies"]] == [
        ("Обратитесь в УК", "redirect", "Администрация Тольятти", ""),
        ("Уточните адрес и приложите фото", "formal", "Администрация Тольятти", "адрес, фото"),
    ]
    assert [e["text"] for e in card["history"]] == [
        "инцидент открыт",
        "ответ · переадресация",
        "ответ · отписка · просят уточнить: адрес, фото",
        "действие · оператор · не принято: запись изменилась",
    ]


async def test_a_post_without_text_left_is_still_in_the_card(stage: Stage, client: ClientSession) -> None:
    only_appeal = appeal("i1/1", "i1", "")[1]
    await stage.write([incident("i1"), only_appeal])
    (post,) = (await get(client, "/api/incidents/i1"))["posts"]
    assert (post["text"], post["attachments"]) == ("", 0)


@pytest.mark.parametrize(
    ("street", "shown"),
    [("степана разина", "Степана Разина"), ("1-й ново-садовый", "1-й Ново-Садовый"), ("им гагарина", "Им Гагарина"), ("", "")],
)
async def test_addresses_are_written_as_people_do(stage: Stage, client: ClientSession, street: str, shown: str) -> None:
    await stage.write([incident("i1", street=street)])
    assert (await get(client, "/api/incidents"))["incidents"][0]["where"] == shown


async def test_an_id_with_signs_finds_its_card(stage: Stage, client: ClientSession) -> None:
    await stage.write([incident("vk:-1_2:c3/é#?")])
    card = await get(client, "/api/incidents/vk:-1_2:c3%2F%C3%A9%23%3F")
    assert card["incident"]["id"] == "vk:-1_2:c3/é#?"
    assert (await get(client, "/api/incidents/none", 404))["error"] == "Такого инцидента нет"


async def test_a_later_version_moves_every_figure(stage: Stage, client: ClientSession) -> None:
    await stage.write([incident("i1", members=1), *appeal("p1", "i1", "text", age=MINUTE)])
    assert (await get(client, "/api/map"))["rows"][0]["total"] == 1
    await stage.write(
        [incident("i1", members=0, status="void", version=2), appeal("p1", "i1", "text", status="rejected", version=2)[1]]
    )
    assert (await get(client, "/api/incidents"))["total"] == 0
    assert (await get(client, "/api/status"))["day"]["appeals"] == 0
    assert (await get(client, "/api/map"))["groups"] == []


async def test_the_map_has_zones_and_stands_beside_the_last_year(stage: Stage, client: ClientSession) -> None:
    year = NOW - 364 * DAY
    counts = {"togliatti|group|housing": 7, "avto|group|housing": 5, "samara|group|housing": 9, "syzran|group|housing": 1}
    past = [
        SeriesRow("samara", name, name.split("|")[0], "group", "housing", at, posts, 1, 0, 0, name[0] != "s" or at < year, True, 1)
        for name, posts in counts.items()
        for at in (year - 25 * HOUR, year - HOUR, year)
    ]
    rows: list[Any] = [*past]
    for territory, posts in (("sergievsky", 5), ("zhigulevsk", 4), ("avto", 12), ("syzran", 2)):
        for number in range(posts):
            rows += appeal(f"{territory}{number}", "", "text", territory=territory, age=HOUR)
    await stage.write(rows)
    found = await get(client, "/api/map?hours=24")
    assert found["before"] == {"since": year - DAY, "complete": True}
    cells = {row["territory"]: (row["cells"][0]["zone"], row["cells"][0]["before"], row["before"]) for row in found["rows"]}
    # A day's share of 0.5 and 1 a week: 3.1 and 6.3 complaints among 44,000 people, 3.6 and 7.3 among 51,000.
    assert cells["sergievsky"] == ("yellow", 0, 0)
    assert cells["zhigulevsk"] == ("yellow", 0, 0)
    assert cells["syzran"] == ("green", 1, 1)
    assert cells["togliatti"] == ("green", 7, 7)
    # What was not placed more narrowly than the region.
    assert (await get(client, "/api/map?hours=1&inside=togliatti"))["before"] is not None
    # An hour's share is small: three complaints are asked for all the same.
    hour = {row["territory"]: row["cells"][0]["zone"] for row in (await get(client, "/api/map?hours=2"))["rows"]}
    assert (hour["sergievsky"], hour["syzran"], hour["novy"]) == ("red", "green", "")


async def test_the_map_sums_inner_territories_and_knows_what_it_does_not_know(stage: Stage, client: ClientSession) -> None:
    rows: list[Any] = []
    for number in range(4):
        rows += appeal(f"a{number}", "", "text", territory="avto", age=HOUR)
    rows += appeal("copy", "", "text", territory="avto", age=HOUR, duplicate_of="a0")
    rows += appeal("town", "", "text", territory="togliatti", group="roads", age=HOUR)
    rows += appeal("novy", "", "text", territory="novy", age=HOUR)
    rows += appeal("nowhere", "", "text", territory="", age=HOUR)
    rows += appeal("old", "", "text", territory="syzran", age=25 * HOUR)
    rows += appeal("thanks", "", "text", territory="syzran", kind="thanks", age=HOUR)
    rows += appeal("away", "", "text", territory="syzran", status="deleted", age=HOUR)
    await stage.write(rows)
    found = await get(client, "/api/map?hours=24")
    assert [group["id"] for group in found["groups"]] == ["housing", "roads"]
    cells = {row["territory"]: [(c["posts"], c["duplicates"], c["per_1000"]) for c in row["cells"]] for row in found["rows"]}
    assert cells["togliatti"] == [(4, 1, 0.006), (1, 0, 0.001)]
    assert cells["novy"] == [(1, 0, None), (0, 0, None)]
    assert cells["samara"] == [(1, 0, None), (0, 0, None)]
    assert cells["syzran"] == [(0, 0, 0), (0, 0, 0)]
    assert found["unknown"] == 1
    assert [row["itself"] for row in found["rows"]].count(True) == 1
    inner = await get(client, "/api/map?hours=24&inside=togliatti")
    assert {row["territory"]: row["total"] for row in inner["rows"]} == {"avto": 4, "central": 0, "togliatti": 1}
    assert found["before"] is None
    assert {cell["before"] for row in found["rows"] for cell in row["cells"]} == {None}
    longer = await get(client, "/api/map?hours=26")
    assert {row["territory"]: row["total"] for row in longer["rows"]}["syzran"] == 1


async def test_the_queue_is_filtered_by_the_region_s_own_blocks(stage: Stage, client: ClientSession) -> None:
    rows = [incident("roads", group="roads", theme="roads.potholes"), incident("lift", theme="housing.lift")]
    rows += [incident("heat", theme="housing.heating"), incident("yard", group="landscaping", theme="")]
    await stage.write(rows)
    assert (await get(client, "/api/region"))["blocks"] == ["ЖКХ и благоустройство", "Тепло"]

    async def found(**block: str) -> dict[str, str]:
        listed = (await get(client, f"/api/incidents?{urlencode(block)}"))["incidents"]
        return {one["id"]: one["block"] for one in listed}

    assert await found(block="ЖКХ и благоустройство") == {"lift": "ЖКХ и благоустройство", "yard": "ЖКХ и благоустройство"}
    assert await found(block="Тепло") == {"heat": "Тепло"}
    assert await found(block="нет такого") == {}
    assert (await found())["roads"] == ""


async def test_a_whole_night_is_answered(stage: Stage, client: ClientSession) -> None:
    await stage.write(night.rows())
    assert (await get(client, "/api/incidents"))["total"] == 12
    card = await get(client, "/api/incidents/i1")
    assert len(card["posts"]) == 10
    region = await get(client, "/api/region")
    assert (region["name"], region["notice"]) == ("Самарская область", "Смоделированный регион")
    assert len(region["groups"]) == 18
    assert "samara" not in [territory["id"] for territory in region["territories"]]

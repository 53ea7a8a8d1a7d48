"""The handover of a shift: what it counts, whom it names, and that it is read and printed as it stands."""

from __future__ import annotations

import orjson
from aiohttp import ClientSession
from playwright.async_api import expect

from monitor.model.rows import DeliveryRow, Row, SeriesRow
from tests.dashboards import night
from tests.dashboards.conftest import Stage
from tests.dashboards.test_page import Screen, screen
from tests.dashboards.world import DAY, HOUR, MINUTE, NOW, REGION, alert, appeal, event, incident, reply

__all__ = ["screen"]


def action(
    ident: str, kind: str, about: str, age: int, actor: str, *, accepted: bool = True, reason: str = "", incident: str = "i1"
) -> Row:
    detail = {"kind": kind, "alert": about, "accepted": accepted, "conflict": "" if accepted else "claimed", "reason": reason}
    return event(ident, incident, "action", age, orjson.dumps(detail).decode(), actor)


def shift() -> list[Row]:
    lost = DeliveryRow(
        "m1", REGION, 0, "duty-chat", "max", "alert", "a1", "fired", "flash", "expired", False, NOW - HOUR, "", "", "", "{}", 1
    )
    return [
        *appeal("p1", "i1", "Нет тепла", age=HOUR),
        *appeal("p2", "i1", "Спасибо", age=2 * HOUR, kind="thanks", urgency=0),
        *appeal("p3", "i2", "Ямы", age=14 * HOUR, group="roads", theme="pothole", territory="syzran"),
        *appeal("p4", "i2", "Ямы", age=30 * HOUR, group="roads", theme="pothole", territory="syzran"),
        incident("i1", urgency=3, street="мира", age=HOUR, due=HOUR),
        incident("i2", group="roads", theme="pothole", territory="syzran", body="city-roads", age=DAY, due=-2 * HOUR, members=2),
        incident("i3", status="closed", age=2 * DAY),
        incident("i4", status="closed", street="лазо", age=2 * DAY),
        action("x5", "resolve", "", HOUR, "anna", reason="починили", incident="i3"),
        action("x6", "resolve", "", 2 * DAY, "anna", incident="i4"),
        action("x7", "resolve", "", HOUR, "anna", accepted=False, incident="i1"),
        *reply("r1", "p1", "i1", "Сделаем до 18:00", "interim", HOUR),
        alert("a1", "Опасно: Мира", level="flash", incident="i1")._replace(claimed_by="anna", answered_by="anna"),
        alert("a2", "Всплеск: Дороги", kind="spike"),
        alert("a3", "Прошло", status="resolved", age=HOUR),
        alert("a4", "Давно прошло", status="resolved", age=2 * DAY),
        alert("s1", "Источник молчит: Сызрань онлайн", kind="silent", level="notice", status="resolved", age=HOUR),
        action("x1", "claim", "a1", 50 * MINUTE, "anna"),
        action("x2", "claim", "a1", 40 * MINUTE, "boris", accepted=False),
        action("x3", "close", "a3", 30 * MINUTE, "boris", reason="ложная"),
        action("x4", "claim", "a3", 2 * DAY, "vera"),
        SeriesRow(REGION, "samara|all|", "samara", "all", "", NOW - 40 * HOUR, 1, 1, 0, 0, True, True, 1),
        lost,
    ]


async def test_a_shift_is_counted(stage: Stage, client: ClientSession) -> None:
    await stage.write(shift())
    async with client.get("/api/handover?hours=12") as response:
        found = await response.json()
    assert found["since"] == NOW - 12 * HOUR
    assert found["came"] == {
        "posts": 3, "posts_before": 1, "appeals": 2, "appeals_before": 1, "complaints": 1, "opened": 1, "closed": 1,
        "replies": {"interim": 1},
    }  # fmt: skip
    assert [(row["name"], row["appeals"], row["before"]) for row in found["groups"]] == [("ЖКХ", 2, 0), ("Дороги", 0, 1)]
    assert [(row["name"], row["appeals"], row["urgent"]) for row in found["territories"]] == [("Автозаводский район", 2, 1)]
    assert found["open"] == {"open": 2, "overdue": 1, "dangerous": 1, "due": 1}
    assert ([row["id"] for row in found["overdue"]], [row["id"] for row in found["due"]]) == (["i2"], ["i1"])
    assert [(row["name"], row["open"], row["overdue"]) for row in found["bodies"]] == [
        ("Департамент дорог Самары", 1, 1), ("Теплосети Тольятти", 1, 0)
    ]  # fmt: skip
    assert [one["id"] for one in found["alerts"]] == ["a1", "a2", "a3"]
    assert [one["id"] for one in found["silent"]] == ["s1"]
    assert found["alerts"][0]["answers"] == [{"at": NOW - 50 * MINUTE, "who": "anna", "text": "взять тревогу в работу"}]
    assert found["alerts"][2]["answers"] == [{"at": NOW - 30 * MINUTE, "who": "boris", "text": "закрыть тревогу: ложная"}]
    assert found["people"] == [{"name": "anna", "actions": 2}, {"name": "boris", "actions": 1}]
    (closed,) = found["closed"]
    assert (closed["id"], closed["at"], closed["who"], closed["reason"]) == ("i3", NOW - HOUR, "anna", "починили")
    assert found["lost"] == [{"destination": "duty-chat", "messages": 1}]
    assert found["sources"]["total"] == 14


async def test_a_longer_shift_has_more(stage: Stage, client: ClientSession) -> None:
    await stage.write(shift())
    async with client.get("/api/handover?hours=72") as response:
        found = await response.json()
    assert (found["came"]["appeals"], found["came"]["closed"], len(found["alerts"])) == (4, 2, 4)
    # Nobody watched three days before: nothing is not the same as none.
    assert (found["came"]["appeals_before"], found["groups"][0]["before"]) == (None, None)
    async with client.get("/api/handover?hours=73") as response:
        assert response.status == 400


async def test_the_next_shift_reads_and_prints_it(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await stage.write(shift())
    await page.goto(f"{stage.url}/handover")
    sheet = page.locator("#shift")
    await expect(page.locator("#notice")).to_have_text("Смоделированный регион")
    await expect(page.locator("#period")).to_contain_text("Самарская область, с 20 января 2026")
    await expect(sheet).to_contain_text("В силе 2, из них без ответа 1; за смену снято 1.")
    row = sheet.locator("tr", has_text="Опасно: Мира")
    await expect(row).to_contain_text("в работе: anna")
    await expect(row).to_contain_text("02:35 anna: взять тревогу в работу")
    await expect(sheet.locator("tr", has_text="Всплеск: Дороги")).to_contain_text("без ответа")
    await expect(sheet.locator("tr", has_text="Прошло")).to_contain_text("boris: закрыть тревогу: ложная")
    await expect(sheet.locator("tr", has_text="Ямы на дороге: Сызрань")).to_contain_text("просрочен 2 ч")
    await expect(sheet).to_contain_text("Источник молчит: Сызрань онлайн")
    await expect(sheet).to_contain_text("duty-chat: 1 сообщение")
    await expect(sheet).to_contain_text("anna — 2 действия, boris — 1 действие")
    await expect(sheet).to_contain_text("02:25 anna: починили")
    await page.select_option("#hours", "72")
    await expect(sheet).to_contain_text("Давно прошло")
    await expect(sheet).to_contain_text("Сравнить не с чем")
    await page.fill("#notes", "Позвонить в теплосети")
    await page.emulate_media(media="print", color_scheme="dark")
    await expect(page.locator("#choice")).to_be_hidden()
    await expect(page.locator("#notes")).to_be_visible()
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert (await page.pdf(format="A4"))[:4] == b"%PDF"


async def test_a_busy_night_fits_the_sheet(screen: Screen) -> None:
    page = screen.page
    await screen.stage.write(night.rows())
    for width in (1366, 390):
        await page.set_viewport_size({"width": width, "height": 844})
        await page.goto(f"{screen.stage.url}/handover")
        await expect(page.locator("#shift")).to_contain_text("Прорыв теплотрассы")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_an_empty_shift_says_so(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await page.goto(f"{stage.url}/handover")
    for said in ("Обращений не было.", "Тревог не было.", "Просроченных нет.", "Действий на пульте за смену не было."):
        await expect(page.locator("#shift")).to_contain_text(said)
    await stage.stop()
    await page.click("#again")
    await expect(page.locator("#said")).to_have_text("Нет связи с сервером. Повторите, когда связь вернётся ")
    await expect(page.locator("#shift")).to_be_empty()


async def test_it_leads_to_the_card_of_an_incident_and_of_an_alert(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await stage.write(shift())
    await page.goto(f"{stage.url}/handover")
    await page.locator("#shift a", has_text="Опасно: Мира").click()
    await expect(page.locator("#card-head")).to_contain_text("Прорыв теплотрассы")
    await page.goto(f"{stage.url}/#alert=a2")
    await expect(page.locator("#card")).to_contain_text("Всплеск: Дороги")
    await page.evaluate("location.hash = '#alert=gone'")
    await expect(page.locator("#card")).to_contain_text("Такой тревоги нет")


async def test_long_lists_are_cut_and_say_so(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await stage.write([incident(f"i{number}", due=(number + 1) * MINUTE) for number in range(40)])
    await page.goto(f"{stage.url}/handover")
    await expect(page.locator("#shift")).to_contain_text("И ещё 10: все — на пульте.")

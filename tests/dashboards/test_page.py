"""The page in a real Chromium: what an operator sees, and what a hostile post can't do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which

import pytest
from playwright.async_api import Page, async_playwright, expect

from dashboards.console.deps import ActionResult
from tests.dashboards import night
from tests.dashboards.conftest import PATIENCE, Stage
from tests.dashboards.world import HOUR, MINUTE, alert, appeal, health, incident

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

COUNT_SOUNDS = """
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) { window.tones += 1; return start.call(this, at); };
"""


@dataclass
class Screen:
    """An open page, and what it asked for and complained of."""

    page: Page
    stage: Stage
    requests: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    async def open(self) -> None:
        await self.page.goto(self.stage.url)
        await expect(self.page.locator("#link")).to_have_text("на связи")
        await expect(self.page.locator("#figures dd").first).to_be_visible()


@pytest.fixture
async def screen(stage: Stage, tmp_path: Path) -> AsyncIterator[Screen]:
    if which(CHROMIUM) is None:
        pytest.fail("the page is tested in Chromium: install it with `apt-get install chromium`")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=CHROMIUM, args=ARGUMENTS, viewport={"width": 1366, "height": 768}
        )
        browser.set_default_timeout(PATIENCE)
        await browser.add_init_script(COUNT_SOUNDS)
        screen = Screen(browser.pages[0], stage)
        browser.on("request", lambda request: screen.requests.append(request.url))
        screen.page.on("pageerror", lambda error: screen.troubles.append(str(error)))
        screen.page.on("console", lambda message: screen.troubles.append(message.text) if "Trusted" in message.text else None)
        screen.page.on("dialog", lambda dialog: screen.troubles.append(dialog.message))
        yield screen
        await browser.close()
    assert screen.troubles == []
    assert [url for url in screen.requests if not url.startswith(f"{stage.url}/")] == []


async def test_an_alert_appears_without_a_reload_and_once_after_a_cut(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await screen.open()
    await expect(page.locator("#alerts-empty")).to_be_visible()
    await page.click("#sound")
    before = await page.evaluate("window.tones")
    burst = alert("a1", "Прорыв на Мира", incident="i1", observed=9, authors=9)
    await stage.tell(burst)
    await expect(page.locator("#alerts li")).to_have_count(1)
    await expect(page.locator("#alerts li")).to_contain_text("Прорыв на Мира")
    await expect(page.locator("#announce")).to_contain_text("срочно: Прорыв на Мира")
    await expect(page).to_have_title("(1) Набат")
    assert await page.evaluate("window.tones") == before + 2

    await stage.write([burst])
    await stage.stop()
    await expect(page.locator(".banner.bad")).to_contain_text("Связь с сервером потеряна")
    await stage.tell(burst, alert("a2", "Пока связи не было"))
    await stage.start()
    await expect(page.locator("#link")).to_have_text("на связи")
    await expect(page.locator(".banner.bad")).to_have_count(0)
    await expect(page.locator("#alerts li")).to_have_count(2)
    await stage.tell(burst, burst._replace(level="flash", title="Прорыв: уже 27 авторов", authors=27, sounds=2, version=2))
    await expect(page.locator("#alerts li.level-flash")).to_contain_text("27 авторов")
    await expect(page.locator("#alerts li")).to_have_count(2)
    await stage.tell(burst, burst._replace(status="resolved", level="flash", version=3))
    await expect(page.locator("#alerts li.over")).to_contain_text("снято")
    assert await page.evaluate("window.tones") == before + 6
    await stage.tell(burst, burst._replace(level="flash", version=2), alert("a3", "После повтора всего"))
    await expect(page.locator("#alerts li")).to_have_count(3)
    await expect(page.locator("#alerts li.over")).to_contain_text("снято")
    assert await page.evaluate("window.tones") == before + 8
    assert sum("/static/console.js" in url for url in screen.requests) == 1


async def test_what_was_there_before_is_shown_in_silence(screen: Screen) -> None:
    await screen.stage.write([alert("a1", "Раньше"), alert("a2", "Молчаливое", level="notice")])
    await screen.open()
    await screen.page.click("#sound")
    before = await screen.page.evaluate("window.tones")
    await expect(screen.page.locator("#alerts li")).to_have_count(2)
    await expect(screen.page.locator("#announce")).to_be_empty()
    await screen.stage.tell(alert("a3", "Заметка", level="notice"))
    await expect(screen.page.locator("#alerts li")).to_have_count(3)
    assert await screen.page.evaluate("window.tones") == before


async def test_an_incident_arrives_grows_and_leaves(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await stage.write([incident("calm", urgency=0, street="лазо")])
    await screen.open()
    await expect(page.locator("#queue li")).to_have_count(1)
    await stage.tell(incident("i1", urgency=3, street="мира", members=1, version=5))
    await expect(page.locator("#queue li")).to_have_count(2)
    await expect(page.locator("#queue li").first).to_contain_text("Мира")
    await stage.tell(incident("i1", urgency=3, street="мира", members=7, authors=5, version=6))
    await expect(page.locator("#queue li").first).to_contain_text("5 авторов")
    await stage.tell(incident("i1", urgency=3, street="мира", members=1, authors=1, version=5))
    await stage.tell(incident("calm", urgency=0, status="closed", version=7))
    await expect(page.locator("#queue li")).to_have_count(1)
    await expect(page.locator("#queue li").first).to_contain_text("5 авторов")


async def test_the_whole_night_at_a_glance_and_by_keyboard(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await stage.write(night.rows())
    await screen.open()
    await expect(page.locator("#figures")).to_contain_text("12 из 14")
    await expect(page.locator("#figures")).to_contain_text("197 сообщений · 194 обращения · 9 инцидентов")
    await expect(page.locator("#banners")).to_contain_text("Смоделированный регион")
    await expect(page.locator("#banners")).to_contain_text("Ограничение сети: 1 источник (Двор и дом № 9). Картина неполна.")
    await expect(page.locator("#alerts li").first).to_contain_text("с 03:04")
    rows = page.locator("#queue li")
    await expect(rows).to_have_count(12)
    await expect(rows.nth(2)).to_contain_text("просрочен")
    await expect(rows.nth(2)).to_contain_text("40 мин")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    await expect(page.locator("#card-posts li")).to_have_count(10)
    await expect(page.locator("#card")).to_contain_text("Бригада на месте")
    await expect(page.locator("#card")).to_contain_text("ответ · переадресация")
    await page.keyboard.press("Escape")
    await expect(page.locator("#card")).to_contain_text("Выберите инцидент")
    await expect(rows.first.locator("button")).to_be_focused()
    await page.select_option("#territory", "togliatti")
    await expect(rows).to_have_count(4)
    await page.select_option("#group", "roads")
    await expect(rows).to_have_count(1)
    await page.keyboard.press("Tab")
    await page.locator("#clear").focus()
    await page.keyboard.press("Escape")
    await expect(rows).to_have_count(12)
    await page.locator("#alerts li").nth(1).locator("button.alert").click()
    await expect(page.locator("#card")).to_contain_text("Частые слова")
    await page.get_by_role("button", name="Показать инциденты").click()
    await expect(rows).to_have_count(1)
    await page.set_viewport_size({"width": 1366, "height": 768})
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_the_map_shows_counts_and_leads_to_the_queue(screen: Screen) -> None:
    page = screen.page
    await screen.stage.write(night.rows())
    await screen.open()
    await page.click("#tab-map")
    cell = page.locator(".heat tr", has_text="Сергиевский район").locator(".cell")
    await expect(cell).to_have_text("0,52")
    await expect(cell).to_have_attribute("title", "Сергиевский район, Дороги: 23 жалобы; 0,523 на 1000 жителей")
    await expect(page.locator(".cell.unknown")).to_have_text("6")
    await expect(page.locator("#map-panel")).to_contain_text("У 1 территории население неизвестно")
    await expect(cell).to_have_class("cell red")
    await expect(page.locator("#map-panel")).to_contain_text("красный — от 0,14 жалоб на 1000 жителей за этот срок")
    await expect(page.locator("#map-panel")).to_contain_text("Сравнить с прошлым годом нельзя")
    await page.get_by_role("button", name="Тольятти", exact=True).click()
    await expect(page.locator(".heat tbody tr")).to_have_count(2)
    await page.get_by_role("button", name="← Вся территория").click()
    await cell.click()
    await expect(page.locator("#queue li")).to_have_count(1)
    await expect(page.locator("#queue")).to_contain_text("Ямы на дороге")


async def test_an_action_asks_first_and_tells_its_result(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await stage.write(
        [incident("i1", members=2), *appeal("i1/1", "i1", "Жалоба", age=HOUR), *appeal("i1/2", "i1", "Шутка", version=7)]
    )
    await screen.open()
    await page.locator("#queue button").first.click()
    joke = page.locator("#card-posts li", has_text="Шутка")
    await joke.get_by_role("button", name="Это не обращение").click()
    await joke.get_by_role("button", name="Отмена").click()
    assert stage.actions == []

    stage.result = ActionResult(False, "Кто-то уже решил, что это не обращение.", "8")
    await joke.get_by_role("button", name="Это не обращение").click()
    await joke.get_by_role("button", name="Да, не обращение").click()
    await expect(joke.get_by_role("status")).to_contain_text("Кто-то уже решил, что это не обращение. Посмотрите")

    stage.result = ActionResult(True, "", "9")
    stage.then = [appeal("i1/2", "i1", "Шутка", status="rejected", version=9)[1], incident("i1", members=1, version=9)]
    await joke.get_by_role("button", name="Это не обращение").click()
    await joke.get_by_role("button", name="Да, не обращение").click()
    await expect(joke.get_by_role("status")).to_have_text("Принято: больше не считается обращением")
    await expect(joke).to_contain_text("не обращение")
    await expect(joke.get_by_role("button")).to_have_count(0)
    assert [(action.subject, action.based_on) for action in stage.actions] == [("i1/2", "7"), ("i1/2", "7")]


async def test_a_decision_half_made_survives_an_update(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await stage.write([incident("i1"), *appeal("i1/1", "i1", "Первая")])
    await screen.open()
    await page.locator("#queue button").first.click()
    await page.get_by_role("button", name="Это не обращение").click()
    grown = incident("i1", members=2, version=2)
    await stage.write([grown, *appeal("i1/2", "i1", "Вторая")])
    await stage.tell(grown)
    await expect(page.locator("#card-posts li")).to_have_count(2)
    await expect(page.get_by_role("button", name="Да, не обращение")).to_be_focused()


HOSTILE = (
    '<img src=x onerror="document.body.dataset.pwned=1"><script>document.body.dataset.pwned=2</script>'
    "\u202e\u2067перевёрнуто\u2069 {{7*7}} ${7*7} &lt;b&gt; <style>*{display:none}</style><a href='javascript:alert(1)'>x</a>"
)


async def test_hostile_texts_are_text(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    long = HOSTILE + "ы" * 5000
    rows = [
        incident("i1", street="<b>мира</b>", house="<script>1</script>"),
        *appeal("i1/1", "i1", long, url="javascript:document.body.dataset.pwned=3"),
        *appeal("i1/2", "i1", HOSTILE, url='https://vk.com/"onmouseover="alert(1)'),
        alert("a1", HOSTILE, kind="spike", text=HOSTILE, words=(HOSTILE,), examples=(HOSTILE,)),
        health("vk:-100", "broken", name="<img src=//evil.example/x>", error=HOSTILE),
    ]
    await stage.write(rows)
    await screen.open()
    await stage.tell(alert("a2", HOSTILE, kind="<i>", text=HOSTILE))
    await expect(page.locator("#alerts li")).to_have_count(2)
    await page.locator("#queue button").first.click()
    texts = page.locator("#card-posts .text")
    await expect(texts).to_have_count(2)
    assert await texts.first.text_content() == long
    assert await texts.nth(1).text_content() == HOSTILE
    await page.locator("#alerts button").first.click()
    await expect(page.locator("#card")).to_contain_text("Примеры")
    assert await page.evaluate("document.body.dataset.pwned") is None
    assert await page.locator("main img, main script, main style, main i, #banners img").count() == 0
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await expect(page.locator("a[href^=javascript]")).to_have_count(0)


async def test_a_refused_stream_is_tried_again(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    refused = 0

    async def refuse(route: object) -> None:
        nonlocal refused
        refused += 1
        await route.fulfill(status=503, body="{}") if refused == 1 else await route.continue_()  # type: ignore[attr-defined]

    await page.route("**/api/events*", refuse)
    await page.goto(stage.url)
    await expect(page.locator(".banner.bad")).to_be_visible()
    await expect(page.locator("#link")).to_have_text("на связи")
    await stage.tell(alert("a1", "После отказа", age=MINUTE))
    await expect(page.locator("#alerts li")).to_have_count(1)


async def test_an_answer_that_breaks_off_stops_nothing(screen: Screen) -> None:
    broken = 0

    async def cut(route: object) -> None:
        nonlocal broken
        broken += 1
        if broken > 2:
            await route.continue_()  # type: ignore[attr-defined]
        else:
            await route.fulfill(status=200, content_type="application/json", body='{"now": 1, "sources"')  # type: ignore[attr-defined]

    await screen.page.route("**/api/status", cut)
    await screen.open()
    await expect(screen.page.locator("#figures")).to_contain_text("Наблюдаем")
    assert broken > 2


async def test_the_page_keeps_up_with_a_flood_and_rows_keep_still_under_the_pointer(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await stage.write([incident(f"i{number}", urgency=1, street=f"улица {number}") for number in range(5)])
    await screen.open()
    row = page.locator("#queue li", has_text="Улица 3")
    moving = "window.hand = setInterval(() => document.getElementById('queue').dispatchEvent(new Event('pointermove')), 50)"
    await page.evaluate(moving)
    await row.hover()
    await stage.tell(*(incident(f"n{number}", urgency=3, members=number, version=2) for number in range(600)))
    await stage.tell(incident("i3", urgency=1, street="улица 3", members=77, version=3))
    await expect(row).to_contain_text("77")
    await expect(page.locator("#queue li")).to_have_count(5)
    await row.click()
    await expect(page.locator("#card")).to_contain_text("Улица 3")
    await page.evaluate("clearInterval(window.hand)")
    await page.mouse.move(5, 5)
    await expect(page.locator("#queue li")).to_have_count(200)

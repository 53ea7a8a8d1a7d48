"""Notifications of the browser: off until somebody turns them on, about what also sounds, and one for all that comes at once."""

from __future__ import annotations

from playwright.async_api import expect

from tests.dashboards.test_page import Screen, screen
from tests.dashboards.world import alert, incident

__all__ = ["screen"]

RECORD = """
window.told = [];
window.Notification = class extends Notification {
  constructor(title, options) {
    super(title, options);
    window.told.push({ title, ...options });
    window.last = this;
    document.documentElement.dataset.told = window.told.length;
  }
};
"""
TOLD = "window.told.map((one) => [one.title, one.body])"


async def begin(screen: Screen, *, allowed: bool = True) -> None:
    if allowed:
        await screen.page.context.grant_permissions(["notifications"], origin=screen.stage.url)
    await screen.page.context.add_init_script(RECORD)
    await screen.open()


async def test_danger_is_notified_once_somebody_wants_it(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await stage.write([incident("i1", street="мира")])
    await begin(screen)
    button, rows = page.locator("#notifications"), page.locator("#alerts li")
    await expect(button).to_have_text("Уведомления: нет")
    await stage.tell(alert("a0", "Никому"))
    await expect(rows).to_have_count(1)
    await button.click()
    await expect(button).to_have_text("Уведомления: да")
    await stage.tell(alert("a1", "Прорыв на Мира", level="flash", incident="i1"), alert("a2", "Заметка", level="notice"))
    await expect(page.locator("html")).to_have_attribute("data-told", "1")
    assert await page.evaluate(TOLD) == [["опасность: Прорыв на Мира", "Автозаводский район"]]
    assert await page.evaluate("window.told[0].requireInteraction && window.told[0].icon") == "/static/icon.svg"
    # It leads to the card.
    await page.evaluate("window.last.dispatchEvent(new Event('click'))")
    await expect(page.locator("#card-head")).to_contain_text("Мира")
    # After a reload it is still on; what was there before is no news.
    await page.reload()
    await expect(page.locator("#link")).to_have_text("на связи")
    await expect(button).to_have_text("Уведомления: да")
    await stage.tell(alert("a3", "Обрыв провода"))
    await expect(page.locator("html")).to_have_attribute("data-told", "1")
    assert await page.evaluate(TOLD) == [["срочно: Обрыв провода", "Автозаводский район"]]
    await button.click()
    await expect(button).to_have_text("Уведомления: нет")
    await stage.tell(alert("a4", "Уже никому"))
    await expect(page.locator("#alerts")).to_contain_text("Уже никому")
    await button.click()
    await stage.tell(alert("a5", "Снова кому-то"))
    await expect(page.locator("html")).to_have_attribute("data-told", "2")
    assert [title for title, _ in await page.evaluate(TOLD)] == ["срочно: Обрыв провода", "срочно: Снова кому-то"]


async def test_many_at_once_are_one_notification(screen: Screen) -> None:
    page = screen.page
    await begin(screen)
    await page.click("#notifications")
    await expect(page.locator("#notifications")).to_have_text("Уведомления: да")
    await screen.stage.tell(*(alert(f"a{number}", f"Тревога {number}") for number in range(5)))
    await expect(page.locator("html")).to_have_attribute("data-told", "1")
    assert await page.evaluate(TOLD) == [["Новых тревог: 5", "Тревога 0\nТревога 1\nТревога 2"]]


async def test_a_browser_that_forbids_it_is_told_of(screen: Screen) -> None:
    page = screen.page
    await page.context.add_init_script("Notification.requestPermission = async () => 'denied';")
    await page.context.add_init_script("Object.defineProperty(Notification, 'permission', { get: () => 'denied' });")
    await begin(screen, allowed=False)
    await page.click("#notifications")
    await expect(page.locator("#notifications")).to_have_text("Уведомления: запрещены")
    await expect(page.locator("#notifications")).to_have_attribute(
        "title", "Разрешите уведомления этой странице в настройках браузера"
    )
    await screen.stage.tell(alert("a1", "Обрыв провода"))
    await expect(page.locator("#alerts li")).to_have_count(1)
    assert await page.evaluate(TOLD) == []

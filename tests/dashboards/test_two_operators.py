"""Two people at two browsers: they sign in, one takes an alert and the other sees it; who comes second is told."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from shutil import which

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from dashboards.console.deps import ActionResult
from dashboards.console.gate import Gate
from monitor.model.rows import AlertRow, DeliveryRow
from monitor.model.watch import Action
from monitor.people import accounts as people
from monitor.people.accounts import Accounts
from monitor.people.audit import Audit
from tests.dashboards.conftest import Stage
from tests.dashboards.test_page import ARGUMENTS
from tests.dashboards.world import NOW, alert

PASSWORD = "correct horse battery"
HOSTILE = "<img src=x onerror=window.hacked=1>"


class Engine:
    """Watch as the console sees it: the first claim wins, and everybody is told."""

    def __init__(self, stage: Stage, row: AlertRow) -> None:
        self.stage = stage
        self.row = row

    async def act(self, action: Action) -> ActionResult:
        if action.kind == "close":
            self.row = self.row._replace(
                status="resolved", note=f"Закрыл {action.actor}: {action.reason}", version=self.row.version + 1
            )
            await self.stage.write([self.row])
            await self.stage.tell(self.row)
            return ActionResult(True, "", str(self.row.version))
        if self.row.claimed_by:
            return ActionResult(False, f"Тревога уже в работе: {self.row.claimed_by}.", str(self.row.version))
        self.row = self.row._replace(
            claimed_by=action.actor, answered_by=action.actor, answered_at=action.at, version=self.row.version + 1
        )
        await self.stage.write([self.row])
        await self.stage.tell(self.row)
        return ActionResult(True, "", str(self.row.version))


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    path = which("chromium")
    if path is None:
        pytest.fail("the page is tested in Chromium: install it with `apt-get install chromium`")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        await browser.close()


async def enter(browser: Browser, url: str, login: str, password: str = PASSWORD) -> Page:
    context = await browser.new_context(viewport={"width": 1366, "height": 768})
    context.set_default_timeout(60_000)
    page = await context.new_page()
    await page.goto(url)
    await page.fill("#login", login)
    await page.fill("#password", password)
    await page.click("#enter")
    return page


async def test_two_operators(stage: Stage, chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from argon2 import PasswordHasher

    monkeypatch.setattr(people, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    accounts = Accounts(tmp_path)
    for login in ("anna", "boris"):
        accounts.add(login, "operator", PASSWORD, [])
    await stage.stop()
    row = alert("urgent:i1", "urgent", level="urgent", text=HOSTILE)
    told = DeliveryRow(
        "msg_1", row.region, 0, "desk", "telegram", "alert", row.id, "fired", "urgent", "sent", False, NOW, "", "", "", "{}", 5
    )
    tried = told._replace(attempt=1, status="failed", reason="unreachable", payload="")
    await stage.write([row, told, tried])
    engine = Engine(stage, row)
    stage.deps = replace(stage.deps, gate=Gate(accounts, Audit(tmp_path), stage.clock), act=engine.act)
    await stage.start()

    wrong = await enter(chromium, stage.url, "anna", "wrong password")
    await expect(wrong.locator("#sign-in-trouble")).to_contain_text("Неверный логин или пароль")
    assert "urgent:i1" not in await wrong.content()
    anna, boris = await enter(chromium, stage.url, "anna"), await enter(chromium, stage.url, "boris")
    for page, name in ((anna, "anna"), (boris, "boris")):
        await expect(page.locator("#who")).to_have_text(f"{name}, оператор")
        await expect(page.locator("#alerts li button[data-kind=claim]")).to_have_text("Беру")
    await anna.click("#alerts li button[data-kind=claim]")
    await expect(boris.locator("#alerts .answer b")).to_have_text("в работе: anna")
    await expect(anna.locator("#alerts .answer b")).to_have_text("в работе: anna")
    await expect(boris.locator("#alerts li button[data-kind=claim]")).to_have_count(0)
    await expect(anna.locator("#alerts li button[data-kind=release]")).to_have_text("Отдать")
    # What was sent stands on the card.
    await anna.click("#alerts li button.alert")
    await expect(anna.locator("#card-deliveries > ol > li")).to_contain_text(
        "Telegram · desk · доставлено · неудачных попыток: 1 (нет связи)"
    )
    await anna.click("#card-deliveries summary")
    await expect(anna.locator("#card-deliveries .tries li")).to_have_text(re.compile(r"\d\d:\d\d:\d\d нет связи"))
    assert await anna.evaluate("window.hacked") is None
    await anna.click("#sign-out")
    await expect(anna.locator("#sign-in")).to_be_visible(timeout=30_000)
    await expect(anna.locator("#alerts li")).to_have_count(0)


async def alone(stage: Stage, browser: Browser) -> tuple[Engine, Page]:
    """One alert, and somebody at a page before anybody has to sign in."""
    engine = Engine(stage, alert("urgent:i1", "urgent", level="urgent"))
    await stage.stop()
    await stage.write([engine.row])
    stage.deps = replace(stage.deps, act=engine.act)
    await stage.start()
    page = await (await browser.new_context()).new_page()
    await page.goto(stage.url)
    return engine, page


async def test_whoever_comes_second_is_told(stage: Stage, chromium: Browser) -> None:
    engine, page = await alone(stage, chromium)
    claim = page.locator("#alerts li button[data-kind=claim]")
    await expect(claim).to_be_visible()
    engine.row = engine.row._replace(claimed_by="boris")
    await claim.click()
    await expect(page.locator("#alerts .answer .result")).to_have_text("Тревога уже в работе: boris")


async def test_an_alert_is_closed_with_a_word_why(stage: Stage, chromium: Browser) -> None:
    engine, page = await alone(stage, chromium)
    await page.click("#alerts li button[data-kind=close]")
    field = page.locator("#alerts .reason input")
    await field.fill(HOSTILE)
    # It grows meanwhile: what was written stays.
    engine.row = engine.row._replace(authors=engine.row.authors + 5, title="Стало больше", version=engine.row.version + 1)
    await stage.tell(engine.row)
    await expect(page.locator("#alerts li strong")).to_have_text("Стало больше")
    await expect(field).to_have_value(HOSTILE)
    await field.press("Enter")
    await expect(page.locator("#alerts li b.level")).to_have_text("снято")
    await expect(page.locator("#alerts li")).to_contain_text(f"Закрыл operator: {HOSTILE}")
    await expect(page.locator("#alerts li .answer button")).to_have_count(0)
    assert await page.evaluate("window.hacked") is None

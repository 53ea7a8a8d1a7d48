"""Every button that decides something, clicked in a real Chromium: what is asked of the engine, and what the page then shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from playwright.async_api import expect

from dashboards.console.deps import ActionResult
from monitor.model.rows import AlertRow, DeliveryRow
from monitor.model.watch import Action
from tests.dashboards.conftest import Stage
from tests.dashboards.test_page import Screen, screen
from tests.dashboards.world import HOUR, MINUTE, NOW, REGION, alert, appeal, incident

__all__ = ["screen"]

PATIENCE = 30_000
LOCAL = "оператор"
"""Whoever is at the machine, as long as there are no accounts."""


@pytest.fixture(autouse=True)
def patient(screen: Screen) -> None:
    screen.page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)


class Engine:
    """What watch makes of answers to one alert, as the console sees it."""

    def __init__(self, stage: Stage, row: AlertRow) -> None:
        self.stage = stage
        self.row = row

    async def act(self, action: Action) -> ActionResult:
        self.stage.actions.append(action)
        who, at = action.actor, action.at
        answers: dict[str, dict[str, Any]] = {
            "claim": {"claimed_by": who, "answered_by": who, "answered_at": at},
            "release": {"claimed_by": "", "answered_by": "", "answered_at": 0},
            "acknowledge": {"answered_by": who, "answered_at": at},
            "snooze": {"answered_by": who, "answered_at": at, "snoozed_until": action.until},
            "task": {"tasked_by": who, "tasked_at": at},
            "accept": {"taken_by": who},
        }
        self.row = self.row._replace(version=self.row.version + 1, **answers[action.kind])
        await self.stage.write([self.row])
        await self.stage.tell(self.row)
        return ActionResult(True, "", str(self.row.version))


async def open_with(screen: Screen, row: AlertRow) -> Engine:
    stage = screen.stage
    await stage.stop()
    engine = Engine(stage, row)
    stage.deps = replace(stage.deps, act=engine.act)
    await stage.write([row, incident("i1")])
    await stage.start()
    await screen.open()
    return engine


async def test_an_alert_is_taken_given_back_tasked_and_accepted(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await open_with(screen, alert("a1", "Опасно", incident="i1")._replace(body="heat"))
    line, state = page.locator("#alerts .answer"), page.locator("#alerts .answer b")
    for button, said, left in (
        ("Беру", f"в работе: {LOCAL}", {"Отдать", "Задание"}),
        ("Отдать", "", {"Беру", "Принято", "На час", "Задание"}),
        ("Задание", f"задание отправил {LOCAL}", {"Беру", "Принято", "На час", "Исполнитель принял"}),
        ("Исполнитель принял", f"задание принял {LOCAL}", {"Беру", "Принято", "На час"}),
        ("Принято", f"принял {LOCAL} · задание принял {LOCAL}", {"Беру"}),
    ):
        await line.get_by_role("button", name=button, exact=True).click()
        await expect(state).to_have_text(said)
        await expect(line.locator("button")).to_have_count(len(left) + 1)
        assert set(await line.locator("button").all_inner_texts()) == left | {"Закрыть"}
    assert [(one.kind, one.subject, one.based_on) for one in stage.actions] == [
        (kind, "a1", str(version)) for version, kind in enumerate(("claim", "release", "task", "accept", "acknowledge"), 1)
    ]


async def test_an_alert_is_put_off_for_an_hour(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await open_with(screen, alert("a1", "Опасно"))
    line = page.locator("#alerts .answer")
    await expect(line.get_by_role("button", name="Задание")).to_have_count(0)
    await line.get_by_role("button", name="На час").click()
    await expect(line.locator("b")).to_have_text(f"отложил {LOCAL} до 04:25")
    (done,) = stage.actions
    assert (done.kind, done.until - done.at) == ("snooze", HOUR)


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1440, 900), (1920, 1080), (390, 844)])
async def test_what_can_be_done_about_an_alert_stands_in_one_row(screen: Screen, width: int, height: int) -> None:
    page = screen.page
    await page.set_viewport_size({"width": width, "height": height})
    engine = await open_with(screen, alert("a1", "Опасно", incident="i1")._replace(body="heat"))
    tops = "[...document.querySelectorAll('#alerts .answer > button')].map((one) => one.offsetTop)"
    assert len(await page.evaluate(tops)) == 5
    assert len(set(await page.evaluate(tops))) == 1
    await page.click("#alerts button[data-kind=task]")
    await expect(page.locator("#alerts button[data-kind=accept]")).to_be_visible()
    assert len(set(await page.evaluate(tops))) == 1
    assert engine.row.tasked_by == "operator"


async def test_closing_can_be_thought_better_of(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await open_with(screen, alert("a1", "Опасно"))
    line = page.locator("#alerts .answer")
    for leave in ("Escape", "Отмена"):
        await line.get_by_role("button", name="Закрыть").click()
        await expect(line.get_by_label("Почему можно закрыть")).to_be_focused()
        if leave == "Escape":
            await page.keyboard.press("Escape")
        else:
            await line.get_by_role("button", name=leave).click()
        await expect(line.locator("form")).to_have_count(0)
        await expect(line.get_by_role("button", name="Закрыть")).to_be_focused()
        await expect(line.locator("button")).to_have_count(4)
    assert stage.actions == []


async def test_a_conflict_is_told_and_the_buttons_come_back(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    stage.result = ActionResult(False, "Тревога уже изменилась.", "7")
    await stage.write([alert("a1", "Опасно")])
    await screen.open()
    line = page.locator("#alerts .answer")
    for name in ("Беру", "Принято", "На час"):
        await line.get_by_role("button", name=name).click()
        await expect(line.locator(".result")).to_have_text("Тревога уже изменилась")
        await expect(line.locator("button:enabled")).to_have_count(4)
    assert [one.kind for one in stage.actions] == ["claim", "acknowledge", "snooze"]


async def test_an_appeal_is_split_off(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await stage.write(
        [incident("i1", members=2), *appeal("i1/1", "i1", "Нет тепла", age=HOUR), *appeal("i1/2", "i1", "Не горит фонарь", version=7)]
    )
    await screen.open()
    await page.locator("#queue button.row").first.click()
    other = page.locator("#card-posts li", has_text="фонарь")
    await other.get_by_role("button", name="Отделить").click()
    await other.get_by_role("button", name="Отмена").click()
    assert stage.actions == []
    stage.then = [
        appeal("i1/2", "i2", "Не горит фонарь", version=9)[1],
        incident("i1", members=1, version=9),
        incident("i2", version=9),
    ]
    await other.get_by_role("button", name="Отделить").click()
    await other.get_by_role("button", name="Да, это другой инцидент").click()
    await expect(page.locator("#card-posts li")).to_have_count(1)
    await expect(page.locator("#card-posts")).not_to_contain_text("фонарь")
    assert [(one.kind, one.subject, one.based_on) for one in stage.actions] == [("split", "i1/2", "7")]


async def test_incidents_are_joined_and_taken_out_of_their_cause(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    pair = [
        incident("i1", urgency=3, street="мира", version=3),
        incident("i2", street="лазо", version=4),
        incident("far", group="roads"),
    ]
    await stage.write([*pair, *appeal("i1/1", "i1", "Нет тепла"), *appeal("i2/1", "i2", "И у нас нет")])
    await screen.open()
    await page.locator("#queue button.row", has_text="Мира").click()
    cause = page.locator("#card-cause")
    await cause.get_by_role("button", name="Объединить с…").click()
    # Only incidents of the same group.
    await expect(cause.locator("option")).to_have_count(1)
    await cause.get_by_role("button", name="Отмена").click()
    await cause.get_by_role("button", name="Объединить с…").click()
    stage.then = [
        incident("i1", urgency=3, street="мира", parent="i1", cause="одна авария", version=9),
        incident("i2", street="лазо", parent="i1", version=9),
    ]
    await cause.get_by_role("button", name="Объединить", exact=True).click()
    await expect(cause).to_contain_text("одна авария")
    await expect(cause.locator("li")).to_have_count(2)
    done = stage.actions[-1]
    assert (done.kind, done.subject, done.into, done.based_on) == ("join", "i1", "i2", "3")
    # The other one, from the list of the cause; then it stands alone again.
    await cause.get_by_role("button", name="Лазо").click()
    await expect(cause.locator("li b")).to_have_text("Лазо")
    stage.result = ActionResult(False, "Инцидент изменился.", "10")
    await cause.get_by_role("button", name="Отделить от общей причины").click()
    await expect(cause.get_by_role("status")).to_contain_text("Инцидент изменился. Посмотрите")
    stage.result = ActionResult(True, "", "11")
    stage.then = [incident("i2", street="лазо", version=11), incident("i1", urgency=3, street="мира", version=11)]
    await cause.get_by_role("button", name="Отделить от общей причины").click()
    await expect(cause.locator("li")).to_have_count(0)
    assert [(one.kind, one.subject, one.based_on) for one in stage.actions[1:]] == [("apart", "i2", "9")] * 2


async def test_an_incident_is_closed_with_a_reason_and_opened_again(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await stage.write([incident("i1", urgency=3, street="мира", version=3), *appeal("i1/1", "i1", "Нет тепла")])
    await screen.open()
    await page.locator("#queue button.row", has_text="Мира").click()
    closing = page.locator("#card-closing")
    await closing.get_by_role("button", name="Закрыть инцидент").click()
    why = closing.get_by_label("Почему можно закрыть инцидент")
    await why.press("Escape")
    await closing.get_by_role("button", name="Закрыть инцидент").click()
    # Not without a word.
    await closing.get_by_role("button", name="Закрыть", exact=True).click()
    assert stage.actions == []
    await why.fill("  тепло дали,   проверено ")
    stage.result = ActionResult(False, "Инцидент уже закрыт.", "4")
    await closing.get_by_role("button", name="Закрыть", exact=True).click()
    await expect(closing.get_by_role("status")).to_contain_text("Инцидент уже закрыт. Посмотрите")
    stage.result = ActionResult(True, "", "5")
    stage.then = [incident("i1", urgency=3, street="мира", status="closed", version=5)]
    await closing.get_by_role("button", name="Закрыть", exact=True).click()
    await expect(closing).to_contain_text("Инцидент закрыт")
    stage.then = [incident("i1", urgency=3, street="мира", version=6)]
    await closing.get_by_role("button", name="Открыть снова").click()
    await expect(closing.get_by_role("button", name="Закрыть инцидент")).to_be_visible()
    done = [(one.kind, one.subject, one.reason) for one in stage.actions]
    assert done == [("resolve", "i1", "тепло дали, проверено")] * 2 + [("reopen", "i1", "")]


class Trials:
    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.gone = False

    def destinations(self) -> list[dict[str, Any]]:
        usual = {"level": "urgent", "people": True, "waiting": 0, "failing": False}
        return [
            {"name": "desk", "channel": "telegram", **usual},
            {"name": "teplo", "channel": "email", **usual, "failing": True, "waiting": 3},
        ]

    async def test(self, region: str, name: str) -> str:
        self.asked.append((region, name))
        return "" if self.gone else "msg_1"

    async def resend(self, region: str, message: str) -> str:
        self.asked.append((region, message))
        return "" if self.gone else "msg_2"


async def test_destinations_are_tried_and_messages_sent_once_more(screen: Screen) -> None:
    page, stage, trials = screen.page, screen.stage, Trials()
    await stage.stop()
    stage.deps = replace(stage.deps, trials=trials)
    sent = DeliveryRow(
        "msg_a", REGION, 0, "desk", "telegram", "alert", "a1", "fired", "urgent", "sent", False, NOW - MINUTE, "", "", "", "{}", 5
    )
    await stage.write(
        [alert("a1", "Опасно"), sent, sent._replace(id="msg_b", status="queued"), sent._replace(id="msg_c", kind="test")]
    )
    await stage.start()
    await screen.open()
    await page.click("#destinations-open")
    lines = page.locator("#destinations li")
    await expect(lines).to_have_count(2)
    await expect(lines.nth(1)).to_contain_text("teplo · почта · не доходит · ждёт: 3")
    await lines.nth(1).get_by_role("button", name="Проверить").click()
    await expect(lines.nth(1).get_by_role("status")).to_have_text("Отправляется")
    # Only what was sent can be sent once more.
    await page.locator("#alerts button.alert").click()
    again = page.locator("#card-deliveries").get_by_role("button", name="Ещё раз")
    await expect(again).to_have_count(1)
    await again.click()
    await expect(page.locator("#card-deliveries").get_by_role("status")).to_have_text("Отправляется")
    trials.gone = True
    await again.click()
    await expect(page.locator("#card-deliveries").get_by_role("status")).to_have_text("Отправлять некуда или нечего")
    await expect(again).to_be_enabled()
    assert trials.asked == [(REGION, "teplo"), (REGION, "msg_a"), (REGION, "msg_a")]


async def test_a_card_that_loads_does_not_come_over_the_destinations(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await stage.stop()
    stage.deps = replace(stage.deps, trials=Trials())
    await stage.write([incident("i1"), *appeal("i1/1", "i1", "Нет тепла")])
    await stage.start()
    await screen.open()
    await page.locator("#queue button.row").click()
    await expect(page.locator("#card-posts li")).to_have_count(1)
    await page.click("#destinations-open")
    await expect(page.locator("#destinations li")).to_have_count(2)
    await stage.write([incident("i1", members=2, version=2), *appeal("i1/2", "i1", "И у нас")])
    await stage.tell(incident("i1", members=2, version=2))
    await expect(page.locator("#queue li")).to_contain_text("2")
    await page.wait_for_load_state("networkidle")
    await expect(page.locator("#destinations li")).to_have_count(2)

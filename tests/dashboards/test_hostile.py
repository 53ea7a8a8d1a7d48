"""Every field of every row as a scanner would fill it, on every page and in every letter, in a real Chromium: nothing of it runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from typing import Any

import orjson
from aiohttp import ClientSession
from playwright.async_api import Page, expect

from monitor.deliver.channels.mail import Mail, Server
from monitor.deliver.planner import Planner
from monitor.deliver.text import Texts
from monitor.model.rows import DeliveryRow, Row, SeriesRow
from monitor.profile.load import load_profile
from tests.dashboards.test_page import Screen, screen
from tests.dashboards.world import HOUR, MINUTE, NOW, REGION, alert, appeal, event, health, incident, reply
from tests.monitor.deliver import alerts as told

__all__ = ["screen"]

POISON = (
    "\"'><script>window.pwned=1</script><img src=//evil.example/x onerror=window.pwned=2><svg/onload=window.pwned=3>"
    '<iframe srcdoc="<script>parent.pwned=4</script>"></iframe><a href="javascript:window.pwned=5">x</a><style>*{top:0}</style>'
    '<base href=//evil.example><meta http-equiv=refresh content="0;url=javascript:window.pwned=6">'
    "<input autofocus onfocus=window.pwned=7>'-window.pwned-' {{constructor.constructor('window.pwned=8')()}} ${window.pwned=9}"
    "</title></textarea><!-- \u202eтекст\u2066 \x1b]0;x\x07"
)
ADDRESSES = (
    "javascript:window.pwned=20", "JaVaScRiPt:window.pwned=21", " javascript:window.pwned=22", "java\nscript:window.pwned=23",
    "\x01javascript:window.pwned=24", "data:text/html,<script>window.pwned=25</script>", "vbscript:x", "//evil.example/x",
    "file:///etc/passwd", 'https://vk.com/"onmouseover="window.pwned=26', "blob:https://evil.example/x", "view-source:x",
    "mailto:x@evil.example",
)  # fmt: skip
"""Their number has no factor in common with the three that a post takes: each comes to be the address of an appeal."""
KEPT = {
    "id", "region", "incident", "level", "status", "words", "examples", "detail", "attachments", "url", "subject", "parent",
    "first_member", "cluster", "duplicate_of", "source", "reason", "series", "territory", "dimension", "value", "reply_to", "appeal",
}  # fmt: skip
"""What decides where something is shown, and what is no plain text: the tests set it themselves."""
LISTS = orjson.dumps([POISON, POISON]).decode()
NAME = "'\"><img src=x onerror=window.pwned=30>"
SERIES = "togliatti|group|housing"
WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective));
"""


def poisoned(row: Any, addresses: Iterator[str], *keep: str) -> Any:
    """The row with all its texts hostile."""
    changes = {name: POISON for name, value in row._asdict().items() if isinstance(value, str) and name not in KEPT | {*keep}}
    if "url" in row._fields:
        changes["url"] = next(addresses)
    if "attachments" in row._fields:
        changes["attachments"] = json.dumps([{"name": POISON, "url": next(addresses), "kind": "photo"}])
    return row._replace(**changes)


def world() -> list[Row]:
    """One of everything that the page shows, and a second incident with the same cause."""
    addresses = cycle(ADDRESSES)
    rows: list[Row] = [
        incident("i1", urgency=3, parent="i1"), incident(POISON, urgency=2, parent="i1"), incident("i3"),
        *reply("r1", "i1/0", "i1", "", "formal", 60_000), event("e1", "i1", "opened", 60_000), event("e2", "i1", "action", 50_000),
    ]  # fmt: skip
    for number in range(len(ADDRESSES)):
        rows += appeal(f"i1/{number}", "i1", "", territory="avto", urgency=3, source="vk:-100")
    rows += appeal("odd", POISON, "", territory="avto") + appeal("nowhere", "i3", "", territory=POISON)
    found = [poisoned(row, addresses, "group", "kind") for row in rows]
    found[5] = found[5]._replace(detail=orjson.dumps({"quality": POISON, "kind": POISON}).decode(), kind=POISON)
    spike = alert("s1", "", kind="spike", level="flash", territory="togliatti")._replace(subject=SERIES, since=NOW - 20 * MINUTE)
    alerts = [spike, alert("t1", "", kind="topic"), alert("u1", "", incident="i1"), alert(POISON, "", kind="")]
    found += [poisoned(row, addresses, "kind", "group")._replace(words=LISTS, examples=LISTS) for row in alerts]
    found += [SeriesRow(REGION, SERIES, "togliatti", "group", "housing", NOW - 5 * MINUTE, 9, 9, 500, 70, True, True, 1)]
    found += [poisoned(health("vk:-100", "broken", age=HOUR), addresses, "state", "network")]
    letter = DeliveryRow("m1", REGION, 0, "", "", "alert", "u1", "", "urgent", "sent", False, NOW, "", "", "", "{}", 1)
    queued = poisoned(letter, addresses, "payload", "alert")._replace(id="m2", status="queued", at=NOW - HOUR)
    found += [
        poisoned(letter, addresses, "payload", "alert", "kind"),
        queued,
        queued._replace(attempt=1, status="failed", reason="server"),
    ]
    return found


class Trials:
    """Destinations whose names are no better."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def destinations(self) -> list[dict[str, Any]]:
        one = {"name": POISON, "channel": POISON, "level": POISON, "people": True, "waiting": 3, "failing": True}
        return [one, {**one, "name": NAME, "failing": False}]

    async def test(self, region: str, name: str) -> str:
        self.asked.append(name)
        return "msg_1"

    async def resend(self, region: str, message: str) -> str:
        self.asked.append(message)
        return "msg_2"


async def unharmed(page: Page) -> None:
    assert await page.evaluate("window.pwned") is None
    assert await page.evaluate("window.violations") == []
    tags = "main img, main script, main style, main iframe, main base, main meta"
    inside = f"{tags}, main input:not(.filters > #words, .filters > #search-words), #banners *:not(p), title *"
    assert await page.locator(inside).count() == 0
    hrefs = await page.eval_on_selector_all("a", "all => all.map((one) => one.href)")
    assert [href for href in hrefs if not href.startswith(("http://127.0.0.1:", "https://vk.com/"))] == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_nothing_runs_on_any_page(screen: Screen) -> None:
    page, stage, trials = screen.page, screen.stage, Trials()
    page.set_default_timeout(30_000)
    expect.set_options(timeout=30_000)
    await page.add_init_script(WATCH)
    await stage.stop()
    stage.deps = replace(stage.deps, trials=trials, notice=POISON)
    await stage.start()
    await stage.write(world())
    await screen.open()
    await expect(page.locator("#alerts li")).to_have_count(4)
    await expect(page.locator("#queue li")).to_have_count(3)
    await expect(page.locator("#banners")).to_contain_text("Оповещения не доходят: " + POISON[:8])
    await unharmed(page)
    # The card of an incident: texts, addresses, answers, history, the common cause, what was sent.
    await page.locator("#queue button.row").first.click()
    await expect(page.locator("#card-posts li")).to_have_count(len(ADDRESSES))
    await expect(page.locator("#card-deliveries > ol > li")).to_have_count(2)
    assert await page.locator("#card-posts .text").first.text_content() == POISON
    assert await page.locator("#card-posts a").count() == sum(one.startswith("https:") for one in ADDRESSES)
    for part in ("#card-replies", "#card-history", "#card-cause"):
        await expect(page.locator(part)).to_contain_text("window.pwned")
    await unharmed(page)
    await page.get_by_role("button", name="Объединить с…").click()
    await expect(page.locator("#card-cause select option")).to_have_count(2)
    await page.locator("#card-deliveries button").first.click()
    await expect(page.locator("#card-deliveries .result").first).to_have_text("Отправляется")
    assert trials.asked == ["m1"]
    # An incident whose very name is hostile; the cards of a spike, a topic, and an alert of no kind.
    await page.locator("#queue button.row").nth(1).click()
    await expect(page.locator("#card-posts li")).to_have_count(1)
    await unharmed(page)
    for number in range(4):
        await page.locator("#alerts button.alert").nth(number).click()
        await expect(page.locator("#card .bar h2")).not_to_have_text("Инцидент")
        await page.wait_for_load_state("networkidle")
        await unharmed(page)
    # The map, with a place that nobody knows.
    await page.click("#tab-map")
    await expect(page.locator(".heat tbody tr").first).to_be_visible()
    await unharmed(page)
    # Texts that were found.
    await page.click("#tab-search")
    await page.fill("#search-words", "pwned")
    await page.keyboard.press("Enter")
    await expect(page.locator("#found mark").first).to_have_text("pwned")
    await unharmed(page)
    # Destinations.
    await page.click("#destinations-open")
    await expect(page.locator("#destinations li")).to_have_count(2)
    await page.locator("#destinations button").nth(1).click()
    await expect(page.locator("#destinations .result").nth(1)).to_have_text("Отправляется")
    assert trials.asked[1:] == [NAME]
    await unharmed(page)
    # What is pushed while the page is open.
    await stage.tell(alert("a9", POISON, text=POISON, kind=POISON)._replace(note=POISON, claimed_by=POISON, version=9))
    await expect(page.locator("#alerts li")).to_have_count(5)
    await stage.tell(incident("i9", urgency=3, street=POISON, house=POISON)._replace(facility=POISON, version=9))
    await expect(page.locator("#announce")).to_contain_text("window.pwned")
    await unharmed(page)
    # The handover of the shift.
    await page.goto(f"{stage.url}/handover")
    await expect(page.locator("#shift")).to_contain_text("window.pwned")
    await expect(page.locator("#notice")).to_contain_text("window.pwned")
    await unharmed(page)


async def test_answers_of_the_api_are_no_pages(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await stage.write(world())
    for path in ("/api/incidents", "/api/incidents/i1", "/api/alerts", "/api/alerts/s1", "/api/status", "/api/deliveries?alert=u1"):
        answer = await page.goto(f"{stage.url}{path}")
        assert answer is not None
        assert answer.status == 200
        assert await page.evaluate("document.contentType") == "application/json"
        assert await page.evaluate("window.pwned") is None
    async with ClientSession(stage.url) as client, client.get("/api/incidents/<script>window.pwned=1</script>") as refused:
        assert refused.status == 404
        assert "script" not in await refused.text()


async def test_a_letter_runs_nothing_in_a_browser(screen: Screen) -> None:
    row = told.alert(1, title=POISON, text=POISON, examples=LISTS, words=LISTS, note=POISON, body=POISON, territory=POISON)
    (message, *_) = told.planned(Planner(told.destinations(chat="telegram"), {}, {}), row)
    letter = Texts({"samara": load_profile("samara")}, "https://nabat.example").letter(message, told.NOW)
    body = Mail(Server("127.0.0.1", 25, "nabat@region.example"), "duty@region.example").message(letter).get_body(("html",))
    assert body is not None
    await screen.page.set_content(body.get_content())
    assert await screen.page.evaluate("window.pwned") is None
    tags = await screen.page.eval_on_selector_all("body *", "all => [...new Set(all.map((one) => one.tagName))].sort()")
    assert tags == ["A", "BLOCKQUOTE", "H2", "P"]
    assert await screen.page.eval_on_selector_all("a", "all => all.map((one) => new URL(one.href).host)") == ["nabat.example"]

"""A broken profile makes ten thousand alerts in an hour: the page goes on, and all of them are there to be asked for."""

from __future__ import annotations

from playwright.async_api import expect

from tests.dashboards.conftest import Stage
from tests.dashboards.test_page import Screen, screen
from tests.dashboards.world import HOUR, alert, appeal, incident

__all__ = ["screen"]

ALERTS = 10_000
SHOWN = 200
PATIENCE = 60_000


async def flood(stage: Stage) -> None:
    """Alerts as watch makes them: stored, then told, some hundreds at a time."""
    rows = [
        alert(f"f{number}", f"Тревога {number}", age=HOUR - number * HOUR // ALERTS, version=number + 1) for number in range(ALERTS)
    ]
    for begin in range(0, ALERTS, 500):
        await stage.write(rows[begin : begin + 500])
        await stage.tell(*rows[begin : begin + 500])


async def test_ten_thousand_alerts_in_an_hour(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    page.set_default_timeout(PATIENCE)
    await stage.write([incident("i1", urgency=3, street="мира"), *appeal("i1/1", "i1", "Нет тепла")])
    await screen.open()
    await flood(stage)
    newest = page.locator("#alerts li", has_text=f"Тревога {ALERTS - 1}")
    await expect(newest).to_be_visible(timeout=PATIENCE)
    await expect(page.locator("#alerts li")).to_have_count(SHOWN, timeout=PATIENCE)
    # The operator goes on: an incident opens, an alert is taken.
    await page.locator("#queue button.row").click()
    await expect(page.locator("#card-posts li")).to_have_count(1, timeout=PATIENCE)
    await newest.get_by_role("button", name="Беру").click()
    await expect(newest.locator(".result")).to_have_text("Принято", timeout=PATIENCE)
    assert [(one.kind, one.subject) for one in stage.actions] == [("claim", f"f{ALERTS - 1}")]
    assert await stage.deps.reader.query("SELECT count() AS n FROM current_alerts") == [{"n": ALERTS}]

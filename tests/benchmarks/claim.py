"""``python -m tests.benchmarks.claim``: how soon a second browser shows what the first one claims, and how soon a first card is seen.

Two operators in Chromium at a running engine, the night of tests.night: real time from the click in one page to the change in the
other, and from the moment at which a wall may show its first post to the card in both, with the reading of VK's stand-in and all
stages. Prints ms.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from shutil import which

from aiohttp.test_utils import unused_port
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.dashboards.test_page import ARGUMENTS
from tests.night.house import PATIENCE, House, enter

LIMIT = 1000
"""Ms within which a second browser has to show a claim."""
WATCH = """() => {
    const changed = () => {
        const claimed = document.querySelector('#alerts .answer b')?.textContent.startsWith('в работе') ?? false;
        if (claimed !== window.claimed) { window.claimed = claimed; window.changed = Date.now(); }
    };
    window.claimed = false;
    new MutationObserver(changed).observe(document.getElementById('alerts'), {subtree: true, childList: true, characterData: true});
}"""
SEEN = """claimed => new Promise(seen => {
    const look = () => window.claimed === claimed ? seen(window.changed) : setTimeout(look, 20);
    look();
})"""
CLICK = """kind => {
    const at = Date.now();
    document.querySelector(`#alerts button[data-kind=${kind}]`).click();
    return at;
}"""


async def claims(one: Page, other: Page, count: int) -> list[int]:
    """Ms from each click to what the other page shows; claims and releases in turn."""
    await other.evaluate(WATCH)
    found = []
    for number in range(count):
        kind = "release" if number % 2 else "claim"
        await one.wait_for_selector(f"#alerts button[data-kind={kind}]")
        at = await one.evaluate(CLICK, kind)
        found.append(int(await other.evaluate(SEEN, kind == "claim") - at))
    return found


async def night(browser: Browser, count: int) -> tuple[int, list[int]]:
    """Ms to the first card in both pages, and of each claim."""
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder), unused_port())
        async with house.running():
            house.users()
            await house.start()
            try:
                pages = [await enter(browser, house.address, login) for login in ("anna", "boris")]
                began = time.monotonic()
                await asyncio.gather(
                    house.at(4.5), *(expect(page.locator("#alerts li")).to_have_count(1, timeout=PATIENCE) for page in pages)
                )
                shown = int((time.monotonic() - began) * 1000)
                return shown, await claims(pages[0], pages[1], count)
            finally:
                await house.kill()


async def main(count: int, nights: int) -> None:
    path = which("chromium")
    if path is None:
        raise SystemExit("Chromium is missing: apt-get install chromium")
    cards: list[int] = []
    seen: list[int] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        for _ in range(nights):
            shown, found = await night(browser, count)
            cards.append(shown)
            seen += found
        await browser.close()
    print(f"claim to the second browser: {percentiles(seen)}; {sum(one <= LIMIT for one in seen)} of {len(seen)} within 1 s")
    print(f"wall to the card in both browsers: {percentiles(cards)}; {len(cards)} nights")


def percentiles(values: Sequence[int]) -> str:
    ordered = sorted(values)
    late = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"median {statistics.median(ordered):.0f} ms, 95th percentile {late} ms, longest {ordered[-1]} ms"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=40, help="a night, releases among them")
    parser.add_argument("--nights", type=int, default=3)
    args = parser.parse_args()
    asyncio.run(main(args.claims, args.nights))

"""The house around the engine of the night: VK, receivers, users, operators at their browsers; and the engine, which is killed."""

from __future__ import annotations

import asyncio
import base64
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
from playwright.async_api import Browser, Page, expect

from monitor.people.accounts import Accounts
from monitor.runtime.local import ask
from monitor.runtime.probing import TOKENS
from sources.standins.vk.server import FakeToken, FakeVk
from tests.dashboards.test_page import COUNT_SOUNDS
from tests.fakes.delivery.mailbox import Mailbox
from tests.fakes.delivery.receivers import Receivers, visible
from tests.night.world import THREE, walls

SECRET = bytes(range(24))
PASSWORD = "correct horse battery"
PATIENCE = 120_000
"""Ms that a browser is waited for: on a busy core Chromium takes its time."""
SLOW = 600.0
"""Seconds for which the engine is waited for, or a message: between them and a lost one there is nothing to be told apart."""
CHATS = {"desk": "1", "deputy": "2", "teplo-deputy": "11"}
MAX_CHATS = {"head": "77", "teplo-head": "78"}


def destinations(receivers: str) -> str:
    """The file of destinations: chats, a mailbox, the body's signed webhook, and a system that is told everything."""
    secret = f'secrets = ["whsec_{base64.b64encode(SECRET).decode()}"]'
    token = 'token = "123:abc"'
    entries = [f'name = "{name}"\nchannel = "telegram"\naddress = "{chat}"\n{token}' for name, chat in CHATS.items()]
    entries += [f'name = "{name}"\nchannel = "max"\naddress = "{chat}"\n{token}' for name, chat in MAX_CHATS.items()]
    entries.append('name = "teplo-mail"\nchannel = "email"\naddress = "duty@teplo.example"')
    entries.append(f'name = "teplo-hook"\nchannel = "webhook"\naddress = "{receivers}/hook-body"\n{secret}')
    entries.append(f'name = "system"\nchannel = "webhook"\naddress = "{receivers}/hook-all"\n{secret}')
    return "".join(f"[[destination]]\n{entry}\n\n" for entry in entries)


class House:
    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.now = THREE
        self.receivers = Receivers(lambda: self.now, [SECRET])
        self.mailbox = Mailbox()
        # The engine asks faster than VK allows: its clock stands while it does.
        self.vk = FakeVk(walls(lambda: self.now), {}, rates={"user": 1000, "service": 1000, "community": 1000})
        self.address = ""
        self._port = port
        self._networks = ""
        self._process: Process | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """VK and everybody who is told anything."""
        async with self.receivers.running(), self.mailbox.running(), self.vk.running() as self._networks:
            yield

    async def start(self, token: str = "vk1.first") -> None:
        """With this service token of VK, which people have just got if it is a new one."""
        self.vk.tokens.setdefault(token, FakeToken("service"))
        (self.folder / "to.toml").write_text(destinations(self.receivers.url))
        ports = str(self.folder), str(self.mailbox.port), self.receivers.url, str(self._port)
        arguments = (*ports, str(self.now), self._networks, token)
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.night.engine", *arguments, stdin=PIPE, stdout=PIPE, cwd=Path(__file__).parents[2]
        )
        self.address = (await self._answer())["address"]

    async def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def dies(self, minute: float, point: str) -> None:
        """The night goes on, and the engine is killed at this point of its work: see monitor.runtime.faults."""
        await self.say("die", point)
        self.now = THREE + int(minute * 60_000)
        self._write("at", minute)
        assert self._process is not None
        async with asyncio.timeout(SLOW):
            assert await self._process.wait() == -signal.SIGKILL

    async def at(self, minute: float) -> None:
        """The night goes on: all sources are read up to this minute after three."""
        self.now = THREE + int(minute * 60_000)
        await self.say("at", minute)

    async def unread(self, minute: float) -> None:
        """The night goes on, and nobody waits for the walls to be read."""
        self.now = THREE + int(minute * 60_000)
        await self.say("passed", minute)

    async def say(self, *command: Any) -> dict[str, Any]:
        self._write(*command)
        return await self._answer()

    async def rows(self, sql: str) -> list[dict[str, Any]]:
        return list((await self.say("ask", sql))["rows"])

    async def shown(self, state: str) -> None:
        """Waits (real time) until all sources are stored as being in this state: the crawler writes them every other second."""
        async with asyncio.timeout(SLOW):
            health = "SELECT DISTINCT state FROM current_source_health"
            while await self.rows(health) != [{"state": state}]:  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    async def mended(self) -> None:
        """Waits (real time) until no source is stored as limited: then watch has been told too."""
        async with asyncio.timeout(SLOW):
            while await self.rows("SELECT source FROM current_source_health WHERE state = 'limited'"):  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    async def sent(self) -> None:
        """Waits (real time) until the journal has everything as sent: what an operator has done last is told in its own time."""
        async with asyncio.timeout(SLOW):
            while await self.rows("SELECT DISTINCT status FROM current_deliveries WHERE attempt = 0") != [{"status": "sent"}]:  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    def captcha(self) -> None:
        """VK asks for one whoever comes with a token that it has given."""
        for token in self.vk.tokens.values():
            token.trouble = 14

    async def tokens(self) -> list[dict[str, Any]]:
        """What ``nabat sources tokens`` shows."""
        answer = await ask(self.folder / "data", TOKENS, {})
        assert answer is not None
        return list(orjson.loads(answer))

    def users(self) -> None:
        accounts = Accounts(self.folder / "data")
        for login in ("anna", "boris"):
            accounts.add(login, "operator", PASSWORD, [])

    def told(self, name: str) -> list[str]:
        """What a person's chat got."""
        path, to = ("/bot", CHATS[name]) if name in CHATS else ("/messages", MAX_CHATS[name])
        return [one.text for one in self.receivers.got if one.path.startswith(path) and one.to == to]

    async def until(self, name: str, count: int) -> list[str]:
        """Waits (real time) until a person's chat has got so many: escalations are looked at once a second."""
        async with asyncio.timeout(SLOW):
            while len(self.told(name)) < count:
                self.receivers.news.clear()
                await self.receivers.news.wait()
        return [visible(text).split(".")[0] for text in self.told(name)]

    def _write(self, *command: Any) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(orjson.dumps(command) + b"\n")

    async def _answer(self) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        async with asyncio.timeout(SLOW):
            line = await self._process.stdout.readline()
        assert line, "the engine has ended"
        answer: dict[str, Any] = orjson.loads(line)
        return answer


async def enter(browser: Browser, address: str, login: str) -> Page:
    """An operator who has signed in and turned the sound on."""
    context = await browser.new_context(viewport={"width": 1366, "height": 768})
    context.set_default_timeout(PATIENCE)
    await context.add_init_script(COUNT_SOUNDS)
    page = await context.new_page()
    await page.goto(address)
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    await page.click("#enter")
    await expect(page.locator("#link")).to_have_text("на связи")
    await page.click("#sound")
    return page


async def sounds(page: Page) -> int:
    """How many alerts were heard: turning the sound on is one tone, an alert two."""
    tones: int = await page.evaluate("window.tones")
    assert tones % 2 == 1
    return tones // 2

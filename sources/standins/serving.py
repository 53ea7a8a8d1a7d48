"""All stand-ins of a simulated region, running: where they are and by which tokens they are asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from aiohttp import web
from aiohttp.typedefs import Handler

from monitor.model.source import Source
from sources.budgets.token import Token
from sources.standins.faults import running
from sources.standins.max.api import HeldChats as MaxChats
from sources.standins.max.api import MaxServer
from sources.standins.odnoklassniki.api import Access, OdnoklassnikiApi
from sources.standins.region import BOT, Region
from sources.standins.rss.feeds import Feeds
from sources.standins.telegram.chats import HeldChats as TelegramChats
from sources.standins.telegram.preview import PreviewServer
from sources.standins.vk.server import FakeToken, FakeVk, TokenKind
from sources.standins.vk.world import Wall, Walls

RATE: Final = 100
"""Requests a second of the region's time that each of them allows: a demo has minutes for what others have days for."""
QUOTA: Final = 10_000_000


@dataclass(slots=True, frozen=True)
class Served:
    """Addresses of the networks, ``sources`` as the adapters know them, ``tokens``, and who answers for offices."""

    vk: str
    telegram: str
    odnoklassniki: str
    max: str
    sources: tuple[Source, ...]
    tokens: tuple[Token, ...]
    officials: dict[str, list[int]]


@asynccontextmanager
async def serving(region: Region, now: Callable[[], int], dark: tuple[int, int] = (0, 0)) -> AsyncIterator[Served]:
    """Serves on loopback, on free ports; ``now`` gives the region's time, ms. ``dark``: from when until when VK is out of order."""
    by_network: dict[str, list[str]] = {}
    for held, source in region.sources.items():
        by_network.setdefault(source.network, []).append(held)
    walls = Walls(region, now, [Wall(int(owner), members=_members(region, owner)) for owner in by_network.get("vk", ())])
    access = Access()
    tokens = (
        Token("vk", "service", "demo", "demo-service"),
        Token("ok", "application", "demo", access.value()),
        Token("max", "bot", BOT, "demo-bot"),
    )
    quotas = {"wall.get": QUOTA, "wall.search": QUOTA, "newsfeed.search": QUOTA}
    rates: dict[TokenKind, int] = {"user": RATE, "service": RATE, "community": RATE}
    vk = FakeVk(walls, {"demo-service": FakeToken("service")}, clock=lambda: now() / 1000, quotas=quotas, rates=rates)
    telegram = PreviewServer(TelegramChats(region, by_network.get("tg", ()), now), now, RATE)
    chats = MaxServer(MaxChats(region, {int(chat): "chat" for chat in by_network.get("max", ())}, now), "demo-bot", now, RATE)
    for server in (vk, telegram, chats):
        server.keep_asked = False
    vk_app = vk.app()
    vk_app.middlewares.insert(0, _outage(now, *dark))
    ok = OdnoklassnikiApi(region, now, [access])
    feeds = Feeds(region, now)
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        at_feeds = await enter(running(feeds.app))
        yield Served(
            vk=f"{await enter(running(vk_app))}/method",
            telegram=await enter(telegram.running()),
            odnoklassniki=f"{await enter(running(ok.app))}/fb.do",
            max=await enter(chats.running()),
            sources=tuple(
                replace(source, address=f"{at_feeds}/{held}") if source.network == "rss" else source
                for held, source in region.sources.items()
            ),
            tokens=tokens,
            officials={"vk": [int(owner) for owner in by_network.get("vk", ())], "max": region.officials("max")},
        )


def _outage(now: Callable[[], int], since: int, until: int) -> Callable[..., Any]:
    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        if since <= now() < until:
            return web.Response(status=503, text="out of order")
        return await handler(request)

    return answer


def _members(region: Region, owner: str) -> int:
    return region.sources[owner].members

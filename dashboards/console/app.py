"""The console as an aiohttp application."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from aiohttp import web

from dashboards.console import access
from dashboards.console.api import Api
from dashboards.console.deps import DEPS, ConsoleDeps
from dashboards.console.destinations import Destinations
from dashboards.console.events import EventStream
from dashboards.console.export import Export
from dashboards.console.handover import Handover
from dashboards.console.search import Search
from dashboards.console.security import BODY_LIMIT, add_headers, guard
from dashboards.console.slow import PATIENCE, Patience
from dashboards.console.view import Views

STATIC = Path(str(files("dashboards.console"))) / "static"


def create_app(deps: ConsoleDeps, patience: Patience | None = None) -> web.Application:
    """Page, API, events, ``/metrics`` and ``/healthz``; start it in the event loop that owns ``deps.log``."""
    app = web.Application(middlewares=[guard], client_max_size=BODY_LIMIT)
    app[DEPS] = deps
    app[PATIENCE] = patience or Patience()
    views = Views(deps)
    events = EventStream(deps.log, deps.profile.id, views)
    app.add_routes(Api(deps, views).routes())
    app.add_routes(access.routes())
    app.add_routes(Destinations(deps).routes())
    app.add_routes(Export(deps, views).routes())
    app.add_routes(Search(deps, views).routes())
    app.add_routes(Handover(deps, views).routes())
    app.router.add_get("/api/events", events.handle)
    app.router.add_get("/", _page)
    app.router.add_get("/handover", _handover)
    app.router.add_static("/static/", STATIC)
    app.router.add_get("/metrics", _metrics)
    app.router.add_get("/healthz", _health)
    app.on_response_prepare.append(add_headers)

    async def start(_: web.Application) -> None:
        await events.start()

    async def hang_up(_: web.Application) -> None:
        # Streams never end by themselves, and the server would wait for them.
        await events.stop()

    app.on_startup.append(start)
    app.on_shutdown.append(hang_up)
    return app


async def _page(request: web.Request) -> web.FileResponse:
    return web.FileResponse(STATIC / "index.html")


async def _handover(request: web.Request) -> web.FileResponse:
    return web.FileResponse(STATIC / "handover.html")


async def _metrics(request: web.Request) -> web.Response:
    return web.Response(body=request.app[DEPS].metrics_text(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


async def _health(request: web.Request) -> web.Response:
    return web.Response(text="ok\n")

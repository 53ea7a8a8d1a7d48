"""What a role without a page serves: /metrics for Prometheus, /healthz for whoever started it."""

from __future__ import annotations

from aiohttp import web
from prometheus_client import CollectorRegistry

from monitor.config.sections import Metrics as Section
from monitor.metrics.exposition import CONTENT_TYPE
from monitor.metrics.exposition import text as exposition
from monitor.model.errors import ConfigError
from monitor.problems import why


class Endpoint:
    """Listens between ``start`` and ``stop``; ``address`` says where."""

    def __init__(self, section: Section, registry: CollectorRegistry) -> None:
        self.address = ""
        self._section = section
        self._registry = registry
        app = web.Application()
        app.router.add_get("/metrics", self._metrics)
        app.router.add_get("/healthz", self._health)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)

    async def start(self) -> None:
        """ConfigError where the address can't be had."""
        await self._runner.setup()
        host, port = self._section.host, self._section.port
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            raise ConfigError(
                [f"metrics: адрес {host}:{port} не занять ({why(error)}); каждому процессу нужен свой порт, 0 берёт свободный"]
            ) from None
        host, port = self._runner.addresses[0][:2]
        self.address = f"http://{host}:{port}/metrics"

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _metrics(self, _: web.Request) -> web.Response:
        return web.Response(body=exposition(self._registry), headers={"Content-Type": CONTENT_TYPE})

    async def _health(self, _: web.Request) -> web.Response:
        return web.Response(text="ok\n")

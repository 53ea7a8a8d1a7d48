"""The console as a runtime serves it: over a reader, a log and a way to act, at the address of the configuration."""

from __future__ import annotations

from aiohttp import web
from prometheus_client import CollectorRegistry

from dashboards.console.app import create_app
from dashboards.console.deps import ConsoleDeps, Trials
from dashboards.console.gate import Gate
from dashboards.console.slow import PATIENCE, PatientSite
from dashboards.console.standing import Stage
from monitor.clock import Clock
from monitor.config import Config
from monitor.config.values import is_loopback
from monitor.log.base import ALERTS, PAGES, WATCH, Log
from monitor.metrics.exposition import text as exposition
from monitor.model.errors import AddressTaken, ConfigError
from monitor.people.accounts import Accounts
from monitor.people.audit import Audit
from monitor.problems import why
from monitor.profile.model import Profile
from monitor.runtime import compose
from monitor.runtime.actions import Actions
from monitor.runtime.board import Board
from monitor.runtime.deliver_runner import GROUP as DELIVER
from monitor.runtime.triage_runner import GROUP as TRIAGE
from monitor.runtime.watch_runner import GROUP as WATCHING
from sinks.base import Reader


class ConsolePage:
    """Answers at ``address`` between ``open`` and ``close``. ``board`` as of Actions."""

    def __init__(
        self,
        config: Config,
        profile: Profile,
        log: Log,
        board: Board | None,
        reader: Reader,
        clock: Clock,
        registry: CollectorRegistry,
        notice: str = "",
        trials: Trials | None = None,
    ) -> None:
        self.address = ""
        self._section = config.console
        folder = config.nabat.data
        self._gate = Gate(Accounts(folder), Audit(folder), clock)
        names = compose.names()
        deps = ConsoleDeps(
            reader=reader,
            log=log,
            profile=profile,
            clock=clock,
            act=Actions(log, board, reader, clock).act,
            metrics_text=lambda: exposition(registry),
            notice=notice,
            group_name=names.group,
            theme_name=names.theme,
            hosts=frozenset(name.strip().lower() for name in self._section.names.split(",") if name.strip()),
            gate=self._gate,
            trials=trials,
            stages=(Stage(PAGES, TRIAGE), Stage(WATCH, WATCHING), Stage(ALERTS, DELIVER)),
        )
        self._runner = web.AppRunner(create_app(deps), access_log=None, shutdown_timeout=2.0)

    async def open(self) -> None:
        """ConfigError where others could reach it and nobody has to sign in, and where the address can't be had."""
        section = self._section
        if not self._gate.closed() and (section.names or not is_loopback(section.host)):
            raise ConfigError(
                ["console: другие увидят пульт, а пользователей ещё нет: добавьте первого (nabat users add), или оставьте 127.0.0.1"]
            )
        await self._runner.setup()
        try:
            await PatientSite(self._runner, section.host, section.port, self._runner.app[PATIENCE]).start()
        except OSError as error:
            await self._runner.cleanup()
            where = f"{section.host}:{section.port}"
            raise AddressTaken(where, why(error), "освободите его или задайте другой [console] port") from error
        host, port = self._runner.addresses[0][:2]
        self.address = f"http://{host}:{port}/"

    async def close(self) -> None:
        await self._runner.cleanup()

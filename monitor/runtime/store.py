"""The store of a process: ClickHouse embedded or a server, by one setting; made ready at the start."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from clickhouse_connect.driver.exceptions import ClickHouseError

from monitor.config import Config
from monitor.metrics.catalogue import Metrics
from monitor.model.errors import ConfigError, RetryableError
from sinks.clickhouse.connect import Clients, Target
from sinks.clickhouse.erasure import ClickHouseErasure
from sinks.clickhouse.failures import FailureReason, reason_of, translate
from sinks.clickhouse.migrations import Retention, migrate
from sinks.clickhouse.reader import ClickHouseReader
from sinks.clickhouse.snapshots import ClickHouseSnapshots
from sinks.clickhouse.threads import Threads
from sinks.clickhouse.triage_reader import ClickHouseTriageReader
from sinks.clickhouse.writer import ClickHouseWriter

_WHY: Final[dict[FailureReason, str]] = {
    "refused": "соединения нет",
    "timeout": "ответа нет в срок",
    "overloaded": "перегружен",
    "server": "ошибка сервера",
    "setup": "не настроен",
    "rejected": "запрос не принят",
}


def target_of(config: Config) -> Target:
    """Where ClickHouse is: the url if one is given, else chDB in the data folder."""
    section = config.clickhouse
    folder = "" if section.url else str(Path(config.nabat.data) / "clickhouse")
    return Target(folder, section.url, section.database, section.user, section.password.reveal(), section.timeout)


def retention_of(config: Config) -> Retention:
    """How long texts and dead letters are kept."""
    return Retention(config.clickhouse.text_days, config.clickhouse.dead_letter_days)


def refused(target: Target, error: Exception) -> Exception:
    """What to raise for an error of the driver in the schema's commands: ConfigError where a person must act, RetryableError where
    there is no answer, ValueError for the rest.
    """
    failed = translate(error, "schema", 1.0, query=True)
    if isinstance(failed, RetryableError):
        where = target.url or target.path
        return RetryableError(f"ClickHouse не отвечает ({where}, {_WHY[reason_of(error)]}): запустите его и повторите")
    return failed


class Store:
    """Makes writers and readers for one target, each with a thread of its own, and closes them all."""

    def __init__(self, config: Config, metrics: Metrics, target: Target | None = None) -> None:
        self.target = target or target_of(config)
        self._config = config
        self._metrics = metrics
        self._opened: list[
            ClickHouseWriter | ClickHouseReader | ClickHouseTriageReader | ClickHouseSnapshots | ClickHouseErasure
        ] = []
        self._owner = Clients(self.target, database=False)
        self._thread = Threads(1, "clickhouse-schema")

    async def open(self) -> None:
        """Brings the schema up to date: at once if it is embedded, else a person decides (``nabat migrate``).

        Raises ConfigError for a schema that is not up to date, RetryableError where there is no answer.
        """
        await self._thread.run(self._prepare)

    def _prepare(self) -> None:
        retention = retention_of(self._config)
        try:
            pending = migrate(self._owner.get(), self.target.database, retention, dry_run=not self.target.embedded)
        except (ClickHouseError, OSError) as error:
            raise refused(self.target, error) from error
        if pending and not self.target.embedded:
            raise ConfigError([f"clickhouse: схема базы {self.target.database} устарела; выполните nabat migrate"])

    def writer(self) -> ClickHouseWriter:
        writer = ClickHouseWriter(
            self.target,
            batch_rows=self._config.clickhouse.batch_rows,
            on_insert=self._inserted,
            on_failure=self._failed,
        )
        self._opened.append(writer)
        return writer

    def snapshots(self) -> ClickHouseSnapshots:
        snapshots = ClickHouseSnapshots(self.target, on_insert=self._inserted, on_failure=self._failed)
        self._opened.append(snapshots)
        return snapshots

    def reader(self) -> ClickHouseReader:
        reader = ClickHouseReader(self.target)
        self._opened.append(reader)
        return reader

    def triage_reader(self) -> ClickHouseTriageReader:
        reader = ClickHouseTriageReader(self.target)
        self._opened.append(reader)
        return reader

    def erasure(self) -> ClickHouseErasure:
        erasure = ClickHouseErasure(self.target)
        self._opened.append(erasure)
        return erasure

    async def close(self, patience: float | None = None) -> None:
        """Waits for requests under way: ``patience`` seconds for a server, which may not answer; what is embedded does answer."""
        if self.target.embedded:
            patience = None
        await asyncio.gather(*(one.close(patience) for one in self._opened))
        self._opened.clear()
        if await self._thread.close(patience):
            self._owner.close()

    def _inserted(self, table: str, rows: int, seconds: float) -> None:
        self._metrics.sink_inserts[table].inc()
        self._metrics.sink_rows[table].inc(rows)
        self._metrics.sink_seconds.observe(seconds)

    def _failed(self, table: str, reason: FailureReason) -> None:
        self._metrics.sink_failures[reason].inc()

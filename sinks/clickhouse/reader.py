"""The reader of figures: read-only queries with server-side parameters, on threads of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from sinks.clickhouse.connect import Clients, Target
from sinks.clickhouse.failures import translate
from sinks.clickhouse.threads import Threads

T = TypeVar("T")

THREADS = 4
"""Queries that run side by side; each has a client, and an embedded one costs some megabytes."""
MAX_ROWS = 200_000
"""A query with more rows is an error: somebody forgot a LIMIT."""
MAX_SECONDS = 15.0
RETRY_AFTER = 1.0


class Queries:
    """Runs read-only work on a small pool of threads, each with its own client.

    ``readonly = 1`` comes last: the server then refuses writes, table functions, and any change of a setting, inside queries too.
    """

    def __init__(self, target: Target, threads: int = THREADS, max_rows: int = MAX_ROWS, max_seconds: float = MAX_SECONDS) -> None:
        settings: dict[str, str | int | float] = {
            "max_execution_time": min(max_seconds, target.server_timeout),
            "max_result_rows": max_rows,
            "result_overflow_mode": "throw",
            "readonly": 1,
        }
        self._clients = Clients(target, settings)
        self._pool = Threads(threads, "clickhouse-reader")

    async def run(self, work: Callable[[Client], T]) -> T:
        """Runs ``work`` with a client. Raises RetryableError for passing trouble, ConfigError and ValueError as ``failures`` says."""

        def call() -> T:
            try:
                return work(self._clients.get())
            except (ClickHouseError, OSError) as error:
                raise translate(error, "query", RETRY_AFTER, query=True) from error

        return await self._pool.run(call)

    async def close(self, patience: float | None = None) -> None:
        """Waits for running queries, at most ``patience`` seconds, and closes the clients; what still runs is left alone."""
        if await self._pool.close(patience):
            self._clients.close()


class ClickHouseReader:
    """Implements sinks.base.Reader.

    Values come as JSON can carry them: every time (DateTime64 of any scale, DateTime) as integer ms, as in the rows; numbers of 128
    bits and more (``version``) as decimal strings; dates as datetime.date.
    """

    def __init__(self, target: Target, threads: int = THREADS, max_rows: int = MAX_ROWS, max_seconds: float = MAX_SECONDS) -> None:
        self._queries = Queries(target, threads, max_rows, max_seconds)

    async def query(self, sql: str, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """See sinks.base. Raises RetryableError (no answer for now), ConfigError (schema, rights), ValueError (wrong SQL)."""
        return await self._queries.run(lambda client: rows(client, sql, parameters))

    async def close(self, patience: float | None = None) -> None:
        await self._queries.close(patience)


def rows(client: Client, sql: str, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """The rows of one query as dicts, converted as ClickHouseReader says."""
    formats = {"DateTime*": "int", "UInt128": "string", "UInt256": "string", "Int128": "string", "Int256": "string"}
    result = client.query(sql, parameters or {}, query_formats=formats, column_oriented=True)
    columns = [_milliseconds(kind, column) for kind, column in zip(result.column_types, result.result_columns, strict=True)]
    return [dict(zip(result.column_names, values, strict=True)) for values in zip(*columns, strict=True)]


def _milliseconds(kind: Any, column: Any) -> Any:
    """A column of times as ms; any other as it is. A DateTime counts seconds, a DateTime64 units of its scale."""
    if kind.base_type == "DateTime":
        return [None if value is None else value * 1000 for value in column]
    if kind.base_type == "DateTime64" and kind.scale != 3:
        return [None if value is None else value * 1000 // kind.prec for value in column]
    return column

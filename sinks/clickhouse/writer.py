"""The writer: rows in, blocks out, each acknowledged or brought again.

Most of an insert is waiting for the disk, so tables are written side by side, the blocks of a table one after the other. When an
insert fails those that were stored are remembered; the caller brings the same rows again, the same blocks come out of them, the
stored ones are skipped and the failed one is sent again. It may have been written although its answer was lost: rows are known by
key and version, so what is written twice is one row in every view and merges into one. The server is not asked to know blocks
again: see ``changes.no_insert_tokens``.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from clickhouse_connect.driver.exceptions import ClickHouseError

from monitor.model.rows import Row
from sinks.clickhouse.connect import Clients, Target
from sinks.clickhouse.encode import Block, by_table, encode
from sinks.clickhouse.failures import FailureReason, reason_of, translate
from sinks.clickhouse.threads import Threads

OnInsert = Callable[[str, int, float], None]
"""Table, rows, seconds: after each block that was stored."""
OnFailure = Callable[[str, FailureReason], None]

BATCH_ROWS = 20_000
"""Rows in one insert: within the 10,000 to 100,000 that ClickHouse likes, some ten megabytes of posts."""
SIDE_BY_SIDE = 4
"""Tables that are written at once: as many as a batch of watch fills that people wait for."""
FIRST_RETRY = 0.5
LONGEST_RETRY = 30.0
"""Seconds to wait after the first failure in a row, doubled by each further one up to the longest."""

SETTINGS = {
    # An asynchronous insert is acknowledged before it is written.
    "async_insert": 0,
    # Newer servers go by ``deduplicate_insert``, which older ones refuse; the tables' window of 0 holds for all of them.
    "insert_deduplicate": 0,
    # A few hundred rows need no threads of their own: making them is a quarter of such an insert.
    "max_threads": 1,
    "max_insert_threads": 1,
    # A batch of history may touch more months than the server's default of 100 partitions; that is no reason to stop for ever.
    "throw_on_max_partitions_per_insert_block": 0,
}


class ClickHouseWriter:
    """Implements sinks.base.Writer over threads and clients of its own. Hooks are called from these threads."""

    def __init__(
        self,
        target: Target,
        *,
        batch_rows: int = BATCH_ROWS,
        on_insert: OnInsert | None = None,
        on_failure: OnFailure | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clients = Clients(target, SETTINGS)
        self._batch_rows = batch_rows
        self._on_insert = on_insert or (lambda table, rows, seconds: None)
        self._on_failure = on_failure or (lambda table, reason: None)
        self._clock = clock
        self._threads = Threads(SIDE_BY_SIDE, "clickhouse-writer")
        self._stored: set[bytes] = set()
        self._failures = 0

    async def write(self, rows: Sequence[Row]) -> None:
        """See sinks.base. Besides SinkBackpressure: ConfigError where schema or rights are wrong, TypeError or ValueError for rows
        that can never be stored. Where several tables fail the first error is raised, when none is being written any more."""
        tables = [self._threads.run(partial(self._write, group)) for group in by_table(rows)]
        failed = [error for error in await asyncio.gather(*tables, return_exceptions=True) if error is not None]
        if failed:
            self._failures += 1
            raise failed[0]
        self._stored.clear()
        self._failures = 0

    async def command(self, sql: str, parameters: Mapping[str, Any]) -> None:
        """Runs one statement (such as a DELETE) on a thread of the writer. Errors as of ``write``."""
        await self._threads.run(lambda: self._command(sql, dict(parameters)))

    async def close(self, patience: float | None = None) -> None:
        """Waits for running inserts, at most ``patience`` seconds, and closes the clients; what still runs is left alone."""
        if await self._threads.close(patience):
            self._clients.close()

    def _write(self, rows: Sequence[Row]) -> None:
        for block in encode(rows, self._batch_rows):
            if block.digest not in self._stored:
                self._insert(block)
                self._stored.add(block.digest)

    def _insert(self, block: Block) -> None:
        started = self._clock()
        try:
            self._clients.get().raw_insert(block.table, block.columns, block.data, fmt="Native")
        except (ClickHouseError, OSError) as error:
            self._on_failure(block.table, reason_of(error))
            raise self._failed(error, f"insert into {block.table}") from error
        self._on_insert(block.table, block.rows, self._clock() - started)

    def _command(self, sql: str, parameters: dict[str, Any]) -> None:
        try:
            self._clients.get().command(sql, parameters)
        except (ClickHouseError, OSError) as error:
            raise self._failed(error, sql.split(" ", 1)[0]) from error

    def _failed(self, error: Exception, what: str) -> Exception:
        return translate(error, what, min(FIRST_RETRY * 2**self._failures, LONGEST_RETRY))

"""Snapshots of a region's state: chunks with hashes, the manifest last, so that a half-written one is never taken for whole."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import zlib
from dataclasses import dataclass

from clickhouse_connect.driver.client import Client

from monitor.model.codec import DecodeError, decode, encode
from monitor.model.rows import SnapshotRow
from sinks.clickhouse.connect import Target
from sinks.clickhouse.reader import Queries
from sinks.clickhouse.writer import ClickHouseWriter, OnFailure, OnInsert

CHUNK_BYTES = 1 << 20
CHUNKS_AT_ONCE = 16
"""Chunks in one insert: what is held in memory and lost by a failure."""
KEPT = 3
MANIFEST = -1
COMPRESSION = 1
"""A snapshot lives for minutes and is made every minute: what its making costs counts, not what it weighs."""

_ANYTHING = " UNION ALL ".join(
    f"(SELECT 1 FROM {table} WHERE region = {{region:String}} LIMIT 1)" for table in ("snapshots", "series", "incidents")
)

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Manifest:
    """``position`` is the packed one in decimal (it is wider than JSON numbers), ``chunks`` the SHA-256 of the stored chunks."""

    position: str
    size: int
    sha256: str
    chunks: list[str]


class ClickHouseSnapshots:
    """Implements sinks.base.SnapshotStore over a writer and a reader of its own; used by one task at a time."""

    def __init__(self, target: Target, *, on_insert: OnInsert | None = None, on_failure: OnFailure | None = None) -> None:
        self._writer = ClickHouseWriter(target, batch_rows=CHUNKS_AT_ONCE, on_insert=on_insert, on_failure=on_failure)
        self._queries = Queries(target, threads=1, max_rows=0, max_seconds=target.server_timeout)

    async def save(self, region: str, position: int, state: bytes) -> None:
        """Stores ``state`` as of ``position`` (packed); returns when it is whole and the surplus is gone. Errors as of the writer."""
        # Some dozens of MB take a second, in which others want the event loop.
        rows, manifest = await asyncio.to_thread(_cut, region, position, state)
        await self._writer.write(rows)
        await self._writer.write([manifest])
        versions = await self._queries.run(lambda client: _versions(client, region))
        if len(versions) > KEPT:
            await self._writer.command(
                "DELETE FROM snapshots WHERE region = {region:String} AND version < {oldest:UInt128}",
                {"region": region, "oldest": versions[KEPT - 1]},
            )

    async def latest(self, region: str) -> tuple[int, bytes] | None:
        """See sinks.base. A snapshot that does not hold is logged and passed over. Errors as of Queries.run."""
        return await self._queries.run(lambda client: _latest(client, region))

    async def has(self, region: str) -> bool:
        """See sinks.base. Errors as of Queries.run."""
        return await self._queries.run(lambda client: bool(client.query(_ANYTHING, {"region": region}).result_rows))

    async def close(self, patience: float | None = None) -> None:
        await self._queries.close(patience)
        await self._writer.close(patience)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _cut(region: str, position: int, state: bytes) -> tuple[list[SnapshotRow], SnapshotRow]:
    """Chunks and manifest; the same state at the same position is the same snapshot."""
    whole = _digest(state)
    name = f"{position:032x}-{whole[:16]}"
    rows = []
    for chunk, start in enumerate(range(0, len(state), CHUNK_BYTES)):
        data = zlib.compress(state[start : start + CHUNK_BYTES], COMPRESSION)
        rows.append(SnapshotRow(region, name, chunk, data, _digest(data), position))
    manifest = encode(_Manifest(str(position), len(state), whole, [row.hash for row in rows]))
    return rows, SnapshotRow(region, name, MANIFEST, manifest, _digest(manifest), position)


def _versions(client: Client, region: str) -> list[int]:
    """Positions of the region's snapshots that have a manifest, newest first."""
    sql = "SELECT DISTINCT version FROM snapshots WHERE region = {region:String} AND chunk = -1 ORDER BY version DESC"
    return [int(row[0]) for row in client.query(sql, {"region": region}).result_rows]


def _latest(client: Client, region: str) -> tuple[int, bytes] | None:
    sql = "SELECT id, data, hash FROM snapshots FINAL WHERE region = {region:String} AND chunk = -1 ORDER BY version DESC, id DESC"
    for name, data, digest in client.query(sql, {"region": region}, column_formats={"data": "bytes"}).result_rows:
        try:
            return _restore(client, region, name, data, digest)
        except (ValueError, zlib.error) as error:
            log.warning("снимок %s региона %s не годится (%s); берётся прежний", name, region, error)
    return None


def _restore(client: Client, region: str, name: str, data: bytes, digest: str) -> tuple[int, bytes]:
    """Raises ValueError or zlib.error where anything is missing or differs."""
    if _digest(data) != digest:
        raise ValueError("the manifest is damaged")
    try:
        manifest = decode(data, _Manifest)
    except DecodeError as error:
        raise ValueError(f"the manifest can't be read: {error}") from None
    sql = "SELECT data FROM snapshots FINAL WHERE region = {region:String} AND id = {id:String} AND chunk >= 0 ORDER BY chunk"
    chunks = [row[0] for row in client.query(sql, {"region": region, "id": name}, column_formats={"data": "bytes"}).result_rows]
    if [_digest(chunk) for chunk in chunks] != manifest.chunks:
        raise ValueError("a chunk is missing or damaged")
    state = b"".join(zlib.decompress(chunk) for chunk in chunks)
    if len(state) != manifest.size or _digest(state) != manifest.sha256:
        raise ValueError("the state is damaged")
    return int(manifest.position), state

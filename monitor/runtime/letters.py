"""Dead letters for people: what they are, opened if need be, and brought back into the log."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from monitor.clock import Clock
from monitor.log.base import PAGES, Append, Log, partition_of
from monitor.model.codec import DecodeError, decode
from monitor.model.errors import NabatError, RetryableError
from monitor.model.position import Position
from monitor.runtime.keys import Sealer
from monitor.runtime.local import Handler
from monitor.triage.retry import again
from sinks.base import Reader

LIST, RETRY = "deadletters/list", "deadletters/retry"
"""The questions of the local socket."""
_SQL = (
    "SELECT id, region, source, scope, reason, detail, at, hex(payload) AS payload, version FROM current_dead_letters"
    " WHERE status = 'dead' AND id NOT IN (SELECT id FROM current_dead_letters WHERE status = 'retried')"
    " AND ({source:String} = '' OR source = {source:String})"
    " AND ({reason:String} = '' OR reason = {reason:String}) ORDER BY version DESC LIMIT {limit:UInt32}"
)
SHOWN = ("id", "region", "source", "scope", "reason", "detail", "at")


@dataclass(slots=True, frozen=True)
class Wanted:
    """Which letters: of this source, with this reason (empty: any), the newest ``limit``; ``payload`` opens them."""

    source: str = ""
    reason: str = ""
    limit: int = 1000
    payload: bool = False


@dataclass(slots=True)
class Listed:
    """Letters as they are shown, newest first; ``at`` in ms, ``payload`` only where it was asked for."""

    letters: list[dict[str, Any]]


@dataclass(slots=True)
class Retried:
    """How many are in the log again, and of each other one its id and why not. ``soon``: somebody works them off now."""

    returned: int = 0
    refused: list[str] = field(default_factory=list)
    soon: bool = False


def handlers(reader: Reader, log: Log, sealer: Sealer, regions: Collection[str], clock: Clock) -> dict[str, Handler]:
    """What the process that works the log off answers to both questions."""

    async def show(question: bytes) -> Listed:
        return await listed(reader, sealer, _wanted(question))

    async def retry(question: bytes) -> Retried:
        return replace(await retried(reader, log, sealer, regions, clock.now(), _wanted(question)), soon=True)

    return {LIST: show, RETRY: retry}


def _wanted(question: bytes) -> Wanted:
    try:
        return decode(question, Wanted)
    except DecodeError as error:
        raise NabatError(f"вопрос не понят: {error}") from None


async def listed(reader: Reader, sealer: Sealer, wanted: Wanted) -> Listed:
    """NabatError if a payload can't be opened."""
    found = []
    for letter in await _letters(reader, wanted):
        shown = {name: letter[name] for name in SHOWN}
        if wanted.payload:
            shown["payload"] = _opened(letter, sealer).decode("utf-8", "replace")
        found.append(shown)
    return Listed(found)


async def retried(reader: Reader, log: Log, sealer: Sealer, regions: Collection[str], now: int, wanted: Wanted) -> Retried:
    """Log first: a letter is marked as retried by triage, when it takes the page that brings it back."""
    partitions = log.layout.partitions[PAGES]
    records, outcome = [], Retried()
    for letter in reversed(await _letters(reader, wanted)):
        try:
            page = again(letter, _opened(letter, sealer), frozenset(regions))
        except NabatError as error:
            outcome.refused.append(f"{letter['id']}: {error}")
            continue
        # A page that was refused whole told the letter no source; it goes where its source's posts are known.
        source = str(letter["source"] or orjson.loads(page)["source"])
        records.append(Append(PAGES, partition_of(source, partitions), source, page, now))
    await log.append(records)
    outcome.returned = len(records)
    return outcome


async def _letters(reader: Reader, wanted: Wanted) -> list[dict[str, Any]]:
    try:
        return await reader.query(_SQL, {"source": wanted.source, "reason": wanted.reason, "limit": wanted.limit})
    except RetryableError as error:
        raise NabatError(f"ClickHouse не отвечает ({error}): повторите, когда он заработает") from error


def _opened(letter: dict[str, Any], sealer: Sealer) -> bytes:
    position = Position.unpack(int(letter["version"]))
    place = f"{position.epoch}-{position.partition}-{position.offset}-{position.item}"
    return sealer.open(bytes.fromhex(letter["payload"]), place.encode())

"""The journal of deliveries: intents before, outcomes after, and what a new process takes up from it.

One task writes; what several destinations bring meanwhile goes into one insert. Of each message attempt 0 is the message itself, so
that what is queued can be found without looking at attempts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from monitor.deliver.channels.base import Reason
from monitor.deliver.message import Event, Kind, Message, Status
from monitor.deliver.planner import Told
from monitor.model.position import Position
from monitor.model.rows import DeliveryRow, Row
from sinks.base import Reader

INTENT, OUTCOME = 0, 1
"""Items of a row's position: of two rows of one attempt the outcome is the newer."""
PORTION = 2000
"""Messages that are read at once when a process takes up its work."""
ESCALATIONS = 3 * 86_400_000
"""How far back queued escalations are looked up, ms: far longer than anybody is waited for."""
FORGET = 30 * 86_400_000
"""ms after its last message for which an alert that is over is known: one that came back later would be told as a new one."""
_UNCERTAIN = ("sending", "unknown")


@dataclass(slots=True, frozen=True)
class Unanswered:
    """The event that asks for an answer, its position, when its messages were queued (ms), and whether it is an alert or a task."""

    payload: str
    version: int
    at: int
    event: Event


@dataclass(slots=True)
class Left:
    """What an earlier process left.

    ``waiting``: messages to be sent, in order, ``cut_off``: attempts among them that a crash cut off; ``told``: what was last told of
    each alert, ``unanswered``: those that still ask for an answer, ``escalated``: ids of queued escalations; ``planned``: the last
    position that was planned; ``sent``, ``summaries``: what each destination got of late, and its last summary (times, ms).
    """

    waiting: list[Message] = field(default_factory=list)
    cut_off: list[DeliveryRow] = field(default_factory=list)
    told: dict[tuple[str, str], Told] = field(default_factory=dict)
    unanswered: list[Unanswered] = field(default_factory=list)
    escalated: set[str] = field(default_factory=set)
    planned: int = -1
    sent: dict[str, list[int]] = field(default_factory=dict)
    summaries: dict[str, int] = field(default_factory=dict)


class Journal:
    """``store`` brings rows to the store however long it takes; it is called by ``run`` alone."""

    def __init__(self, store: Callable[[Sequence[Row]], Awaitable[None]], reader: Reader) -> None:
        self._store = store
        self._reader = reader
        self._brought: list[tuple[Sequence[DeliveryRow], asyncio.Future[None]]] = []
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled, or until ``store`` gives up: then whoever waits for a row gets its error too."""
        while True:
            await self._news.wait()
            self._news.clear()
            brought, self._brought = self._brought, []
            try:
                await self._store([row for rows, _ in brought for row in rows])
            except BaseException as error:
                for _, stored in brought:
                    if not stored.done():
                        stored.set_exception(error) if isinstance(error, Exception) else stored.cancel()
                raise
            for _, stored in brought:
                if not stored.done():
                    stored.set_result(None)

    async def write(self, rows: Sequence[DeliveryRow]) -> None:
        """Returns when the rows are on the disk."""
        if not rows:
            return
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._brought.append((rows, stored))
        self._news.set()
        await stored

    async def left(self, epoch: int, partition: int, since: int) -> Left:
        """What is to be taken up in this partition of the log. ``since``: how far back what was sent still counts (ms)."""
        bounds = {
            "low": str(Position(epoch, partition, 0).pack()),
            "high": str(Position(epoch, partition, (1 << 64) - 1).pack()),
            "since": since,
        }
        left = Left()
        for row in await self._reader.query(_PLANNED, bounds):
            if int(row["count"]):
                left.planned = int(row["planned"]) & ~0xFFFF_FFFF
        for row in await self._reader.query(_TOLD, {**bounds, "since": since - FORGET}):
            flags = bool(row["answered"]), int(row["sounds"]), bool(row["tasked"])
            told = Told(row["level"], row["event"] == "resolved", *flags, int(row["told"] or 0))
            left.told[row["region"], row["alert"]] = told
        for row in await self._reader.query(_UNANSWERED, bounds):
            left.unanswered.append(Unanswered(row["payload"], int(row["position"]), int(row["at"]), "fired"))
        for row in await self._reader.query(_UNTAKEN, bounds):
            left.unanswered.append(Unanswered(row["payload"], int(row["position"]), int(row["at"]), "task"))
        left.escalated = {row["id"] for row in await self._reader.query(_ESCALATED, {**bounds, "since": since - ESCALATIONS})}
        for row in await self._reader.query(_SENT, bounds):
            left.sent.setdefault(row["destination"], []).append(int(row["at"]))
        for row in await self._reader.query(_SUMMARIES, bounds):
            left.summaries[row["destination"]] = int(row["at"])
        after, name = "0", ""
        while True:
            rows = await self._reader.query(_WAITING, {**bounds, "after": after, "name": name, "limit": PORTION})
            for row in rows:
                _take_up(left, row)
            if len(rows) < PORTION:
                return left
            after, name = str(rows[-1]["version"]), rows[-1]["id"]


def _take_up(left: Left, row: dict[str, Any]) -> None:
    tries = [dict(zip(("attempt", "status", "reason", "repeat", "at"), one, strict=True)) for one in row["tries"]]
    message = Message(
        row["id"],
        row["region"],
        row["destination"],
        row["channel"],
        cast(Kind, row["kind"]),
        row["alert"],
        cast(Event, row["event"]),
        row["level"],
        int(row["at"]),
        row["payload"],
        int(row["version"]),
        max((int(one["attempt"]) for one in tries), default=0),
        any(one["status"] in _UNCERTAIN or one["reason"] in ("unreachable", "server") for one in tries),
    )
    left.waiting.append(message)
    for one in tries:
        if one["status"] == "sending":
            told = attempt_row(message, int(one["attempt"]), "unknown", int(one["at"]), repeat=bool(one["repeat"]))
            left.cut_off.append(told)


def message_row(message: Message, status: Status, reason: Reason | None = None, part_of: str = "") -> DeliveryRow:
    """The message itself, as it stands."""
    item = INTENT if status == "queued" else OUTCOME
    return _row(message, 0, status, message.repeat, message.at, reason or "", "", part_of, message.payload, item)


def attempt_row(
    message: Message, attempt: int, status: Status, at: int, *, repeat: bool, reason: Reason | None = None, detail: str = ""
) -> DeliveryRow:
    """One attempt: ``sending`` before it, anything else after it. ``repeat``: what the receiver was told."""
    item = INTENT if status == "sending" else OUTCOME
    return _row(message, attempt, status, repeat, at, reason or "", detail, "", "", item)


def _row(
    message: Message,
    attempt: int,
    status: Status,
    repeat: bool,
    at: int,
    reason: str,
    detail: str,
    part_of: str,
    payload: str,
    item: int,
) -> DeliveryRow:
    return DeliveryRow(
        message.id,
        message.region,
        attempt,
        message.destination,
        message.channel,
        message.kind,
        message.alert,
        message.event,
        message.level,
        status,
        repeat,
        at,
        reason,
        detail,
        part_of,
        payload,
        Position.unpack(message.version)._replace(item=item).pack(),
    )


_OURS = "version >= {low:UInt128} AND version <= {high:UInt128}"
_PLANNED = (
    "SELECT count() AS count, max(version) AS planned FROM current_deliveries WHERE attempt = 0 AND kind IN ('alert', 'task') "
    f"AND {_OURS}"
)
_TOLD = f"""SELECT d.region AS region, d.alert AS alert, d.level AS level, d.event AS event, a.answered_by != '' AS answered,
        JSONExtractString(d.payload, 'version') AS told,
        JSONExtractUInt(d.payload, 'data', 'sounds') AS sounds, JSONExtractUInt(d.payload, 'data', 'tasked_at') > 0 AS tasked
    FROM (SELECT region, alert, argMax(level, version) AS level, argMax(event, version) AS event, argMax(payload, version) AS payload,
            max(at) AS last
        FROM current_deliveries WHERE attempt = 0 AND kind IN ('alert', 'task') AND {_OURS} GROUP BY region, alert) AS d
    LEFT JOIN current_alerts AS a ON a.region = d.region AND a.id = d.alert
    WHERE a.status = 'firing' OR d.last > fromUnixTimestamp64Milli({{since:Int64}}) ORDER BY region, alert"""


def _open(kind: str, events: str, still: str) -> str:
    return f"""SELECT d.payload AS payload, d.position AS position, d.at AS at
    FROM (SELECT region, alert, argMax(payload, version) AS payload, max(version) AS position,
            toUnixTimestamp64Milli(argMax(at, version)) AS at
        FROM current_deliveries WHERE attempt = 0 AND kind = '{kind}' AND event IN ({events}) AND {_OURS} GROUP BY region, alert) AS d
    INNER JOIN (SELECT region, id FROM current_alerts WHERE status = 'firing' AND {still} = '') AS a
        ON a.region = d.region AND a.id = d.alert ORDER BY position"""


_UNANSWERED = _open("alert", "'fired', 'louder', 'wider', 'reopened', 'reminded'", "answered_by")
_UNTAKEN = _open("task", "'task'", "taken_by")
_ESCALATED = f"""SELECT id FROM current_deliveries WHERE attempt = 0 AND kind = 'escalation'
    AND at > fromUnixTimestamp64Milli({{since:Int64}}) AND {_OURS} ORDER BY id"""
_SENT = f"""SELECT destination, at FROM current_deliveries WHERE attempt > 0 AND status = 'sent' AND kind != 'test'
    AND at > fromUnixTimestamp64Milli({{since:Int64}}) AND {_OURS} ORDER BY destination, at"""
_SUMMARIES = f"""SELECT destination, max(at) AS at FROM current_deliveries WHERE attempt = 0 AND kind = 'summary' AND {_OURS}
    GROUP BY destination ORDER BY destination"""
_WAITING = f"""SELECT m.id AS id, m.region AS region, m.destination AS destination, m.channel AS channel, m.kind AS kind,
        m.alert AS alert, m.event AS event, m.level AS level, toUnixTimestamp64Milli(m.at) AS at, m.payload AS payload,
        m.version AS version, t.tries AS tries
    FROM (SELECT * FROM current_deliveries WHERE attempt = 0 AND status = 'queued' AND {_OURS}
        AND (version, id) > ({{after:UInt128}}, {{name:String}}) ORDER BY version, id LIMIT {{limit:UInt32}}) AS m
    LEFT JOIN (SELECT region, id, groupArray((attempt, status, reason, repeat, toUnixTimestamp64Milli(at))) AS tries
        FROM current_deliveries WHERE attempt > 0 AND {_OURS} AND id IN
            (SELECT id FROM current_deliveries WHERE attempt = 0 AND status = 'queued' AND {_OURS})
        GROUP BY region, id) AS t ON t.id = m.id AND t.region = m.region
    ORDER BY m.version, m.id"""

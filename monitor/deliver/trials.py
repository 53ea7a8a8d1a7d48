"""Trying destinations by hand: a test message to one, and a message of the journal once more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from monitor.clock import Clock
from monitor.deliver.couriers import Couriers
from monitor.deliver.journal import Journal, message_row
from monitor.deliver.message import Event, Kind, Message, message_id
from sinks.base import Reader


class Trials:
    """Both go the way of every message: queued in the journal, then sent by the destination's courier.

    ``position`` is a packed log position in the partition that is delivered: what these messages are found by after a restart.
    """

    def __init__(self, couriers: Couriers, journal: Journal, reader: Reader, clock: Clock, position: Callable[[], int]) -> None:
        self._couriers = couriers
        self._journal = journal
        self._reader = reader
        self._clock = clock
        self._position = position

    def destinations(self) -> list[dict[str, Any]]:
        """``{name, channel, level, people, waiting, failing}`` of each."""
        return [
            {
                "name": one.name,
                "channel": one.channel,
                "level": one.level,
                "people": one.people,
                "waiting": waiting,
                "failing": failing,
            }
            for one, waiting, failing in self._couriers.standing()
        ]

    async def test(self, region: str, name: str) -> str:
        """Queues a test message; returns its id, empty where there is no such destination."""
        known = {one.name: one for one, _, _ in self._couriers.standing()}
        if name not in known:
            return ""
        now = self._clock.now()
        found = message_id("test", region, name, str(now))
        one = known[name]
        await self._queue(Message(found, region, name, one.channel, "test", "", "none", "notice", now, "{}", self._position()))
        return found

    async def resend(self, region: str, message: str) -> str:
        """Queues what was told once more, marked as a repeat; returns the new id, empty where there is nothing to be sent again."""
        rows = await self._reader.query(
            "SELECT destination, kind, alert, event, level, payload FROM current_deliveries WHERE region = {region:String} "
            "AND id = {id:String} AND attempt = 0 AND status != 'queued' AND kind != 'test'",
            {"region": region, "id": message},
        )
        known = {one.name: one.channel for one, _, _ in self._couriers.standing()}
        if not rows or rows[0]["destination"] not in known:
            return ""
        row, now = rows[0], self._clock.now()
        name = row["destination"]
        found = message_id("resend", message, str(now))
        kind, event = cast(Kind, row["kind"]), cast(Event, row["event"])
        again = Message(
            found,
            region,
            name,
            known[name],
            kind,
            row["alert"],
            event,
            row["level"],
            now,
            row["payload"],
            self._position(),
            repeat=True,
        )
        await self._queue(again)
        return found

    async def _queue(self, message: Message) -> None:
        await self._journal.write([message_row(message, "queued")])
        self._couriers.put([message])

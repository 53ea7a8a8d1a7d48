"""Alerts without an answer go on to the deputy, then to the head. Delivered is not answered.

What waits is a function of the alerts' events and of when their messages were queued; the messages' ids say which turn of which
alert they are, so that a process that begins anew tells nobody twice.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from monitor.deliver.duty import Turn
from monitor.deliver.message import Event, Message, message_id
from monitor.deliver.planner import Destination
from monitor.outgoing.shapes import AlertData

BEGINS: frozenset[Event] = frozenset({"fired", "louder", "reopened", "reminded"})


class Directory(Protocol):
    def turns(self, alert: AlertData, at: int) -> list[Turn]: ...


@dataclass(order=True, slots=True)
class _Waiting:
    due: int
    version: int
    turn: int
    destinations: tuple[str, ...] = field(compare=False)
    alert: AlertData = field(compare=False)
    payload: str = field(compare=False)


class Escalations:
    """``directories`` by region; ``told`` are ids of messages that an earlier process has queued."""

    def __init__(
        self, destinations: Mapping[str, Destination], directories: Mapping[str, Directory], told: Collection[str] = ()
    ) -> None:
        self._destinations = destinations
        self._directories = directories
        self._told = frozenset(told)
        self._begun: dict[tuple[str, str], int] = {}
        self._waiting: list[_Waiting] = []

    def follow(self, alert: AlertData, event: Event, payload: str, version: int, at: int) -> None:
        """An event of an alert; ``at`` (ms) is when its messages were queued. An answer or an end stops what waits."""
        key = alert.region, alert.id
        if alert.status != "firing" or alert.answered_by:
            self._begun.pop(key, None)
        elif event in BEGINS and alert.region in self._directories:
            self._begun[key] = version
            for number, turn in enumerate(self._directories[alert.region].turns(alert, at)):
                one = _Waiting(at + turn.after, version, number, turn.destinations, alert, payload)
                heapq.heappush(self._waiting, one)

    def due(self, now: int) -> list[Message]:
        """Messages whose time has come; each is given once."""
        found: list[Message] = []
        while self._waiting and self._waiting[0].due <= now:
            one = heapq.heappop(self._waiting)
            if self._begun.get((one.alert.region, one.alert.id)) == one.version:
                found += [message for message in self._messages(one, now) if message.id not in self._told]
        return found

    def _messages(self, one: _Waiting, now: int) -> list[Message]:
        alert = one.alert
        return [
            Message(
                message_id("escalation", alert.region, alert.id, str(one.version), str(one.turn), name),
                alert.region,
                name,
                self._destinations[name].channel,
                "escalation",
                alert.id,
                "unanswered",
                alert.level,
                now,
                one.payload,
                one.version,
            )
            for name in one.destinations
            if name in self._destinations
        ]

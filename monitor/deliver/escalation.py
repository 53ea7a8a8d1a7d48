"""Alerts without an answer, and tasks that nobody takes, go on to the deputy, then to the head. Delivered is not answered.

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

BEGINS: frozenset[Event] = frozenset({"fired", "louder", "wider", "reopened", "reminded"})


class Directory(Protocol):
    def turns(self, alert: AlertData, at: int) -> list[Turn]: ...

    def task_turns(self, alert: AlertData) -> list[Turn]: ...


@dataclass(order=True, slots=True)
class _Waiting:
    due: int
    version: int
    turn: int
    destinations: tuple[str, ...] = field(compare=False)
    alert: AlertData = field(compare=False)
    event: Event = field(compare=False)
    payload: str = field(compare=False)


class Escalations:
    """``directories`` by region; ``told`` are ids of messages that an earlier process has queued."""

    def __init__(
        self, destinations: Mapping[str, Destination], directories: Mapping[str, Directory], told: Collection[str] = ()
    ) -> None:
        self._destinations = destinations
        self._directories = directories
        self._told = frozenset(told)
        self._begun: dict[tuple[str, str, Event], int] = {}
        self._waiting: list[_Waiting] = []

    def follow(self, alert: AlertData, event: Event, payload: str, version: int, at: int) -> None:
        """An event of an alert; ``at`` (ms) is when its messages were queued. An answer or an end stops what waits."""
        known = self._directories.get(alert.region)
        over = alert.status != "firing"
        if over or alert.answered_by:
            self._begun.pop((alert.region, alert.id, "unanswered"), None)
        elif event in BEGINS and known is not None:
            self._begin(alert, "unanswered", known.turns(alert, at), payload, version, at)
        if over or alert.taken_by:
            self._begun.pop((alert.region, alert.id, "untaken"), None)
        elif event == "task" and known is not None:
            self._begin(alert, "untaken", known.task_turns(alert), payload, version, at)

    def _begin(self, alert: AlertData, event: Event, turns: list[Turn], payload: str, version: int, at: int) -> None:
        self._begun[alert.region, alert.id, event] = version
        for number, turn in enumerate(turns):
            heapq.heappush(self._waiting, _Waiting(at + turn.after, version, number, turn.destinations, alert, event, payload))

    def due(self, now: int) -> list[Message]:
        """Messages whose time has come; each is given once."""
        found: list[Message] = []
        while self._waiting and self._waiting[0].due <= now:
            one = heapq.heappop(self._waiting)
            if self._begun.get((one.alert.region, one.alert.id, one.event)) == one.version:
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
                one.event,
                alert.level,
                now,
                one.payload,
                one.version,
            )
            for name in one.destinations
            if name in self._destinations
        ]

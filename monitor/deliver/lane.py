"""The queue of one destination: order, rests after failures, and how much people can take. Pure: time is passed in.

People get single messages as long as all that waits fits into what they are allowed in a window. Beyond that everything that waits
becomes one summary, and summaries keep a distance. So a broken profile that raises ten thousand alerts in an hour costs each
person's phone some two dozen messages, and each alert still stands in the journal.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from monitor.deliver.message import Message

SECOND = 1000
HURRY = 5
"""With danger among what waits, the next summary comes so many times sooner."""


@dataclass(slots=True, frozen=True)
class Pace:
    """Times in ms. ``first``, ``longest``: the rest after a failure, doubled by each further one. ``messages`` single ones in
    ``window``, then summaries, ``summary`` apart; this is for people only. A message waits for ``expire`` at most.
    """

    first: int = 5 * SECOND
    longest: int = 300 * SECOND
    messages: int = 20
    window: int = 3600 * SECOND
    summary: int = 600 * SECOND
    expire: int = 24 * 3600 * SECOND


@dataclass(slots=True, frozen=True)
class Send:
    message: Message


@dataclass(slots=True, frozen=True)
class Merge:
    """What waits of one region, in order: to be put into one summary."""

    messages: list[Message]


@dataclass(slots=True, frozen=True)
class Expire:
    messages: list[Message]


@dataclass(slots=True, frozen=True)
class Rest:
    """Nothing to do before ``until`` (ms); None: before something is added."""

    until: int | None


Step = Send | Merge | Expire | Rest


class Lane:
    """``people``: the limits for people hold. ``chance`` gives numbers from 0 to 1, which spread the rests of many lanes."""

    def __init__(self, name: str, people: bool, pace: Pace, chance: Callable[[], float]) -> None:
        self.name = name
        self.failures = 0
        self._people = people
        self._pace = pace
        self._chance = chance
        self._waiting: deque[Message] = deque()
        self._sent: deque[int] = deque()
        self._dangers = 0
        self._summarised: int | None = None
        self._resume = 0
        self._rest = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self._waiting.append(message)
            self._dangers += message.level == "flash"

    def recall(self, sent: Iterable[int], summarised: int | None) -> None:
        """What was sent before this process began: times of messages within the window, and of the last summary."""
        self._sent = deque(sorted(sent))
        self._summarised = summarised

    def step(self, now: int) -> Step:
        """What is to be done now. Nothing changes until ``done``, ``failed`` or ``merged`` tells what came of it."""
        if old := list(takewhile(lambda message: now - message.at >= self._pace.expire, self._waiting)):
            return Expire(old)
        if not self._waiting:
            return Rest(None)
        # A clock that was put back makes no rest longer.
        self._resume = min(self._resume, now + self._rest)
        if self._summarised is not None:
            self._summarised = min(self._summarised, now)
        if now < self._resume:
            return Rest(self._resume)
        head = self._waiting[0]
        # What was tried once keeps its place and its form: it may have arrived.
        if not self._people or head.attempts or head.kind in ("summary", "test", "task"):
            return Send(head)
        while self._sent and self._sent[0] <= now - self._pace.window:
            self._sent.popleft()
        if len(self._waiting) <= self._pace.messages - len(self._sent):
            return Send(head)
        due = self._summary_due()
        if now < due:
            return Rest(min(due, self._sent[0] + self._pace.window) if self._sent else due)
        # A region's flood is told as that region's; tests and summaries stand for themselves.
        flood = [
            one for one in self._waiting if one.region == head.region and one.kind in ("alert", "escalation") and not one.attempts
        ]
        return Merge(flood) if len(flood) > 1 else Send(head)

    def _summary_due(self) -> int:
        if self._summarised is None:
            return 0
        hurry = HURRY if self._dangers else 1
        return self._summarised + self._pace.summary // hurry

    def merged(self, summary: Message, messages: Iterable[Message], now: int) -> None:
        """``messages`` are told by ``summary``, which is sent next."""
        gone = {message.id for message in messages}
        self._waiting = deque([summary, *(message for message in self._waiting if message.id not in gone)])
        self._dangers = sum(message.level == "flash" for message in self._waiting)
        self._summarised = now

    def done(self, message: Message, now: int, outcome: Literal["sent", "refused", "expired"]) -> None:
        """The message is at its end. A receiver that refuses one message works: the next is not held up."""
        self._waiting.remove(message)
        self._dangers -= message.level == "flash"
        if outcome != "expired":
            self.failures = 0
            self._resume = 0
        if outcome == "sent" and self._people and message.kind != "test":
            if len(self._sent) >= self._pace.messages:
                # A single message that waited until a summary was due stands for one.
                self._summarised = now
            self._sent.append(now)

    def failed(self, now: int, retry_after: float) -> None:
        """An attempt failed; the message stays first. ``retry_after``: seconds for which the receiver wants to be left alone."""
        rest = min(self._pace.first * 2 ** min(self.failures, 30), self._pace.longest)
        self.failures += 1
        # Half of the rest is certain: many lanes that failed together do not come back together.
        self._rest = max(int(rest * (0.5 + 0.5 * self._chance())), int(retry_after * SECOND))
        self._resume = now + self._rest

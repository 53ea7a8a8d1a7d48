"""Couriers: one task a destination takes what waits in its lane, so that a receiver that fails or hangs holds nobody else up.

The order of an attempt: the intent is stored, the letter is sent, the outcome is stored. Where a crash falls between, the next
process finds an intent without outcome and sends the same message again under the same id, marked as a repeat.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, Protocol

from monitor.clock import Clock
from monitor.deliver.channels.base import Channel, Letter, NotSent
from monitor.deliver.journal import Journal, Left, attempt_row, message_row
from monitor.deliver.lane import Expire, Lane, Merge, Pace, Rest, Send
from monitor.deliver.message import Message, Status
from monitor.deliver.planner import LEVELS, Destination
from monitor.deliver.summary import summary_of

log = logging.getLogger(__name__)

Fault = Callable[[str], None]
INTENT_STORED = "delivery intent stored"
LETTER_SENT = "letter sent"


class Counts(Protocol):
    """Whoever counts: metrics, in a product run."""

    def ended(self, channel: str, outcome: Status, seconds: float) -> None:
        """An attempt or a message is at its end; ``seconds`` since the message was queued."""


class Couriers:
    """``channels`` by destination; a message to a destination that has none (no more) is refused. ``letter`` makes the text."""

    def __init__(
        self,
        destinations: Mapping[str, Destination],
        channels: Mapping[str, Channel],
        journal: Journal,
        letter: Callable[[Message, int], Letter],
        pace: Pace,
        clock: Clock,
        counts: Counts,
        chance: Callable[[], float],
        fault: Fault,
    ) -> None:
        self._destinations = destinations
        self._channels = channels
        self._journal = journal
        self._letter = letter
        self._clock = clock
        self._counts = counts
        self._fault = fault
        self._lanes = {name: Lane(name, one.people, pace, chance) for name, one in destinations.items()}
        self._news = {name: asyncio.Event() for name in destinations}
        self._stopping = False
        self._ended = asyncio.Event()

    async def take_up(self, left: Left) -> None:
        """Goes on where an earlier process ended."""
        await self._journal.write(left.cut_off)
        for name, lane in self._lanes.items():
            lane.recall(left.sent.get(name, ()), left.summaries.get(name))
        gone = [message for message in left.waiting if message.destination not in self._lanes]
        await self._journal.write([message_row(message, "refused", "forbidden") for message in gone])
        self.put([message for message in left.waiting if message.destination in self._lanes])

    def put(self, messages: Sequence[Message]) -> None:
        """Takes messages that are in the journal already, in order."""
        for message in messages:
            self._lanes[message.destination].add([message])
            self._news[message.destination].set()

    def standing(self) -> list[tuple[Destination, int, bool]]:
        """Each destination, how many messages wait for it, and whether it fails at the moment."""
        return [(self._destinations[name], len(lane), lane.failures > 0) for name, lane in self._lanes.items()]

    async def run(self) -> None:
        """Until ``stop`` and the end of the attempts under way. One that is cancelled counts as one whose outcome is not known."""
        tasks = [asyncio.create_task(self._serve(lane), name=f"courier {lane.name}") for lane in self._lanes.values()]
        try:
            if tasks:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
                for task in done:
                    task.result()
            else:
                await self._ended.wait()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def stop(self) -> None:
        """No attempt is begun any more."""
        self._stopping = True
        self._ended.set()
        for news in self._news.values():
            news.set()

    async def _serve(self, lane: Lane) -> None:
        news = self._news[lane.name]
        while not self._stopping:
            news.clear()
            match lane.step(self._clock.now()):
                case Send(message):
                    await self._send(lane, message)
                case Merge(messages):
                    await self._merge(lane, messages)
                case Expire(messages):
                    await self._journal.write([message_row(message, "expired") for message in messages])
                    for message in messages:
                        self._end(lane, message, "expired")
                case Rest(until):
                    await self._rest(news, until)

    async def _rest(self, news: asyncio.Event, until: int | None) -> None:
        waiting = asyncio.ensure_future(news.wait())
        sleeping = None if until is None else asyncio.ensure_future(self._clock.sleep((until - self._clock.now()) / 1000))
        both = [one for one in (waiting, sleeping) if one is not None]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in both:
                one.cancel()

    async def _send(self, lane: Lane, message: Message) -> None:
        message.attempts += 1
        attempt, repeat = message.attempts, message.repeat
        began = self._clock.now()
        await self._journal.write([attempt_row(message, attempt, "sending", began, repeat=repeat)])
        self._fault(INTENT_STORED)
        try:
            detail = await self._made_and_sent(lane, message, began)
        except NotSent as error:
            await self._not_sent(lane, message, error)
            return
        self._fault(LETTER_SENT)
        now = self._clock.now()
        sent = attempt_row(message, attempt, "sent", now, repeat=repeat, detail=detail)
        await self._journal.write([sent, message_row(message, "sent")])
        self._end(lane, message, "sent")

    async def _made_and_sent(self, lane: Lane, message: Message, at: int) -> str:
        """What the receiver calls it. A bug is this message's or this destination's alone: it must not end the others with us."""
        try:
            letter = self._letter(message, at)
        except Exception as error:  # noqa: BLE001 (its text could quote the message)
            log.error("%s: сообщение не составить: %s", lane.name, type(error).__name__)
            raise NotSent("refused", "сообщение не составить: региона нет в настройках, или ошибка в программе") from None
        try:
            return await self._channels[message.destination].send(letter)
        except NotSent:
            raise
        except Exception as error:  # noqa: BLE001 (its text could quote the message, or a secret)
            log.error("%s: ошибка в программе: %s", lane.name, type(error).__name__)
            raise NotSent("server", "ошибка в программе, см. журнал") from None

    async def _not_sent(self, lane: Lane, message: Message, error: NotSent) -> None:
        now, never = self._clock.now(), error.reason == "refused"
        status: Status = "refused" if never else "failed"
        row = attempt_row(message, message.attempts, status, now, repeat=message.repeat, reason=error.reason, detail=error.detail)
        message.repeat = message.repeat or error.uncertain
        await self._journal.write([row, message_row(message, "refused", error.reason)] if never else [row])
        if never:
            log.warning("%s: сообщение отвергнуто окончательно: %s", lane.name, error.detail)
            self._end(lane, message, "refused")
            return
        if not lane.failures:
            log.warning("%s: доставить не удаётся, сообщения ждут: %s", lane.name, error.detail)
        lane.failed(now, error.retry_after)
        self._counts.ended(message.channel, "failed", 0.0)

    async def _merge(self, lane: Lane, messages: list[Message]) -> None:
        """The summary is queued and what it stands for is at its end, in one insert."""
        now = self._clock.now()
        summary = summary_of(messages, now, LEVELS)
        await self._journal.write(
            [message_row(summary, "queued"), *(message_row(message, "merged", part_of=summary.id) for message in messages)]
        )
        lane.merged(summary, messages, now)
        for message in messages:
            self._counts.ended(message.channel, "merged", (now - message.at) / 1000)

    def _end(self, lane: Lane, message: Message, outcome: Literal["sent", "refused", "expired"]) -> None:
        now = self._clock.now()
        if outcome == "sent" and lane.failures:
            log.warning("%s: доставка снова идёт, неудачных попыток было %d", lane.name, lane.failures)
        lane.done(message, now, outcome)
        self._counts.ended(message.channel, outcome, (now - message.at) / 1000)

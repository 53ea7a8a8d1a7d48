"""Requests to the brokers, each sent to the one that leads the partition or coordinates the group, and repeated while trouble passes.

A broker answers the requests of one connection one after the other. So what waits for news (a long poll) has a Wire of its own, and
the shared one is never made to wait.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

from aiokafka import AIOKafkaClient, TopicPartition
from aiokafka.client import CoordinationType
from aiokafka.errors import KafkaError, LeaderNotAvailableError, NodeNotReadyError, UnknownError, for_code

from monitor.log.kafka.settings import KafkaSettings
from monitor.model.errors import RetryableError

T = TypeVar("T")

BACKOFF, SLOWEST = 0.1, 1.0
"""Seconds between two tries of a request, doubled with each: an election is soon over, a start of a broker takes longer."""

RETRY_AFTER = 5.0
"""Seconds until it is worth calling again where a whole time-out of tries was in vain."""

QUIET = 60.0
"""Seconds for which a message of aiokafka is not repeated; it says the same of every try."""

Parse = Callable[[Any], T]
"""Reads a response; raises KafkaError for the error codes in it."""


class _Once(logging.Filter):
    """Lets a message through that was not there in the last QUIET seconds, whatever node it names."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        before = self._last.get(str(record.msg), 0.0)
        if record.created < before + QUIET:
            return False
        self._last[str(record.msg)] = record.created
        return True


for _name in ("", ".cluster", ".conn", ".producer.sender", ".consumer.fetcher", ".consumer.group_coordinator"):
    logging.getLogger(f"aiokafka{_name}").addFilter(_Once())


class Wire:
    """One client of the cluster. Made by ``open``."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._client = AIOKafkaClient(**settings.client())
        self._coordinators: dict[str, int] = {}

    @classmethod
    async def open(cls, settings: KafkaSettings, topics: Iterable[str]) -> Wire:
        """Connects. RetryableError if nobody answers or lets us in."""
        wire = cls(settings)
        try:
            async with asyncio.timeout(settings.timeout):
                await bootstrap(wire._client.bootstrap)
                await wire._client.set_topics(topics)
        except BaseException as error:
            await wire.close()
            if isinstance(error, (KafkaError, TimeoutError)):
                raise unavailable(settings, "соединение", error) from None
            raise
        return wire

    async def ask(
        self, slot: TopicPartition, request: Any, parse: Parse[T], what: str, expected: type[KafkaError] | tuple[()] = ()
    ) -> T:
        """Sends to the leader of a partition; gives what ``parse`` makes of the answer.

        RetryableError when the settings' time is over, or at once where no repetition helps; ``expected`` errors go to the caller.
        """

        async def once() -> T:
            leader = self._client.cluster.leader_for_partition(slot)
            if leader is None or leader == -1:
                raise LeaderNotAvailableError(f"у {slot.topic}/{slot.partition} нет ведущего брокера")
            return parse(await self._client.send(leader, request))

        return await self._persist(once, what, expected)

    async def ask_coordinator(self, group: str, request: Any, parse: Parse[T], what: str) -> T:
        """Like ``ask``, to the coordinator of a group."""

        async def once() -> T:
            try:
                if self._client.get_random_node() is None:
                    raise NodeNotReadyError("ни один брокер не известен")
                if group not in self._coordinators:
                    self._coordinators[group] = await self._client.coordinator_lookup(CoordinationType.GROUP, group)
                return parse(await self._client.send(self._coordinators[group], request))
            except KafkaError:
                self._coordinators.pop(group, None)
                raise

        return await self._persist(once, what)

    async def _persist(self, once: Callable[[], Awaitable[T]], what: str, expected: type[KafkaError] | tuple[()] = ()) -> T:
        trouble: BaseException = TimeoutError()
        pause = BACKOFF
        try:
            async with asyncio.timeout(self._settings.timeout):
                while True:
                    try:
                        return await once()
                    except expected:
                        raise
                    except KafkaError as error:
                        # Codes that aiokafka has no name for are those of newer brokers around an election.
                        if not error.retriable and not isinstance(error, UnknownError):
                            raise unavailable(self._settings, what, error) from None
                        trouble = error
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, SLOWEST)
                    await self._client.force_metadata_update()
        except TimeoutError:
            raise unavailable(self._settings, what, trouble) from None

    async def close(self) -> None:
        await self._client.close()


async def bootstrap(connect: Callable[[], Awaitable[None]]) -> None:
    """Connects, and goes on trying while nobody answers; whoever calls sets the time-out."""
    pause = BACKOFF
    while True:
        try:
            return await connect()
        except KafkaError as error:
            if not error.retriable:
                raise
        await asyncio.sleep(pause)
        pause = min(2 * pause, SLOWEST)


def check(code: int) -> None:
    """Raises the KafkaError of an error code."""
    if code:
        raise for_code(code)()


def unavailable(settings: KafkaSettings, what: str, trouble: BaseException) -> RetryableError:
    """Says what failed and why; no word of it holds credentials."""
    reason = "нет ответа" if isinstance(trouble, TimeoutError) else str(trouble)
    return RetryableError(
        f"Kafka ({settings.servers}): {what} не удаётся ({reason}); ничего не потеряно, попытки продолжаются. Если это надолго: "
        "работают ли брокеры, верны ли адрес и логин, есть ли место на их дисках",
        RETRY_AFTER,
    )

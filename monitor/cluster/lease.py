"""Shares out partitions among processes that do not read them: crawlers, each of which writes to those that it has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from monitor.log.kafka.settings import KafkaSettings
from monitor.model.errors import NabatError

FOR_EVER_MS = 2**31 - 1
"""Nothing is ever polled, and nobody is to be put out for that."""


class Lease(ConsumerRebalanceListener):  # type: ignore[misc]
    """A member of ``group`` over the partitions of ``topic``, from ``run`` to its cancellation.

    ``granted`` and ``withdrawn`` are told what is ours, ``failed`` what they raise. Whoever was thought dead and comes back learns it
    late: what the partitions are for must bear two owners for a moment.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        group: str,
        topic: str,
        session_seconds: float,
        granted: Callable[[set[int]], Awaitable[None]],
        withdrawn: Callable[[], Awaitable[None]],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._topic = settings.topic(topic)
        self._granted = granted
        self._withdrawn = withdrawn
        self._failed = failed
        client = settings.client()
        self._consumer = AIOKafkaConsumer(
            **{**client, "request_timeout_ms": max(client["request_timeout_ms"], int(session_seconds * 1000) + 5000)},
            group_id=settings.group(group),
            enable_auto_commit=False,
            auto_offset_reset="latest",
            session_timeout_ms=int(session_seconds * 1000),
            heartbeat_interval_ms=int(session_seconds * 200),
            max_poll_interval_ms=FOR_EVER_MS,
        )

    async def run(self) -> None:
        """Joins, and stays until cancelled; then the partitions go to others at once. NabatError where nobody lets us in."""
        self._consumer.subscribe([self._topic], listener=self)
        try:
            await self._consumer.start()
            while True:
                # All is paused, nothing comes of it; but here it would be told if the membership has ended.
                await self._consumer.getmany(timeout_ms=1000)
        except KafkaError as error:
            raise NabatError(f"не получить долю темы {self._topic} ({error})") from None
        finally:
            await self._consumer.stop()

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        await self._tell(self._withdrawn())

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self._consumer.pause(*assigned)
        await self._tell(self._granted({slot.partition for slot in assigned}))

    async def _tell(self, telling: Awaitable[None]) -> None:
        """The client only logs what goes wrong in here."""
        try:
            await telling
        except Exception as error:  # noqa: BLE001 (whoever made this hears of it)
            self._failed(error)

"""What the stages have done, kept as offsets of Kafka groups, so that Kafka's own tools see their lag."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import IllegalGenerationError, RebalanceInProgressError, UnknownMemberIdError
from aiokafka.protocol.commit import OffsetCommitRequest, OffsetFetchRequest

from monitor.log.kafka.wire import Wire, check
from monitor.model.errors import RetryableError

KEEP_MS = 10 * 365 * 86_400_000
"""Kafka forgets the commits of a group that has had no members for a week: then nobody would know what it has still to read, and it
would be trimmed. Ten years.
"""

OffsetCommitRequest.DEFAULT_RETENTION_TIME = KEEP_MS  # what aiokafka's consumers commit with: that of Faust too

_LED = (UnknownMemberIdError, IllegalGenerationError, RebalanceInProgressError)


async def committed(wire: Wire, group: str, slots: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
    """The group's commits; slots without one are missing."""
    asked: dict[str, list[int]] = {}
    for slot in slots:
        asked.setdefault(slot.topic, []).append(slot.partition)

    def parse(response: Any) -> dict[TopicPartition, int]:
        check(response.error_code)
        found: dict[TopicPartition, int] = {}
        for topic, partitions in response.topics:
            for partition, offset, _, code in partitions:
                check(code)
                if offset >= 0:
                    found[TopicPartition(topic, partition)] = offset
        return found

    return await wire.ask_coordinator(group, OffsetFetchRequest(group, list(asked.items())), parse, f"reading the commits of {group}")


async def commit(wire: Wire, group: str, slot: TopicPartition, offset: int) -> None:
    """Stores a commit. RetryableError also while workers are members of the group: then only they may commit."""

    def parse(response: Any) -> None:
        ((_, ((_, code),)),) = response.topics
        try:
            check(code)
        except _LED as error:
            raise RetryableError(f"у группы {group} есть свои участники; сначала остановите их ({error})") from None

    request = OffsetCommitRequest(group, -1, "", KEEP_MS, [(slot.topic, [(slot.partition, offset, "")])])
    await wire.ask_coordinator(group, request, parse, f"committing for {group}")

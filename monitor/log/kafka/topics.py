"""The topics of a log: how each is made, and whether one that is there already may be used.

A topic that nobody reads back by its whole history is dropped from behind by ``trim``, which knows what the groups have done. The
broker's own retention is only there so that a disk does not fill where nobody trims; it is BACKSTOP times as long.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from monitor.log.base import COMPACTED
from monitor.log.kafka.producer import BATCH_BYTES, OVERHEAD_BYTES
from monitor.log.kafka.settings import KafkaSettings
from monitor.log.kafka.wire import bootstrap, unavailable
from monitor.model.errors import LogError

LAYOUT, CURSORS, BUDGETS = "layout", "cursors", "budgets"
TABLES = (LAYOUT, CURSORS, BUDGETS)
"""Topics of the log's own, of one partition, compacted."""

BACKSTOP = 4
"""The broker drops what is this many times older than the retention, read or not: whoever stood still for so long gets an error."""

FOREVER = 2**63 - 1
TABLE_SEGMENT_BYTES = 16 << 20
"""Only full segments are compacted: this bounds what has to be read for a table, and 100,000 sources fit in it."""


@asynccontextmanager
async def administration(settings: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    """A connected client; RetryableError for whatever the cluster refuses or does not answer inside."""
    admin = AIOKafkaAdminClient(**settings.client())

    async def connect() -> None:
        await admin.start()
        # A cluster that has just come up may let us in before it knows of a broker that could answer.
        await admin.describe_cluster()

    try:
        async with asyncio.timeout(settings.timeout):
            await bootstrap(connect)
            yield admin
    except (KafkaError, TimeoutError) as error:
        raise unavailable(settings, "проверка тем", error) from None
    finally:
        await admin.close()


def configuration(settings: KafkaSettings, topic: str, retention_ms: Mapping[str, int]) -> dict[str, str]:
    """What a topic of the log is created with."""
    config = {
        "cleanup.policy": "delete",
        "retention.ms": str(retention_ms[topic] * BACKSTOP) if topic in retention_ms else "-1",
        "max.message.bytes": str(max(BATCH_BYTES, settings.max_record_bytes) + OVERHEAD_BYTES),
        "min.insync.replicas": str(settings.min_insync_replicas),
        "unclean.leader.election.enable": "false",
        "message.timestamp.type": "CreateTime",
        # A simulated region's clock may run ahead.
        "message.timestamp.after.max.ms": str(FOREVER),
    }
    if topic in COMPACTED or topic in TABLES:
        config["cleanup.policy"] = "compact,delete" if topic in retention_ms else "compact"
    if topic in TABLES:
        config |= {"segment.bytes": str(TABLE_SEGMENT_BYTES), "min.cleanable.dirty.ratio": "0.1"}
    if settings.replication_factor == 1:
        # There is no second copy: the only one is on the disk before an append is confirmed.
        config["flush.messages"] = "1"
    return config


async def existing(admin: AIOKafkaAdminClient, settings: KafkaSettings) -> dict[str, int]:
    """How many partitions each topic of the log has, by its short name."""
    prefix = settings.topic("")
    # Asked for by name a missing topic might be created by the asking, with the broker's defaults.
    return {
        topic["topic"].removeprefix(prefix): len(topic["partitions"])
        for topic in await admin.describe_topics()
        if topic["topic"].startswith(prefix) and not topic["error_code"]
    }


async def create(
    admin: AIOKafkaAdminClient, settings: KafkaSettings, partitions: Mapping[str, int], retention_ms: Mapping[str, int]
) -> None:
    """Creates topics; one that is there already is left as it is. LogError where the cluster can't have such topics."""
    wanted = [
        NewTopic(
            settings.topic(topic), count, settings.replication_factor, topic_configs=configuration(settings, topic, retention_ms)
        )
        for topic, count in partitions.items()
    ]
    response = await admin.create_topics(wanted)
    for topic, code, reason in response.topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            if error.retriable:
                raise error(reason)
            raise LogError(
                f"Kafka ({settings.servers}) не создаёт тему {topic} ({error.__name__}: {reason}); проверьте настройки "
                f"replication_factor ({settings.replication_factor}) и min_insync_replicas или создайте тему сами"
            )


async def verify(
    admin: AIOKafkaAdminClient, settings: KafkaSettings, partitions: Mapping[str, int], retention_ms: Mapping[str, int]
) -> None:
    """LogError where a topic would lose or refuse what the log keeps in it: another policy, less retention, smaller records."""
    resources = [ConfigResource(ConfigResourceType.TOPIC, settings.topic(topic)) for topic in partitions]
    prefix = settings.topic("")
    for response in await admin.describe_configs(resources):
        for code, reason, _, name, entries in response.resources:
            if code:
                raise for_code(code)(reason)
            topic = name.removeprefix(prefix)
            _compare(name, configuration(settings, topic, retention_ms), {entry[0]: entry[1] for entry in entries})


def _compare(name: str, wanted: Mapping[str, str], found: Mapping[str, Any]) -> None:
    wrong = [
        key
        for key, good in (
            ("cleanup.policy", sorted(found["cleanup.policy"].split(",")) == sorted(wanted["cleanup.policy"].split(","))),
            ("retention.ms", _retention(found) >= _retention(wanted)),
            ("max.message.bytes", int(found["max.message.bytes"]) >= int(wanted["max.message.bytes"])),
            ("min.insync.replicas", int(found["min.insync.replicas"]) >= int(wanted["min.insync.replicas"])),
        )
        if not good
    ]
    if wrong:
        is_, should = (", ".join(f"{key}={one[key]}" for key in wrong) for one in (found, wanted))
        raise LogError(f"у темы Kafka {name} {is_}: журнал терял бы записи; задайте {should} (kafka-configs.sh --alter --add-config)")


def _retention(config: Mapping[str, Any]) -> int:
    """In ms. A topic that is only compacted drops nothing by age."""
    if "delete" not in config["cleanup.policy"] or config["retention.ms"] == "-1":
        return FOREVER
    return int(config["retention.ms"])

"""What only the log in Kafka promises: its topics, its epochs, who shares it, what it does while brokers are away."""

from __future__ import annotations

import asyncio
import struct
import time
from dataclasses import replace
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from monitor.log.base import INCIDENTS, PAGES, TOPICS, WATCH, Append
from monitor.log.kafka import log as module
from monitor.log.kafka.layout import begin_epoch
from monitor.log.kafka.log import KafkaLog
from monitor.log.kafka.producer import Outgoing, Producer
from monitor.log.kafka.settings import KafkaSettings
from monitor.log.kafka.topics import BACKSTOP, TABLES, administration
from monitor.model.errors import ConfigError, LogError, RetryableError
from tests.kafka.broker import Broker, free_ports
from tests.monitor.log.conftest import NUMBERS
from tests.monitor.log.places import PARTITIONS, settings

DAY = 86_400_000


@pytest.fixture
def there(kafka: Broker) -> KafkaSettings:
    return settings(f"{kafka.address}/own-{next(NUMBERS)}")


def page(value: bytes, partition: int = 0) -> Append:
    return Append(PAGES, partition, "key", value, 0)


async def all_of(log: KafkaLog, topic: str = PAGES, partition: int = 0) -> list[bytes]:
    offset, end = await log.bounds(topic, partition)
    found: list[bytes] = []
    while offset < end:
        records = await log.read(topic, partition, offset)
        found += [record.value for record in records]
        offset = records[-1].offset + 1
    return found


async def configuration(admin: AIOKafkaAdminClient, topic: str) -> dict[str, str]:
    (response,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    return {entry[0]: entry[1] for entry in response.resources[0][4]}


async def configure(there: KafkaSettings, topic: str, **config: str) -> None:
    async with administration(there) as admin:
        changes = {name.replace("_", "."): value for name, value in config.items()}
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, there.topic(topic), configs=changes)])


async def test_topics_are_made_as_they_should_be(there: KafkaSettings) -> None:
    partitions = dict.fromkeys(TOPICS, 1) | {PAGES: 4}
    log = await KafkaLog.open(there, partitions, {PAGES: DAY, INCIDENTS: 30 * DAY})
    await log.close()
    async with administration(there) as admin:
        found = {topic["topic"]: topic["partitions"] for topic in await admin.describe_topics()}
        names = {there.topic(topic): count for topic, count in (partitions | dict.fromkeys(TABLES, 1)).items()}
        assert {topic: len(cut) for topic, cut in found.items() if topic.startswith(f"{there.prefix}.")} == names
        configs = {topic: await configuration(admin, there.topic(topic)) for topic in (*TOPICS, *TABLES)}
    assert {topic for topic, config in configs.items() if config["cleanup.policy"] == "compact"} == set(TABLES)
    assert configs[INCIDENTS]["cleanup.policy"] == "compact,delete"
    assert configs[PAGES]["retention.ms"] == str(BACKSTOP * DAY)
    assert configs[WATCH]["retention.ms"] == "-1"
    for config in configs.values():
        assert (config["min.insync.replicas"], config["flush.messages"]) == ("1", "1")
        assert config["unclean.leader.election.enable"] == "false"


async def test_replicas_that_the_cluster_does_not_have_are_refused(there: KafkaSettings) -> None:
    with pytest.raises(LogError, match=r"replication_factor \(3\) и min_insync_replicas"):
        await KafkaLog.open(replace(there, replication_factor=3))


async def test_a_log_whose_topics_somebody_changed_is_refused(there: KafkaSettings) -> None:
    await (await KafkaLog.open(there, PARTITIONS, {PAGES: DAY})).close()
    await configure(there, PAGES, cleanup_policy="compact")
    with pytest.raises(LogError, match=r"pages cleanup.policy=compact.*: .* задайте cleanup.policy=delete, max.message.bytes="):
        await KafkaLog.open(there, PARTITIONS, {PAGES: DAY})
    await configure(there, PAGES, retention_ms=str(DAY))
    with pytest.raises(LogError, match=rf"задайте retention.ms={BACKSTOP * DAY}, max.message.bytes="):
        await KafkaLog.open(there, PARTITIONS, {PAGES: DAY})
    await configure(there, PAGES, retention_ms=str(9 * DAY), max_message_bytes="3000000")
    await (await KafkaLog.open(there, PARTITIONS, {PAGES: DAY})).close()
    async with administration(there) as admin:
        await admin.create_partitions({there.topic(PAGES): NewPartitions(5)})
    with pytest.raises(LogError, match=r"pages: 5, а в журнале 3; .* эпоху 2"):
        await KafkaLog.open(there, PARTITIONS)


async def test_a_topic_that_is_gone_is_not_made_again_in_silence(there: KafkaSettings) -> None:
    await (await KafkaLog.open(there, PARTITIONS)).close()
    async with administration(there) as admin:
        await admin.delete_topics([there.topic(WATCH)])
    with pytest.raises(LogError, match=r"watch нет"):
        await KafkaLog.open(there, PARTITIONS)


async def test_of_two_that_make_the_log_at_once_one_wins(there: KafkaSettings) -> None:
    first, second = await asyncio.gather(KafkaLog.open(there), KafkaLog.open(there))
    assert first.layout == second.layout
    for log in (first, second):
        await log.close()
    other = replace(there, prefix=f"{there.prefix}-other")
    outcomes: list[Any] = await asyncio.gather(*(KafkaLog.open(other, identity=name) for name in ("a", "b")), return_exceptions=True)
    won = [log for log in outcomes if isinstance(log, KafkaLog)]
    refused = [error for error in outcomes if isinstance(error, LogError)]
    assert (len(won), len(refused)) == (1, 1)
    assert f"это журнал {won[0].layout.identity}" in str(refused[0])
    await won[0].close()


async def test_an_epoch_begins_when_the_old_one_is_drained(there: KafkaSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK", 0.0)
    log = await KafkaLog.open(there, PARTITIONS)
    await log.append([page(b"a"), page(b"b", 1)])
    more = {PAGES: 5, WATCH: 1, INCIDENTS: 1}
    with pytest.raises(LogError, match=r"pages никто не читал"):
        await begin_epoch(there, more)
    await log.commit("triage", PAGES, 0, 1)
    with pytest.raises(LogError, match=r"не дочитан, эпоху 2 не начать: .*triage осталось записей .*pages: 1"):
        await begin_epoch(there, more)
    await log.commit("triage", PAGES, 1, 1)
    with pytest.raises(LogError, match=r"разделы не убрать \(pages\)"):
        await begin_epoch(there, {PAGES: 2, WATCH: 1})
    assert (await begin_epoch(there, more)).epoch == 2

    with pytest.raises(LogError, match=r"начал эпоху 2, а этот процесс работает в эпохе 1; перезапустите его"):
        await log.append([page(b"c")])
    await log.close()
    with pytest.raises(LogError, match="начните эпоху 3"):
        await KafkaLog.open(there, PARTITIONS)
    log = await KafkaLog.open(there, more)
    assert (log.layout.epoch, dict(log.layout.partitions)) == (2, more)
    assert await log.append([page(b"d"), page(b"e", 4), Append(INCIDENTS, 0, "i", b"", 0)]) == [1, 0, 0]
    await log.close()


async def test_workers_that_run_keep_an_epoch_and_its_commits(there: KafkaSettings) -> None:
    log = await KafkaLog.open(there, PARTITIONS)
    await log.append([page(b"a")])
    async with AIOKafkaConsumer(
        there.topic(PAGES), bootstrap_servers=there.servers, group_id=there.group("triage"), enable_auto_commit=False
    ) as worker:
        assert worker.assignment()
        with pytest.raises(RetryableError, match=r"triage есть свои участники"):
            await log.commit("triage", PAGES, 0, 1)
        with pytest.raises(LogError, match=r"triage есть работающие процессы"):
            await begin_epoch(there, PARTITIONS)
        await worker.commit({worker_slot: 1 for worker_slot in worker.assignment() if worker_slot.partition == 0})
    assert await log.committed("triage", PAGES, 0) == 1
    await log.close()


async def test_processes_share_cursors_and_wake_each_other(there: KafkaSettings) -> None:
    one, other = [await KafkaLog.open(there, PARTITIONS) for _ in range(2)]
    waiting = asyncio.ensure_future(other.wait(PAGES, 0, 0, 60))
    await asyncio.sleep(0)
    await one.append([page(b"a")], cursors={"s": "1"})
    assert await waiting
    assert await all_of(other) == [b"a"]
    for number in range(3):
        await one.append([], cursors={"s": f"one {number}"})
        assert await other.cursor("s") == f"one {number}"
        await other.append([], cursors={"s": f"other {number}"}, budgets={"vk": str(number)})
        assert (await one.cursor("s"), await one.budget("vk")) == (f"other {number}", str(number))
    for log in (one, other):
        await log.close()


async def test_a_compacted_topic_is_read_over_its_gaps(there: KafkaSettings) -> None:
    log = await KafkaLog.open(there, {INCIDENTS: 1})
    await configure(there, INCIDENTS, cleanup_policy="compact", segment_ms="1", min_cleanable_dirty_ratio="0.01")
    for number in range(10):
        await log.append([Append(INCIDENTS, 0, f"{key}", b"%d" % number, number * 1000) for key in range(20)])
    for _ in range(600):
        if len(found := await all_of(log, INCIDENTS)) <= 60:
            break
        await asyncio.sleep(0.1)
    assert found[-20:] == [b"9"] * 20
    first, end = await log.bounds(INCIDENTS, 0)
    records = await log.read(INCIDENTS, 0, first + 1, 1)
    assert records[0].offset > first + 1
    assert (first, end) == (0, 200)
    await log.close()


async def test_a_record_that_is_too_large_is_told_and_hurts_nobody(there: KafkaSettings) -> None:
    log = await KafkaLog.open(there, PARTITIONS)
    with pytest.raises(RetryableError, match=r"больше max_record_bytes"):
        await log.append([page(b"a"), page(bytes(3 << 20))], cursors={"s": "1"})
    assert await log.append([page(b"b")]) == [0]
    await configure(there, PAGES, max_message_bytes="10000")
    outcomes = await asyncio.gather(
        log.append([page(bytes(20_000))], cursors={"s": "1"}), log.append([page(b"c", 1)]), return_exceptions=True
    )
    assert isinstance(outcomes[0], RetryableError)
    assert "MessageSizeTooLarge" in str(outcomes[0])
    assert await log.cursors() == {}
    assert await log.append([page(b"d")]) == [1]
    assert await all_of(log) == [b"b", b"d"]
    await log.close()


async def test_nobody_answers(there: KafkaSettings) -> None:
    (port,) = free_ports(1)
    nowhere = replace(there, servers=f"127.0.0.1:{port}", timeout=0.5)
    with pytest.raises(RetryableError, match=rf"Kafka \(127.0.0.1:{port}\): .* работают ли брокеры"):
        await KafkaLog.open(nowhere)


async def test_credentials_are_not_shown(there: KafkaSettings) -> None:
    secret = replace(there, security_protocol="SASL_PLAINTEXT", username="crawler", password="swordfish", timeout=0.5)
    assert "swordfish" not in repr(secret)
    assert secret.client()["sasl_plain_password"] == "swordfish"
    with pytest.raises(RetryableError) as refused:
        await KafkaLog.open(secret)
    assert "swordfish" not in str(refused.value)
    with pytest.raises(ConfigError, match="ca_file"):
        replace(there, security_protocol="SSL", ca_file="/nowhere").client()


async def test_a_paused_broker_makes_calls_fail_in_time_and_loses_nothing(there: KafkaSettings, kafka: Broker) -> None:
    hasty = replace(there, timeout=1.5)
    log, dying = await KafkaLog.open(hasty, PARTITIONS), await KafkaLog.open(hasty, PARTITIONS)
    for each in (log, dying):
        await each.append([page(b"a")])
    kafka.pause()
    try:
        calls = [log.append([page(b"b")], cursors={"s": "b"}), dying.append([page(b"c", 1)]), log.bounds(PAGES, 0)]
        for outcome in await asyncio.gather(*calls, log.read(PAGES, 0, 0), log.cursor("s"), return_exceptions=True):
            assert isinstance(outcome, RetryableError), outcome
        assert await log.wait(PAGES, 0, 99, 0.1) is False
        await dying.close()
    finally:
        kafka.resume()
    async with asyncio.timeout(60):
        while True:
            try:
                await log.append([page(b"b")], cursors={"s": "again"})
                break
            except RetryableError:
                pass
    found = await all_of(log)
    assert found[:2] == [b"a", b"a"]
    assert set(found[2:]) == {b"b"}
    assert await log.cursor("s") == "again"
    await log.close()


async def test_a_broker_that_dies_and_comes_back_loses_nothing_and_keeps_the_order(there: KafkaSettings, kafka: Broker) -> None:
    log = await KafkaLog.open(replace(there, timeout=120.0), PARTITIONS)
    stopping = False
    sent: dict[int, int] = {}

    async def append(partition: int) -> None:
        while not stopping:
            number = sent.get(partition, 0)
            await log.append([page(b"%d" % number, partition)], cursors={str(partition): str(number)})
            sent[partition] = number + 1

    async def read(partition: int) -> list[bytes]:
        found: list[bytes] = []
        while not stopping or len(found) < sent[partition]:
            if await log.wait(PAGES, partition, len(found), 0.2):
                found += [record.value for record in await log.read(PAGES, partition, len(found))]
        return found

    async def trouble() -> None:
        nonlocal stopping
        try:
            assert await log.wait(PAGES, 0, 20, 60)
            kafka.kill()
            await asyncio.get_running_loop().run_in_executor(None, kafka.start)
            _, end = await log.bounds(PAGES, 0)
            assert await log.wait(PAGES, 0, end + 20, 60)
        finally:
            stopping = True

    *_, one, other = await asyncio.gather(append(0), append(1), trouble(), read(0), read(1))
    assert one == [b"%d" % number for number in range(sent[0])]
    assert other == [b"%d" % number for number in range(sent[1])]
    assert await log.cursors() == {str(partition): str(count - 1) for partition, count in sent.items()}
    await log.close()


async def test_a_foreign_record_stops_nobody(there: KafkaSettings) -> None:
    # Whatever it is, the stages make a dead letter of its value; its key tells nobody anything.
    log = await KafkaLog.open(there)
    producer = Producer(there)
    await producer.append([Outgoing(there.topic(PAGES), 0, b"\xff\xfe", b"\xff", None)])
    await producer.close()
    await log.append([page(b"two")])
    assert await all_of(log) == [b"\xff", b"two"]
    await log.close()


async def test_kafka_does_not_forget_what_workers_commit(there: KafkaSettings) -> None:
    # After a week without workers it would: then what they have still to read is trimmed, and a watch log without its middle is
    # refused for ever.
    log = await KafkaLog.open(there)
    await log.append([page(b"one")])
    worker = AIOKafkaConsumer(
        there.topic(PAGES), bootstrap_servers=there.servers, group_id=there.group("triage"), enable_auto_commit=False
    )
    await worker.start()
    try:
        assert worker.assignment()
        await worker.commit(dict.fromkeys(worker.assignment(), 1))
    finally:
        await worker.stop()
    expires = await commit_expires(there, there.group("triage"))
    assert expires > (time.time() + 365 * 86_400) * 1000
    await log.close()


async def commit_expires(there: KafkaSettings, group: str) -> int:
    """When (ms) Kafka forgets a commit of the group, by its own topic of them; 0: when it likes."""
    name = group.encode()
    wanted = struct.pack(">hh", 1, len(name)) + name
    async with administration(there) as admin:
        (topic,) = await admin.describe_topics(["__consumer_offsets"])
    reader = AIOKafkaConsumer(bootstrap_servers=there.servers, auto_offset_reset="earliest", enable_auto_commit=False)
    await reader.start()
    try:
        reader.assign([TopicPartition(topic["topic"], one["partition"]) for one in topic["partitions"]])
        async with asyncio.timeout(60):
            while True:
                for records in (await reader.getmany(timeout_ms=500)).values():
                    for record in records:
                        if record.key.startswith(wanted) and record.value:
                            # Version 1 of the value ends with two times: of the commit, and of its end.
                            (version,) = struct.unpack_from(">h", record.value)
                            return int(struct.unpack(">q", record.value[-8:])[0]) if version == 1 else 0
    finally:
        await reader.stop()

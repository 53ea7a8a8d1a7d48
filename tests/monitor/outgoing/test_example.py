"""The README's consumer, as it stands there, at a real Kafka."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from aiokafka import AIOKafkaConsumer

from monitor.log.base import EVENTS, INCIDENTS, PAGES, Append
from monitor.log.kafka.log import KafkaLog
from monitor.log.kafka.settings import KafkaSettings
from monitor.outgoing.write import Outgoing, appends
from tests.crash.region import START
from tests.kafka.broker import Broker

README = Path(__file__).parents[3] / "README.md"
MARKED = [("content-type", b"application/cloudevents+json; charset=UTF-8")]


def line(one: Outgoing) -> str:
    event = json.loads(one.value)
    data = event["data"]
    return f"{event['id']} {data['status']} {data['theme']} {data['members']}\n"


async def test_the_example_hears_every_change_once(kafka: Broker, sent: list[Outgoing], tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    script = tmp_path / "follow.py"
    script.write_text(code, encoding="utf-8")
    assert len(code.splitlines()) <= 25
    settings = KafkaSettings(kafka.address, "example", replication_factor=1, min_insync_replicas=1)
    log = await KafkaLog.open(settings)
    incidents = [one for one in sent if one.topic == INCIDENTS]
    records = [*appends(incidents, log.layout.partitions, START)]
    half = len(records) // 2
    await log.append(records[:half])
    reader = await asyncio.create_subprocess_exec(sys.executable, script, kafka.address, settings.topic(INCIDENTS), stdout=PIPE)
    try:
        assert reader.stdout is not None
        async with asyncio.timeout(120):
            heard = [(await reader.stdout.readline()).decode() for _ in range(half)]
            # A stage that crashed goes back and repeats.
            await log.append(records[half // 2 :])
            heard += [(await reader.stdout.readline()).decode() for _ in range(len(records) - half)]
        assert heard == [line(one) for one in incidents]
    finally:
        reader.kill()
        await reader.wait()
        await log.close()


async def test_kafka_marks_events_and_nothing_else(kafka: Broker) -> None:
    settings = KafkaSettings(kafka.address, "marked", replication_factor=1, min_insync_replicas=1)
    log = await KafkaLog.open(settings)
    await log.append([Append(topic, 0, "key", b"{}", START) for topic in (PAGES, *sorted(EVENTS))])
    for topic in (PAGES, *EVENTS):
        name = settings.topic(topic)
        async with AIOKafkaConsumer(name, bootstrap_servers=kafka.address, auto_offset_reset="earliest") as consumer:
            record = await asyncio.wait_for(consumer.getone(), 20)
        assert list(record.headers) == (MARKED if topic in EVENTS else [])
        assert [one.value for one in await log.read(topic, 0, 0)] == [b"{}"]
    await log.close()

"""The Faust app of a stage: one topic, one consumer group, one agent.

What Faust is used for: who reads which partition, fetching ahead in a thread of its own that goes on with its heartbeats whatever the
stage does, and commits under the membership. What is not used, and why:

- Acks. Its stream acks what it skips after a rebalance, done or not (where it runs without its compiled part), and its rule of gaps
  lets one record slip: committed up to 100, 101 acked and 100 not, it commits 102. So the topic is declared without acks, and a
  runner's commit is sent as it is.
- Isolated partitions. An actor whose partition goes is cancelled, which its supervisor takes for a crash: it is started again for a
  partition that is not assigned, which the next rebalance asserts not to be. The agent reads all partitions; runners are ours.
- Tables, its producer, its web server, its leader topic: the log, the store and /metrics are there already.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

import faust
from aiokafka.errors import KafkaError
from faust.types import TP

from monitor.cluster.gathering import gather
from monitor.log.base import Record
from monitor.log.kafka.settings import KafkaSettings
from monitor.model.errors import NabatError

FETCH_BYTES = 2 << 20
"""Of one partition, fetched ahead: some dozens of pages."""

POLL_RECORDS = 200
"""Records that go to the stream at once; they come even after a feed has called itself full, so this bounds what it holds then."""

STREAM_LOTS = 10
"""The stream's own buffer: the agent empties it at once into the feeds, which are bounded by bytes."""

IDLE_SECONDS = 86_400.0
"""How long all partitions may stand still before the worker leaves the group: waiting for a store that is down is no fault of its
own, and moving its partitions would not help. Standing still for other reasons is the watchdog's business.
"""

REBALANCE_SECONDS = 30.0
"""How long a rebalance waits for its members to join it. Ours do at once, since none has to finish anything first."""


def make_app(settings: KafkaSettings, name: str, folder: Path, session_seconds: float) -> Any:
    """An app whose group is ``name``'s; made in the event loop that will run it. Faust's own types leave out half of what it has."""
    return faust.App(
        settings.group(name),
        broker=[f"kafka://{server.strip()}" for server in settings.servers.split(",")],
        broker_credentials=_credentials(settings),
        broker_client_id=settings.group(name),
        broker_session_timeout=session_seconds,
        broker_heartbeat_interval=session_seconds / 5,
        broker_rebalance_timeout=REBALANCE_SECONDS,
        broker_request_timeout=max(REBALANCE_SECONDS, session_seconds) + 5,
        broker_max_poll_interval=IDLE_SECONDS,
        broker_max_poll_records=POLL_RECORDS,
        consumer_max_fetch_size=FETCH_BYTES,
        consumer_auto_offset_reset="earliest",
        stream_buffer_maxsize=STREAM_LOTS,
        stream_wait_empty=False,
        processing_guarantee="at_least_once",
        table_standby_replicas=0,
        topic_allow_declare=False,
        topic_disable_leader=True,
        store="memory://",
        datadir=str(folder),
        web_enabled=False,
        autodiscover=False,
    )


class Listener(Protocol):
    """Who is told what Faust brings, in the event loop of the worker."""

    def put(self, record: Record) -> None:
        """A record of a partition that is ours, or was a moment ago."""

    async def assigned(self, partitions: set[int]) -> None:
        """These are ours from now on, no others. To be short: the coordinator hears nothing of us before it returns."""

    def revoked(self) -> None:
        """None is ours until ``assigned``."""


class Membership:
    """A member of the group that shares out a topic's partitions, from ``run`` to ``leave``."""

    def __init__(
        self,
        settings: KafkaSettings,
        group: str,
        topic: str,
        folder: Path,
        session_seconds: float,
        gather_seconds: float,
        listener: Listener,
    ) -> None:
        self._topic = settings.topic(topic)
        self._app = make_app(settings, group, folder, session_seconds)
        gather(self._app, gather_seconds)
        raw: dict[str, Any] = {"key_type": bytes, "value_type": bytes, "key_serializer": "raw", "value_serializer": "raw"}
        source = self._app.topic(self._topic, acks=False, **raw)

        async def take(stream: Any) -> None:
            async for event in stream.noack().events():
                for one in event.message.records:
                    key, value = (one.key or b"").decode(errors="replace"), one.value or b""
                    listener.put(Record(topic, one.partition, one.offset, key, value, round(one.timestamp * 1000)))

        async def assigned(_: Any, slots: Iterable[TP], **__: Any) -> None:
            await listener.assigned({slot.partition for slot in slots})

        async def revoked(_: Any, __: Iterable[TP], **___: Any) -> None:
            listener.revoked()

        self._app.agent(source, name=group)(take)
        self._app.on_partitions_assigned.connect(assigned)
        self._app.on_partitions_revoked.connect(revoked)

    async def run(self) -> None:
        """Joins, and returns after ``leave``. NabatError where Faust ends by itself."""
        try:
            await self._app.start()
            await self._app.wait_until_stopped()
        except KafkaError as error:
            raise NabatError(f"Faust не смог войти в свою группу ({error})") from None
        if self._app.crashed:
            raise NabatError(f"Faust остановился ({self._app.crash_reason!r}); перезапустите процесс, он продолжит по журналу")

    async def leave(self) -> None:
        """The partitions go to others at once."""
        await self._app.stop()

    async def commit(self, partition: int, offset: int) -> None:
        """Dropped where the partition is no longer ours."""
        await self._app.consumer._commit_offsets({TP(self._topic, partition): offset})

    def flow(self, partition: int, more: bool) -> None:
        """Whether a partition may bring more than what is under way."""
        if more:
            self._app.consumer.on_buffer_drop(TP(self._topic, partition))
        else:
            self._app.consumer.on_buffer_full(TP(self._topic, partition))


def _credentials(settings: KafkaSettings) -> Any:
    """None stands for a plain connection."""
    context = settings.client().get("ssl_context")
    if settings.security_protocol.startswith("SASL"):
        return faust.SASLCredentials(
            username=settings.username, password=settings.password, mechanism=settings.sasl_mechanism, ssl_context=context
        )
    return faust.SSLCredentials(context) if context is not None else None

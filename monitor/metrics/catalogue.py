"""All metrics of Nabat, each a typed attribute. Seconds, bytes, ``_total``; no label grows with users, posts or sources."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib.metadata import version as installed
from itertools import product
from typing import Any, Literal, TypeVar, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from monitor.metrics.labels import (
    AppealKind,
    Bucket,
    DeadReason,
    DeadScope,
    DeliveryChannel,
    DeliveryOutcome,
    DestinationState,
    DuplicateKind,
    FilteredReason,
    HeartbeatOutcome,
    Labelled,
    Partitions,
    PostOutcome,
    PushOutcome,
    RequestOutcome,
    SinkFailure,
    SourceState,
    Stage,
    TokenState,
)
from monitor.model.incident import AlertKind, AlertLevel
from monitor.model.rows import TABLES

M = TypeVar("M", Counter, Gauge, Histogram)

WORK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""Bounds for a piece of work, seconds: a batch takes tens of milliseconds, a slow insert seconds."""

DETECTION = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)
"""Bounds for fetched to alert: a second is the aim for what is urgent; a spike waits for its bucket of minutes to close."""

END_TO_END = (1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 21600, 86400)
"""Bounds for published to written: the crawler's interval (seconds to minutes) rules, and a source that catches up takes hours."""


@dataclass(frozen=True)
class Spec:
    """A metric as documentation and tests see it. ``labels`` with their values; without: they are open, but few."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    labels: dict[str, tuple[str, ...]]
    help: str


class Metrics:
    """Registers everything with ``registry``; ``specs`` lists it in order. Safe to use from several threads.

    What the client library knows of the process (memory, processor, open files) is exposed beside it, where the system tells.
    """

    def __init__(self, registry: CollectorRegistry, version: str = "") -> None:
        self._registry = registry
        self.specs: list[Spec] = []

        self.pages: Labelled[Counter, Stage] = self._counters("nabat_pages_total", "Pages that a stage has done.", stage=Stage)
        self.posts: Labelled[Counter, PostOutcome] = self._counters(
            "nabat_posts_total", "Posts that triage has taken, by what became of them.", outcome=PostOutcome
        )
        self.appeals: Labelled[Counter, AppealKind] = self._counters(
            "nabat_appeals_total", "Appeals found among new and changed posts.", kind=AppealKind
        )
        self.filtered: Labelled[Counter, FilteredReason] = self._counters(
            "nabat_filtered_total",
            "Posts that count for nothing: adverts and spam, one author's text in many places.",
            reason=FilteredReason,
        )
        self.duplicates: Labelled[Counter, DuplicateKind] = self._counters(
            "nabat_duplicates_total", "Posts that repeat an earlier text, word for word or nearly.", how=DuplicateKind
        )
        self.incidents_open = self._gauge("nabat_incidents_open", "Number of incidents that are open.")
        self.alerts: Labelled[Counter, tuple[AlertKind, AlertLevel]] = self._counters(
            "nabat_alerts_total", "Alerts raised.", kind=AlertKind, level=AlertLevel
        )
        self.dead_letters: Labelled[Counter, tuple[DeadScope, DeadReason]] = self._counters(
            "nabat_dead_letters_total",
            "Pages and posts that could not be taken. See nabat deadletters list.",
            scope=DeadScope,
            reason=DeadReason,
        )

        self.stage_seconds: Labelled[Histogram, Stage] = self._histograms(
            "nabat_stage_seconds", "Time of one batch in a stage, from the end of the read to the commit.", WORK, stage=Stage
        )
        self.end_to_end_seconds = self._histogram(
            "nabat_end_to_end_seconds", "From the publication of a post to its row being written.", END_TO_END
        )
        self.detection_seconds = self._histogram(
            "nabat_detection_seconds", "From the fetch of what raised an alert to the alert.", DETECTION
        )
        self.loop_seconds: Labelled[Counter, tuple[Stage, Bucket]] = self._counters(
            "nabat_loop_seconds_total",
            "Wall time of a stage's loop by what it was doing; the buckets of a stage add up to its running time.",
            stage=Stage,
            bucket=Bucket,
        )
        self.lag_records = Partitions(
            self._family(
                Gauge, "nabat_lag_records", "Records of a partition that its stage has still to do.", {"topic": (), "partition": ()}
            )
        )
        self.clock_doubted = self._gauge(
            "nabat_clock_doubted",
            "1 while watch reads a time far ahead of all that sources have dated: some machine's clock is wrong.",
        )
        self.watchdog_stalled: Labelled[Gauge, Stage] = self._gauges(
            "nabat_watchdog_stalled", "1 while a stage has records to do and gets nowhere.", stage=Stage
        )

        self.sources: Labelled[Gauge, SourceState] = self._gauges("nabat_sources", "Number of sources, by state.", state=SourceState)
        self.tokens: Labelled[Gauge, TokenState] = self._gauges(
            "nabat_tokens", "Number of tokens of networks, by how they stand.", state=TokenState
        )
        self.requests: Labelled[Counter, RequestOutcome] = self._counters(
            "nabat_requests_total", "Requests to networks, by how they ended for the token.", outcome=RequestOutcome
        )
        self.crawl_late_seconds = self._gauge(
            "nabat_crawl_late_seconds", "Time by which the ceiling of a source is exceeded at most; 0 while all hold."
        )
        self.short_limits = self._gauge(
            "nabat_short_limits", "Number of limits of networks that do not cover the ceilings of the sources under them."
        )
        self.backfill_ratio = self._gauge(
            "nabat_backfill_ratio", "Share of the time that is asked for as history that has been read; 1 where none is asked for."
        )
        self.pushes: Labelled[Counter, PushOutcome] = self._counters(
            "nabat_pushes_total", "Requests of networks to the receiver, by what became of them.", outcome=PushOutcome
        )
        self.parked_sources = self._gauge(
            "nabat_parked_sources",
            "Number of sources whose pages go whole to the dead letters, because too many of their posts failed.",
        )
        self.oldest_source_seconds = self._gauge(
            "nabat_oldest_source_seconds", "Age of the oldest time up to which a watched source has certainly been read."
        )

        self.sink_inserts: Labelled[Counter, str] = self._counters(
            "nabat_sink_inserts_total", "Inserts that were stored.", table=tuple(TABLES.values())
        )
        self.sink_rows: Labelled[Counter, str] = self._counters(
            "nabat_sink_rows_total", "Rows that were stored.", table=tuple(TABLES.values())
        )
        self.sink_failures: Labelled[Counter, SinkFailure] = self._counters(
            "nabat_sink_failures_total", "Inserts that failed; they are tried again but for setup and rejected.", reason=SinkFailure
        )
        self.sink_seconds = self._histogram("nabat_sink_seconds", "Time of one insert that was stored.", WORK)
        self.backpressure: Labelled[Counter, Stage] = self._counters(
            "nabat_backpressure_total", "Times that a stage had to stop reading because its sink could take no more.", stage=Stage
        )
        self.backpressure_active: Labelled[Gauge, Stage] = self._gauges(
            "nabat_backpressure_active", "1 while a stage does not read because its sink can't take more.", stage=Stage
        )
        self.log_bytes = self._gauge("nabat_log_bytes", "Size of the embedded log on the disk.")
        self.snapshot_seconds = self._histogram("nabat_snapshot_seconds", "Time to take and store one snapshot of a region.", WORK)
        self.snapshot_bytes = self._gauge("nabat_snapshot_bytes", "Size of the last snapshot.")

        self.deliveries: Labelled[Counter, tuple[DeliveryChannel, DeliveryOutcome]] = self._counters(
            "nabat_deliveries_total",
            "Messages to people and systems that reached their end, and attempts that failed and are made again.",
            channel=DeliveryChannel,
            outcome=DeliveryOutcome,
        )
        self.deliveries_waiting: Labelled[Gauge, DeliveryChannel] = self._gauges(
            "nabat_deliveries_waiting", "Number of messages that wait for their destinations.", channel=DeliveryChannel
        )
        self.destinations: Labelled[Gauge, DestinationState] = self._gauges(
            "nabat_destinations", "Number of configured destinations, by state.", state=DestinationState
        )
        self.heartbeats: Labelled[Counter, HeartbeatOutcome] = self._counters(
            "nabat_heartbeats_total", "Check-ins at the outside address, by what became of them.", outcome=HeartbeatOutcome
        )
        self.delivery_seconds: Labelled[Histogram, DeliveryChannel] = self._histograms(
            "nabat_delivery_seconds",
            "From the queueing of a message to its being taken by the receiver.",
            DETECTION,
            channel=DeliveryChannel,
        )

        build = self._family(
            Gauge, "nabat_build_info", "Always 1; the labels tell the version that runs.", {"version": (), "python": ()}
        )
        build.labels(version or installed("nabat"), platform.python_version()).set(1)
        ProcessCollector(registry=registry)

    def _counters(self, name: str, text: str, **labels: Any) -> Labelled[Counter, Any]:
        return self._labelled(Counter, name, text, labels)

    def _gauge(self, name: str, text: str) -> Gauge:
        return self._family(Gauge, name, text, {})

    def _gauges(self, name: str, text: str, **labels: Any) -> Labelled[Gauge, Any]:
        return self._labelled(Gauge, name, text, labels)

    def _histogram(self, name: str, text: str, bounds: tuple[float, ...]) -> Histogram:
        return self._family(Histogram, name, text, {}, buckets=bounds)

    def _histograms(self, name: str, text: str, bounds: tuple[float, ...], **labels: Any) -> Labelled[Histogram, Any]:
        return self._labelled(Histogram, name, text, labels, buckets=bounds)

    def _labelled(self, kind: type[M], name: str, text: str, labels: dict[str, Any], **options: Any) -> Labelled[M, Any]:
        """``labels`` by name: a Literal type or the values themselves."""
        values = {label: allowed if isinstance(allowed, tuple) else get_args(allowed) for label, allowed in labels.items()}
        return Labelled(self._family(kind, name, text, values, **options), product(*values.values()))

    def _family(self, kind: type[M], name: str, text: str, labels: dict[str, tuple[str, ...]], **options: Any) -> M:
        self.specs.append(Spec(name, kind._type, labels, text))  # type: ignore[arg-type]
        return kind(name, text, tuple(labels), registry=self._registry, **options)

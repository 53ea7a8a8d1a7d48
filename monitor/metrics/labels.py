"""The closed sets of label values, and metrics that know theirs: all children exist from the start, so zeros can be seen.

The sets repeat those of the rooms that own them, since metrics import no stage and no sink; a test keeps the two equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Generic, Literal, TypeVar

from prometheus_client import Counter, Gauge, Histogram

Stage = Literal["crawl", "triage", "watch", "deliver"]
Bucket = Literal["wait", "decode", "triage", "watch", "sink", "log", "snapshot"]
PostOutcome = Literal["new", "changed", "deleted", "known", "dead"]
AppealKind = Literal["complaint", "question", "suggestion", "thanks"]
FilteredReason = Literal["advert", "repetition"]
DuplicateKind = Literal["exact", "near"]
DeadScope = Literal["page", "post"]
DeadReason = Literal[
    "broken_json",
    "wrong_type",
    "missing_id",
    "unknown_version",
    "not_a_page",
    "unknown_region",
    "parser",
    "parked",
    "stage_error",
]
SinkFailure = Literal["refused", "timeout", "overloaded", "server", "setup", "rejected"]
DeliveryChannel = Literal["telegram", "max", "email", "sms", "webhook"]
DeliveryOutcome = Literal["sent", "failed", "refused", "expired", "merged"]
HeartbeatOutcome = Literal["sent", "failed", "withheld"]
DestinationState = Literal["ok", "failing"]
PushOutcome = Literal["taken", "repeated", "refused", "delayed", "failed"]
SourceState = Literal[
    "new", "ok", "empty", "catching_up", "limited", "silent", "unavailable", "broken", "forbidden", "gone", "parked"
]

TokenState = Literal["ready", "resting", "parked", "elsewhere"]
RequestOutcome = Literal["ok", "rate", "flood", "quota", "dead", "captcha", "failed"]

M = TypeVar("M", Counter, Gauge, Histogram)
K = TypeVar("K")


class Labelled(Generic[M, K]):
    """One child for each combination of label values: ``metrics.posts["new"].inc()``; with two labels the key is a tuple."""

    def __init__(self, family: M, keys: Iterable[tuple[str, ...]]) -> None:
        self._children: dict[Any, M] = {key if len(key) > 1 else key[0]: family.labels(*key) for key in keys}

    def __getitem__(self, key: K) -> M:
        return self._children[key]

    def add(self: Labelled[Counter, K], counts: Mapping[Any, float]) -> None:
        """Adds a stage's own counts, by key. KeyError for a key outside the closed set."""
        for key, count in counts.items():
            self._children[key].inc(count)

    def put(self: Labelled[Gauge, K], values: Mapping[Any, float]) -> None:
        """Sets all children: those that ``values`` does not name to zero. KeyError for a key outside the closed set."""
        if unknown := set(values) - set(self._children):
            raise KeyError(*unknown)
        for key, child in self._children.items():
            child.set(values.get(key, 0))


class Partitions:
    """A gauge by topic and partition: only those that this process reads are shown."""

    def __init__(self, family: Gauge) -> None:
        self._family = family

    def set(self, topic: str, partition: int, value: float) -> None:
        self._family.labels(topic, str(partition)).set(value)

    def forget(self, topic: str, partition: int) -> None:
        """Takes a partition out that another process reads from now on."""
        self._family.remove(topic, str(partition))

"""The two stages outside any runtime: made with small bounds, fed in batches, their effects gathered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from monitor.log.base import WATCH, Record
from monitor.model.position import Position
from monitor.model.rows import Row
from monitor.model.watch import WatchRecord, encode_record
from monitor.outgoing.write import Outgoing
from monitor.triage.memory import SeenTexts
from monitor.triage.stage import Triage, TriageSettings
from monitor.watch.stage import Watch
from sinks.base import Known
from sources.simulated.world import World
from tests.crash.region import EPOCH, HOUR, REGION, SteadyClassifier

T = TypeVar("T")

TEXTS = 60
LIMITS = TriageSettings(remember_posts=40, remember_repeats=20, park_share=0.5, park_minimum=12)
"""Everything that can fall out of a memory does so within the two hours."""
ROOMY = replace(LIMITS, remember_posts=1_000_000)


class Asks(Protocol):
    """The part of sinks.base.TriageReader that a running stage needs, without waiting."""

    def known(self, ids: Iterable[str], below: int) -> dict[str, Known]: ...


def triage(world: World, limits: TriageSettings = LIMITS) -> Triage:
    """Letters are not encrypted; a text is remembered for an hour."""
    sources = {source.id: source for source in world.sources}
    stage = Triage(EPOCH, {REGION: SteadyClassifier()}, sources, limits, lambda payload, place: payload)
    stage.texts = SeenTexts(TEXTS, HOUR)
    return stage


def batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))


@dataclass(slots=True)
class Done:
    """What a stage has brought about: rows and findings or outgoing records, in order."""

    rows: list[Row] = field(default_factory=list)
    findings: list[bytes] = field(default_factory=list)
    outgoing: list[Outgoing] = field(default_factory=list)


def run_triage(stage: Triage, records: Sequence[Record], size: int, store: Asks, rows: list[Row] | None = None) -> Done:
    """Runs records of one partition in batches. Rows are put into ``rows`` batch by batch, where ``store`` may look for them."""
    done = Done(rows=[] if rows is None else rows)
    for batch in batches(records, size):
        decoded = stage.decode(batch)
        below = Position(EPOCH, batch[0].partition, batch[0].offset).pack()
        effects = stage.process(decoded, store.known(stage.forgotten(decoded), below))
        done.rows += effects.rows
        done.findings += [encode_record(one) for one in effects.findings]
        done.outgoing += effects.outgoing
    return done


def run_watch(stage: Watch, records: Sequence[Record], size: int) -> Done:
    done = Done()
    for batch in batches(records, size):
        effects = stage.process(batch)
        done.rows += effects.rows
        done.outgoing += effects.outgoing
    return done


def watch_record(offset: int, record: WatchRecord | bytes) -> Record:
    return Record(WATCH, 0, offset, "", record if isinstance(record, bytes) else encode_record(record), 0)

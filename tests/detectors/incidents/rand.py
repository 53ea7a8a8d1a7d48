"""``python -m tests.detectors.incidents.rand``: the simulated region through triage and watch, its incidents against the truth.

Both stages run as they are shipped: profile, classifier and settings. An appeal that was not found is an incident of its own.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from detectors.classifier import RuleClassifier
from detectors.duplicates import NearDuplicates
from detectors.spikes import Spikes
from monitor.log.base import PAGES, WATCH, Record
from monitor.model.codec import encode
from monitor.model.rows import AppealRow, IncidentRow
from monitor.model.watch import Tick, Use, encode_record
from monitor.profile.load import load_profile
from monitor.profile.model import Profile
from monitor.triage.stage import Triage, TriageSettings
from monitor.watch.region import Region
from monitor.watch.settings import Names, WatchSettings
from monitor.watch.stage import Watch
from sources.simulated.truth import Truth
from sources.simulated.world import Options, World
from tests.detectors.incidents.agreement import adjusted_rand

START = 1_768_165_200_000
"""Monday, 12 January 2026, 01:00 in Samara: the cold season."""
HOUR = 3_600_000
BATCH = 60


@dataclass(slots=True)
class Seen:
    """What both stages made of a world: current rows, and the truth about every appeal as it was first written."""

    appeals: dict[str, AppealRow]
    incidents: dict[str, IncidentRow]
    truth: list[Truth]

    def incident(self, post: str) -> str:
        row = self.appeals.get(post)
        return row.incident if row is not None and row.status == "active" else post

    def parent(self, post: str) -> str:
        row = self.incidents.get(self.incident(post))
        return (row.parent or row.id) if row is not None else post

    def agreement(self) -> tuple[float, float]:
        """Adjusted Rand indices of incidents and of parents."""
        names = [truth.id for truth in self.truth]
        return (
            adjusted_rand([self.incident(name) for name in names], [truth.incident for truth in self.truth]),
            adjusted_rand([self.parent(name) for name in names], [truth.parent for truth in self.truth]),
        )


def see(world: World, start: int, end: int) -> Seen:
    """Pages of (start, end] through both stages."""
    seen = Seen({}, {}, true_appeals(world, start, end))
    stage = _watch(world.profile)
    for number, record in enumerate(watch_records(world, start, end)):
        for row in stage.process([Record(WATCH, 0, number, "", record, 0)]).rows:
            if isinstance(row, AppealRow):
                seen.appeals[row.id] = row
            elif isinstance(row, IncidentRow):
                seen.incidents[row.id] = row
    return seen


def true_appeals(world: World, start: int, end: int) -> list[Truth]:
    """Appeals that nobody edited or deleted later."""
    truths = list(world.truth(start, end))
    changed = {truth.id for truth in truths if truth.change != "new"}
    return [truth for truth in truths if truth.kind not in ("chatter", "reply") and truth.id not in changed]


def watch_records(world: World, start: int, end: int) -> Iterator[bytes]:
    """What triage makes of the pages of (start, end], with ticks."""
    triage = _triage(world.profile, world)
    yield encode_record(Use(start, world.profile.id, "", "", ""))
    for number, batch in enumerate(_batches(world, start, end)):
        for found in triage.process(triage.decode(batch)).findings:
            yield encode_record(found)
        if number % 10 == 0:
            yield encode_record(Tick(batch[-1].at))


def _batches(world: World, start: int, end: int) -> Iterator[list[Record]]:
    batch: list[Record] = []
    for offset, page in enumerate(world.pages(start, end, step_ms=300_000)):
        batch.append(Record(PAGES, 0, offset, page.source, encode(page), page.fetched_at))
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _triage(profile: Profile, world: World) -> Triage:
    sources = {source.id: source for source in world.sources}
    return Triage(1, {profile.id: RuleClassifier(profile)}, sources, TriageSettings(), lambda payload, place: payload)


def _watch(profile: Profile) -> Watch:
    settings = WatchSettings()

    def make() -> Region:
        return Region(profile, settings, Names(), NearDuplicates(settings.duplicates), Spikes(settings.spikes), [])

    return Watch(1, {profile.id: make}, {profile.id: Use(0, profile.id, "", "", "")})


def region(name: str, seed: int, posts_per_second: float, bursts: float) -> World:
    options = Options(posts_per_second=posts_per_second, communities=120, bursts_per_day=bursts)
    return World(load_profile(name), seed, options)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--region", default="samara")
    parser.add_argument("--seed", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--hours", type=int, default=48)
    parser.add_argument("--posts-per-second", type=float, default=0.3)
    parser.add_argument("--bursts", type=float, default=6.0, help="a day")
    parser.add_argument("--show", action="store_true", help="what was split and what was thrown together")
    args = parser.parse_args()
    for seed in args.seed:
        seen = see(region(args.region, seed, args.posts_per_second, args.bursts), START, START + args.hours * HOUR)
        incidents, parents = seen.agreement()
        found = sum(truth.id in seen.appeals for truth in seen.truth)
        print(f"seed {seed}: {len(seen.truth)} appeals, {found} found, incidents {incidents:.3f}, parents {parents:.3f}", flush=True)
        if args.show:
            show(seen)


def show(seen: Seen) -> None:
    """The largest true parents with what was made of each, then what was put together wrongly."""
    groups: dict[str, list[Truth]] = defaultdict(list)
    for truth in seen.truth:
        groups[truth.parent].append(truth)
    for name, members in sorted(groups.items(), key=lambda item: -len(item[1]))[:12]:
        made: dict[str, int] = defaultdict(int)
        for truth in members:
            made[seen.parent(truth.id)] += 1
        sizes = sorted(made.values(), reverse=True)
        print(f"  {name} {members[0].theme} {members[0].territory}: {len(members)} in {len(made)}: {sizes[:20]}")
    mixed: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for truth in seen.truth:
        mixed[seen.parent(truth.id)][truth.parent] += 1
    for found, inside in sorted(mixed.items(), key=lambda item: -len(item[1]))[:8]:
        if len(inside) > 1:
            print(f"  {found} holds {sorted(inside.items(), key=lambda item: -item[1])[:6]}")


if __name__ == "__main__":
    main()

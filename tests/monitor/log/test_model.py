"""Any course of calls gives what a list in memory gives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from monitor.log.base import PAGES, WATCH, Append, Log
from monitor.model.errors import LogError
from tests.monitor.log.places import OPENERS, Place

PARTITIONS = {PAGES: 2, WATCH: 1}
EXAMPLES = {"sqlite": 30, "kafka": 2}
SLOTS = [(PAGES, 0), (PAGES, 1), (WATCH, 0)]
RETENTION = {PAGES: 50}


def record(slot: tuple[str, int], key: str, value: bytes, at: int) -> Append:
    return Append(slot[0], slot[1], key, value, at)


slots = st.sampled_from(SLOTS)
groups = st.sampled_from(["triage", "watch"])
names = st.sampled_from(["a", "b"])
records = st.lists(st.builds(record, slots, st.text(max_size=3), st.binary(max_size=40), st.integers(0, 100)), max_size=6)


class LogAndModel(RuleBasedStateMachine):
    """``kept`` is the model: each partition's records from the beginning, with how many of them were trimmed."""

    make: Callable[[], Place]

    @initialize()
    def begin(self) -> None:
        self.runner = asyncio.Runner()
        self.place = self.make()
        self.log: Log = self.run(self.place.open(PARTITIONS, RETENTION))
        self.identity = self.log.layout.identity
        self.kept: dict[tuple[str, int], list[Append]] = {slot: [] for slot in SLOTS}
        self.trimmed = dict.fromkeys(SLOTS, 0)
        self.commits: dict[tuple[str, tuple[str, int]], int] = {}
        self.cursors: dict[str, str] = {}
        self.budgets: dict[str, str] = {}

    def run(self, call: Any) -> Any:
        return self.runner.run(call)

    def take(self, batch: list[Append]) -> list[int]:
        offsets = []
        for record in batch:
            own = self.kept[record.topic, record.partition]
            offsets.append(len(own))
            own.append(record)
        return offsets

    @rule(batch=records, cursors=st.dictionaries(names, st.text(max_size=3)), budgets=st.dictionaries(names, st.text(max_size=3)))
    def append(self, batch: list[Append], cursors: dict[str, str], budgets: dict[str, str]) -> None:
        assert self.run(self.log.append(batch, cursors=cursors, budgets=budgets)) == self.take(batch)
        self.cursors |= cursors
        self.budgets |= budgets

    @rule(batches=st.lists(records, min_size=2, max_size=4))
    def append_at_once(self, batches: list[list[Append]]) -> None:
        async def all_at_once() -> list[list[int]]:
            return await asyncio.gather(*(self.log.append(batch) for batch in batches))

        offsets = self.run(all_at_once())
        for slot, own in self.kept.items():
            mine = [
                [(offset, record) for offset, record in zip(*pair, strict=True) if (record.topic, record.partition) == slot]
                for pair in zip(offsets, batches, strict=True)
            ]
            assert all(one == sorted(one, key=lambda placed: placed[0]) for one in mine), "a caller's records are out of order"
            # Each caller's records keep their order; between the callers only SQLite says what it is.
            together = [placed for one in mine for placed in one]
            if self.place.kind != "sqlite":
                together.sort(key=lambda placed: placed[0])
            assert [offset for offset, _ in together] == list(range(len(own), len(own) + len(together)))
            own += [record for _, record in together]

    @rule(batch=records)
    def append_to_nowhere(self, batch: list[Append]) -> None:
        with pytest.raises(LogError):
            self.run(self.log.append([*batch, Append(PAGES, 2, "", b"", 0)], cursors={"a": "wrong"}))

    @rule(slot=slots, offset=st.integers(-1, 20), limit=st.integers(1, 5))
    def read(self, slot: tuple[str, int], offset: int, limit: int) -> None:
        own = self.kept[slot]
        call = self.log.read(*slot, offset, limit)
        if not self.trimmed[slot] <= offset <= len(own):
            with pytest.raises(LogError):
                self.run(call)
            return
        found = self.run(call)
        assert [record.offset for record in found] == list(range(offset, min(offset + limit, len(own))))
        assert [(r.topic, r.partition, r.key, r.value, r.at) for r in found] == own[offset : offset + limit]

    @rule(group=groups, slot=slots, offset=st.integers(-1, 20))
    def commit(self, group: str, slot: tuple[str, int], offset: int) -> None:
        call = self.log.commit(group, *slot, offset)
        if not self.commits.get((group, slot), 0) <= offset <= len(self.kept[slot]):
            with pytest.raises(LogError):
                self.run(call)
            return
        self.run(call)
        self.commits[group, slot] = offset

    @rule(group=groups, slot=slots)
    def commit_all(self, group: str, slot: tuple[str, int]) -> None:
        self.commit(group, slot, len(self.kept[slot]))

    @rule(now=st.integers(0, 200))
    def trim(self, now: int) -> None:
        expected = 0
        for slot, own in self.kept.items():
            done = [self.commits.get((group, slot), 0) for group in ("triage", "watch") if self.has_begun(group, slot[0])]
            end = min([len(own), *done])
            while slot[0] in RETENTION and self.trimmed[slot] < end and own[self.trimmed[slot]].at < now - RETENTION[slot[0]]:
                self.trimmed[slot] += 1
                expected += 1
        assert self.run(self.log.trim(now)) == expected

    def has_begun(self, group: str, topic: str) -> bool:
        return any(other == group and slot[0] == topic for other, slot in self.commits)

    @rule()
    def reopen(self) -> None:
        self.run(self.log.close())
        self.log = self.run(self.place.open(PARTITIONS, RETENTION, identity=self.identity))

    @invariant()
    def is_as_the_model(self) -> None:
        self.run(self.compare())

    async def compare(self) -> None:
        for slot, own in self.kept.items():
            assert await self.log.bounds(*slot) == (self.trimmed[slot], len(own))
            for group in ("triage", "watch"):
                assert await self.log.committed(group, *slot) == self.commits.get((group, slot))
        assert await self.log.cursors() == self.cursors
        for name in ("a", "b"):
            assert await self.log.cursor(name) == self.cursors.get(name, "")
            assert await self.log.budget(name) == self.budgets.get(name, "")

    def teardown(self) -> None:
        if hasattr(self, "log"):
            self.run(self.log.close())
            self.runner.close()


@pytest.mark.parametrize("kind", sorted(OPENERS))
def test_the_log_is_as_its_model(kind: str, new_place: Callable[[str], Place]) -> None:
    machine = type("Machine", (LogAndModel,), {"make": staticmethod(lambda: new_place(kind))})
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=EXAMPLES[kind], stateful_step_count=25, deadline=None, derandomize=True, database=None),
    )

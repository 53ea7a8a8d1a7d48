"""What watch keeps of incidents goes with them."""

from __future__ import annotations

from dataclasses import replace

from monitor.log.base import Record
from monitor.model.plain import unpack
from monitor.watch.terms import SPARE
from sources.simulated.world import World
from tests.crash.region import REGION, WATCH, watch
from tests.crash.stages import run_watch

FEW = 12


def test_forgotten_incidents_leave_nothing_behind(region: World, records: list[Record]) -> None:
    stage = watch(region, replace(WATCH, incidents=FEW))
    for start in range(0, len(records), 50):
        run_watch(stage, records[start : start + 50], 50)
        state = unpack(stage.dump(REGION))[1]
        casework = state["casework"]
        incidents = {values[0] for values in casework["incidents"][0]}
        assert len(incidents) <= FEW
        assert len(casework["deadlines"]) <= 2 * FEW + SPARE + 50
        firing = [row[0] for row in state["alerts"][0]]
        owing = casework["overdue"][0]
        assert {name for name in firing if name.startswith("overdue:")} <= set(owing)
        assert {one for told in owing.values() for one in told} <= incidents
        # An alert of several incidents with one cause goes with the last of them, and with their spike.
        causes = stage.regions[REGION]._alerts._causes
        told = causes._alert
        assert set(told) <= incidents
        assert {name for name in firing if name.startswith("urgent:")} <= set(causes._causes)
    everything = watch(region)
    run_watch(everything, records, 1000)
    assert len(unpack(everything.dump(REGION))[1]["casework"]["incidents"][0]) > 10 * FEW

"""The catalogue is sound, complete where it is shown, and agrees with the rooms whose words it uses."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
from itertools import product
from typing import get_args, get_type_hints

import pytest
from prometheus_client import CollectorRegistry

from monitor.log.base import PAGES
from monitor.metrics import labels
from monitor.metrics.catalogue import Metrics
from monitor.metrics.exposition import text
from monitor.model.verdict import Filtered, Kind
from monitor.triage.decode import Dead, Reason
from sinks.clickhouse.failures import FailureReason

PROCESS = {
    "process_virtual_memory_bytes",
    "process_resident_memory_bytes",
    "process_start_time_seconds",
    "process_cpu_seconds_total",
    "process_open_fds",
    "process_max_fds",
}
"""What the client library tells of the process on Linux."""


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry) -> Metrics:
    return Metrics(registry, "1.2.3")


def test_promtool_is_content(metrics: Metrics, registry: CollectorRegistry) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.fail("promtool is missing; on Debian: apt-get install prometheus")
    metrics.lag_records.set(PAGES, 0, 3)
    metrics.end_to_end_seconds.observe(3)
    done = subprocess.run([promtool, "check", "metrics"], input=text(registry), capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_zeros_can_be_seen(metrics: Metrics, registry: CollectorRegistry) -> None:
    for spec in metrics.specs:
        sample = f"{spec.name}_count" if spec.kind == "histogram" else spec.name
        for values in product(*spec.labels.values()):
            assert registry.get_sample_value(sample, dict(zip(spec.labels, values, strict=True))) == 0, sample


def test_the_version_is_told(metrics: Metrics, registry: CollectorRegistry) -> None:
    assert re.search(rb'^nabat_build_info\{python="3\.[0-9.]+",version="1\.2\.3"\} 1\.0$', text(registry), re.MULTILINE)


def test_every_metric_has_a_meaning_and_a_unit(metrics: Metrics) -> None:
    assert len({spec.name for spec in metrics.specs}) == len(metrics.specs)
    for spec in metrics.specs:
        assert re.fullmatch(r"nabat(_[a-z]+)+", spec.name)
        assert re.fullmatch(r"[A-Z0-9].{5,}\.", spec.help)
        if spec.kind == "counter":
            assert spec.name.endswith("_total")
        elif spec.kind == "histogram":
            assert spec.name.endswith("_seconds")
        elif not spec.name.endswith(("_seconds", "_bytes", "_records", "_ratio")):
            assert spec.help.startswith(("Number of ", "1 while ", "Always 1")), (
                f"{spec.name} has no unit and says not that it is a count"
            )


def test_all_that_is_exposed_is_in_the_catalogue(metrics: Metrics, registry: CollectorRegistry) -> None:
    told = {line.split()[2] for line in text(registry).decode().splitlines() if line.startswith("# TYPE")}
    own = {name for name in told if name.startswith("nabat_")}
    assert own == {spec.name for spec in metrics.specs}
    assert told - own == PROCESS


def test_no_label_grows(metrics: Metrics) -> None:
    assert {spec.name for spec in metrics.specs if () in spec.labels.values()} == {"nabat_lag_records", "nabat_build_info"}
    assert max(len(list(product(*spec.labels.values()))) for spec in metrics.specs) <= 32


def test_label_values_are_those_of_their_owners() -> None:
    assert get_args(labels.DeadReason) == get_args(Reason)
    assert set(get_args(labels.DeadScope)) == set(get_args(get_type_hints(Dead)["scope"]))
    assert get_args(labels.SinkFailure) == get_args(FailureReason)
    assert {*get_args(labels.AppealKind), "chatter"} == set(get_args(Kind))
    assert get_args(labels.FilteredReason) == get_args(Filtered)


def test_counts_are_added_by_key(metrics: Metrics, registry: CollectorRegistry) -> None:
    metrics.posts.add({"new": 3, "known": 2})
    metrics.posts["new"].inc()
    metrics.alerts.add({("spike", "flash"): 1})
    assert registry.get_sample_value("nabat_posts_total", {"outcome": "new"}) == 4
    assert registry.get_sample_value("nabat_posts_total", {"outcome": "known"}) == 2
    assert registry.get_sample_value("nabat_alerts_total", {"kind": "spike", "level": "flash"}) == 1
    with pytest.raises(KeyError):
        metrics.posts.add({"other": 1})


def test_gauges_are_put_whole(metrics: Metrics, registry: CollectorRegistry) -> None:
    metrics.sources.put({"ok": 9, "silent": 1})
    metrics.sources.put({"ok": 10})
    assert registry.get_sample_value("nabat_sources", {"state": "ok"}) == 10
    assert registry.get_sample_value("nabat_sources", {"state": "silent"}) == 0
    with pytest.raises(KeyError):
        metrics.sources.put({"ok": 1, "asleep": 1})
    assert registry.get_sample_value("nabat_sources", {"state": "ok"}) == 10


def test_the_lag_is_shown_for_the_partitions_that_are_read(metrics: Metrics, registry: CollectorRegistry) -> None:
    metrics.lag_records.set(PAGES, 0, 7)
    metrics.lag_records.set(PAGES, 1, 8)
    metrics.lag_records.forget(PAGES, 1)
    metrics.lag_records.forget(PAGES, 2)
    assert registry.get_sample_value("nabat_lag_records", {"topic": PAGES, "partition": "0"}) == 7
    assert registry.get_sample_value("nabat_lag_records", {"topic": PAGES, "partition": "1"}) is None


def test_two_catalogues_live_side_by_side(metrics: Metrics, registry: CollectorRegistry) -> None:
    other = CollectorRegistry()
    Metrics(other).incidents_open.set(5)
    assert registry.get_sample_value("nabat_incidents_open") == 0
    assert other.get_sample_value("nabat_incidents_open") == 5


def test_the_table_has_every_metric(metrics: Metrics, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_module("monitor.metrics", run_name="__main__")
    rows = capsys.readouterr().out.splitlines()[2:]
    assert [row.split("`")[1] for row in rows] == [spec.name for spec in metrics.specs]
    assert all(row.count("|") == 5 for row in rows)

"""Fixtures that all rooms share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from sinks.clickhouse.connect import Target
from tests.fakes.databases import Databases
from tests.kafka.broker import Broker

# A busy machine is slow, and nothing is wrong with what runs on it.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

TESTS = Path(__file__).parent
LONGEST = (
    "benchmarks/test_whole.py",
    "monitor/cli/test_demo.py",
    "dashboards/test_page.py",
    "cluster/test_cluster.py",
    "crash/test_crash.py",
    "night/test_night.py",
    "monitor/cli/test_stop.py",
    "sources/test_conformance.py",
    "monitor/cli/test_sources.py",
    "monitor/cli/test_deadletters.py",
    "dashboards/test_buttons.py",
    "sources/test_campaign.py",
    "dashboards/test_flood.py",
    "dashboards/test_page_sizes.py",
    "dashboards/test_spike.py",
    "cluster/test_works.py",
    "cluster/test_deliver.py",
    "cluster/test_roles.py",
    "monitor/cli/test_run.py",
    "monitor/runtime/test_trouble.py",
    "dashboards/test_two_operators.py",
    "monitor/log/test_crash.py",
    "monitor/cli/test_replay.py",
    "monitor/deliver/test_killed.py",
)
"""Files of more than a quarter of a minute, the longest first. Most of it is waiting for processes, so they run beside the rest, and
none is left to run alone at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {TESTS / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))


@pytest.fixture(scope="session")
def clickhouse_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """The one embedded engine of the test process (about a second to open).

    chDB opens one folder a process, so a test never opens another one: it takes ``clickhouse``, or starts a process of its own.
    """
    databases = Databases(Target(path=str(tmp_path_factory.mktemp("clickhouse"))))
    yield databases
    databases.close()


@pytest.fixture
def clickhouse(clickhouse_engine: Databases) -> Iterator[Target]:
    """A migrated, empty, embedded database for this test alone: give it to ClickHouseWriter, ClickHouseReader and so on.

    Texts are kept for a hundred years, so rows may have any date. Close every writer and reader that you open before the test
    ends: the database is emptied then and goes to another test.
    """
    target = clickhouse_engine.take()
    yield target
    clickhouse_engine.give_back(target)


@pytest.fixture
def empty_clickhouse(clickhouse_engine: Databases) -> Iterator[Target]:
    """A target of the same engine whose database does not exist yet; dropped after the test."""
    target = clickhouse_engine.name()
    yield target
    clickhouse_engine.drop(target)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """The one broker of the test process, some seconds to start: give every test a prefix of its own, and leave it running."""
    broker = Broker(tmp_path_factory.mktemp("kafka"))
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()

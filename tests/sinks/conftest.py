"""The stores that the conformance suite runs over."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from sinks.clickhouse.connect import Target
from tests.fakes.clickhouse_http import PASSWORD, USER, ClickHouseFront
from tests.fakes.databases import Databases


@pytest.fixture(scope="session")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseFront]:
    """The HTTP front, one process for all tests."""
    server = ClickHouseFront(tmp_path_factory.mktemp("front"))
    yield server
    server.close()


@pytest.fixture(scope="session")
def front_databases(front: ClickHouseFront) -> Iterator[Databases]:
    front.trouble()
    databases = Databases(Target(url=front.url, user=USER, password=PASSWORD))
    yield databases
    front.trouble()
    databases.close()


@pytest.fixture
def calm(front: ClickHouseFront) -> Iterator[ClickHouseFront]:
    """The front without trouble, before and after the test."""
    front.trouble()
    yield front
    front.trouble()


@pytest.fixture
def over_http(front_databases: Databases, calm: ClickHouseFront) -> Iterator[Target]:
    """A migrated, empty database behind the HTTP front."""
    target = front_databases.take()
    calm.trouble()
    yield target
    calm.trouble()
    front_databases.give_back(target)


@pytest.fixture(scope="session")
def server_databases() -> Iterator[Databases]:
    url = os.environ.get("CLICKHOUSE_URL", "")
    if not url:
        pytest.skip("CLICKHOUSE_URL is not set")
    user, password = os.environ.get("CLICKHOUSE_USER", "default"), os.environ.get("CLICKHOUSE_PASSWORD", "")
    databases = Databases(Target(url=url, user=user, password=password))
    yield databases
    databases.close()


@pytest.fixture
def real_server(server_databases: Databases) -> Iterator[Target]:
    """A migrated, empty database on the server of CLICKHOUSE_URL (with CLICKHOUSE_USER and CLICKHOUSE_PASSWORD)."""
    target = server_databases.take()
    yield target
    server_databases.give_back(target)


@pytest.fixture(params=["clickhouse", "over_http", "real_server"], ids=["embedded", "http", "server"])
def store(request: pytest.FixtureRequest) -> Target:
    """A migrated, empty database of each kind."""
    target: Target = request.getfixturevalue(request.param)
    return target

"""Two empty databases of one server: the cluster's, and another one for what is compared with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sinks.clickhouse.connect import Target
from tests.cluster.stores import Stores


@pytest.fixture
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Target, Target]]:
    made = Stores(tmp_path_factory.mktemp("store"))
    yield made.target, made.fresh
    made.close()

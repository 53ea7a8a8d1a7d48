"""A role of the cluster as its command runs it, but over the tests' regions: ``python -m tests.cluster.child ORDER worker triage …``.

The rest of the arguments are those of ``nabat``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import orjson

from monitor.cli import crawl, main, worker
from monitor.cli.watching import Watching, system_time
from monitor.config import Config
from monitor.runtime import compose
from monitor.runtime.networks import Connections
from tests.cluster.country import Country
from tests.crash.region import SteadyClassifier


@dataclass(slots=True, frozen=True)
class Order:
    """The arguments of Country. ``rules``: texts are understood by the product's classifier, not by the tests' own."""

    seed: int
    posts_per_second: float = 0.06
    communities: int = 8
    hours: int = 1
    rules: bool = False

    def country(self) -> Country:
        return Country(self.seed, self.posts_per_second, self.communities, self.hours)

    @contextmanager
    def understood(self) -> Iterator[None]:
        """Stages are composed with the classifier of the order."""
        if self.rules:
            yield
            return
        with patch.object(compose, "RuleClassifier", SteadyClassifier):
            yield

    def argument(self) -> str:
        return orjson.dumps(self).decode()


def run(order: Order, arguments: list[str]) -> int:
    country = order.country()
    with ExitStack() as stack:
        stack.enter_context(order.understood())
        for command in (worker, crawl):
            stack.enter_context(patch.object(command, "regions_of", lambda _: country.profiles))
            stack.enter_context(patch.object(command, "SystemClock", country.clock))

        def watching(config: Config, *_: Any, **__: Any) -> Watching:
            adapters = {profile.id: {country.network: country} for profile in country.profiles}
            return Watching(Connections(config, [], system_time()), adapters, [])

        stack.enter_context(patch.object(crawl, "watching", watching))
        return main.main(arguments)


if __name__ == "__main__":
    sys.exit(run(Order(**orjson.loads(sys.argv[1])), sys.argv[2:]))

"""What the commands that read networks set up: tokens, connections, adapters, inlets; all checked before anything is asked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.clock import SystemClock
from monitor.config import Config
from monitor.model.errors import ConfigError
from monitor.profile.model import Profile
from monitor.runtime.keys import load_key
from monitor.runtime.networks import Connections, adapters_of, inlets_of
from monitor.runtime.watched import check_watched, read_secrets
from sources.base import Adapter
from sources.budgets.time import SteadyTime
from sources.wire import Inlet


@dataclass(slots=True)
class Watching:
    """``adapters`` of each region by network, and the ``inlets`` of all."""

    connections: Connections
    adapters: Mapping[str, Mapping[str, Adapter]]
    inlets: Sequence[Inlet]


def watching(config: Config, profiles: Mapping[str, Profile], *, lease: float = 0.0, owner: str = "", check: bool = True) -> Watching:
    """``profiles`` by what names them; ``lease`` and ``owner`` where others may have the tokens. ConfigError has all problems.

    Without ``check`` sources may be wrong: nobody reads them yet.
    """
    tokens, secrets = read_secrets(config)
    problems: list[str] = []
    for name, profile in profiles.items() if check else ():
        try:
            check_watched(config, profile, name, tokens, secrets)
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    key = load_key(config.privacy.author_key_file, Path(config.nabat.data) / "keys" / "authors.key")
    connections = Connections(config, tokens, system_time(), lease=lease, owner=owner)
    adapters = {one.id: adapters_of(config, one, key, connections) for one in profiles.values()}
    inlets = [inlet for one in profiles.values() for inlet in inlets_of(config, one, key, adapters[one.id], secrets)]
    return Watching(connections, adapters, inlets)


def system_time() -> SteadyTime:
    """The machine's time, for budgets."""
    return SteadyTime(SystemClock().now(), time.monotonic, asyncio.sleep)

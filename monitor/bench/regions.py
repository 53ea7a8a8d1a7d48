"""Throw-away region profiles: a built-in region with the simulated communities as its sources, once or several times over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from monitor.bench.pages import PAGE, Stream, world_of
from monitor.model.codec import decode, encode
from monitor.model.post import Page
from monitor.model.watch import History
from monitor.profile.copy import copy_profile
from monitor.profile.load import COLUMNS, FILES, load_profile
from monitor.profile.model import Profile

WORLD_POSTS = 20.0
"""Posts a second of the worlds in their own time; how fast they are put on a system is another matter."""
STEP = 3 * 3_600_000
"""Of a region's past, ms: by the hour its record would be larger than a cluster's log takes."""
WEEK = 56 * STEP


@dataclass(slots=True)
class BenchRegion:
    """A profile, its folder, and an endless stream of its posts."""

    folder: Path
    profile: Profile
    _prefix: str
    _stream: Stream

    def history(self, until: int, posts_per_second: float) -> History:
        """A week before ``until`` (ms) in which so much was written: without it everything would be new, and nothing a rise."""
        start = until // STEP * STEP - WEEK
        return History(self.profile.id, start, STEP, world_of(self.profile, posts_per_second).history(start, 1, STEP))

    def pages(self, posts: int, size: int = PAGE) -> Iterator[Page]:
        """The next pages of its stream. Worlds give the same names to their sources and posts: here they differ by region."""
        for page in self._stream.pages(posts, size):
            yield decode(encode(page).replace(b'"sim:', self._prefix.encode()), Page)


def make(base: str, name: str, folder: Path, seed: int = 1) -> BenchRegion:
    """Writes region ``base`` into ``folder`` under the id ``name``."""
    copy_profile(base, folder)
    old = load_profile(base).id
    toml = folder / "region.toml"
    toml.write_text(toml.read_text("utf-8").replace(f'id = "{old}"', f'id = "{name}"', 1), "utf-8")
    for file in FILES:
        if file.endswith(".csv"):
            table = folder / file
            cells = re.compile(rf"(?m)(^|;){re.escape(old)}(?=;|$)")
            table.write_text(cells.sub(rf"\g<1>{name}", table.read_text("utf-8")), "utf-8")
    world = world_of(load_profile(str(folder)), WORLD_POSTS, seed)
    lines = [";".join(COLUMNS["sources.csv"])]
    for one in world.sources:
        cells_of = (one.id.replace("sim:", f"sim:{name}."), one.network, one.kind, one.address, one.name, one.territory, one.weight)
        lines.append(";".join((*(f'"{cell}"' for cell in cells_of), str(one.members))))
    (folder / "sources.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return BenchRegion(folder, load_profile(str(folder)), f'"sim:{name}.', Stream(world))

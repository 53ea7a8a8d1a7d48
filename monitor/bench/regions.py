"""Throw-away region profiles: a built-in region with the simulated communities as its sources, once or several times over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from monitor.bench.pages import COMMUNITIES, PAGE, START, Stream, world_of
from monitor.model.codec import decode, encode
from monitor.model.post import Page, Post
from monitor.model.watch import History
from monitor.profile.copy import copy_profile
from monitor.profile.load import COLUMNS, FILES, load_profile
from monitor.profile.model import Profile
from sources.simulated.events import Burst
from sources.simulated.world import Options, World

WORLD_POSTS = 20.0
"""Posts a second of the worlds in their own time; how fast they are put on a system is another matter."""
HOUR = 3_600_000
BURST_MINUTES = 30
PAST_HOURS = 24
"""What series have learned at the start: their level, so that a rise is one."""


@dataclass(slots=True)
class BenchRegion:
    """A profile, its folder, and an endless stream of its posts."""

    folder: Path
    profile: Profile
    _prefix: str
    _stream: Stream

    def history(self, until: int, posts_per_second: float) -> History:
        """The hours before ``until`` (ms), in which so much was written, as much in each.

        A day of ups and downs would leave the detector in doubt, and a week of them takes seconds to teach.
        """
        end = until // HOUR * HOUR
        counts = world_of(self.profile, posts_per_second).history(end - 168 * HOUR, 1)
        recent = {series: [-(-sum(count) // len(count))] * PAST_HOURS for series, count in counts.items()}
        return History(self.profile.id, end - PAST_HOURS * HOUR, HOUR, recent)

    def burst(self, number: int, posts: int, size: int) -> list[Page]:
        """One trouble in a small town (the next smaller one for each ``number``), of which about so many people write."""
        cities = [one for one in self.profile.territories.values() if one.kind == "municipality"]
        cities.sort(key=lambda one: -(one.population or 0))
        trouble = Burst(
            START,
            "housing",
            posts,
            BURST_MINUTES,
            territory=cities[(len(cities) // 4 + number) % len(cities)].id,
            id=f"bench{number}",
        )
        world = World(
            self.profile, number, Options(posts_per_second=1e-9, communities=COMMUNITIES, bursts_per_day=0.0), bursts=[trouble]
        )
        found: dict[str, list[Post]] = {}
        for page in world.pages(START, START + 2 * BURST_MINUTES * 60_000):
            found.setdefault(page.source, []).extend(post for post in page.posts if not post.edited_at)
        return [
            self._own(Page(source, self.profile.id, "sim", 0, posts=some[first : first + size]))
            for source, some in found.items()
            for first in range(0, len(some), size)
        ]

    def pages(self, posts: int, size: int = PAGE) -> Iterator[Page]:
        """The next pages of its stream."""
        return map(self._own, self._stream.pages(posts, size))

    def _own(self, page: Page) -> Page:
        """Worlds give the same names to their sources and posts: here they differ by region."""
        return decode(encode(page).replace(b'"sim:', self._prefix.encode()), Page)


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

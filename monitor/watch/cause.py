"""What one cause holds: dangerous incidents and spikes, and what they are about."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Final, NamedTuple

from msgspec import Struct

from monitor.model.rows import IncidentRow
from monitor.watch.systems import kin

NETWORKS: Final = frozenset(
    (
        "housing.heating", "housing.hot_water", "housing.cold_water", "housing.electricity", "energy.outage",
        "communications.internet", "communications.mobile",
    )
)  # fmt: skip
"""Themes of networks that fail as a whole. A torn wire or a smell of gas is of a network too, and a danger of its own."""
PART: Final = 4
"""One of so many posts of a spike: what so many of them are about, it is about."""


class Member(NamedTuple):
    """What an incident brings: its figures and what it is called by."""

    theme: str
    street: str
    house: str
    members: int
    body: str
    parent: str = ""
    authors: int = 0
    territory: str = ""


class Posts(NamedTuple):
    """What a spike is made of: its series, when it began (ms), its posts by theme and by incident; ``wide``: of many places."""

    series: str
    since: int
    themes: Mapping[str, int]
    incidents: Mapping[str, int]
    wide: bool = False

    @property
    def territory(self) -> str:
        return self.series.partition("|")[0]

    def about(self) -> frozenset[str]:
        """The themes that a good part of it is about."""
        total = sum(self.themes.values())
        return frozenset(theme for theme, count in self.themes.items() if theme and PART * count >= total)


class Cause(Struct):
    """``incidents`` and ``spikes`` (by series) in the order in which they came; ``authors`` of the incidents; ``seen``: when it last
    grew, ms; ``rare``: the rare danger that it is.
    """

    group: str
    territory: str
    seen: int
    incidents: dict[str, Member]
    authors: dict[str, None]
    spikes: dict[str, Posts] = {}
    rare: str = ""

    @property
    def over(self) -> bool:
        return not self.incidents and not self.spikes

    def about(self) -> set[str]:
        found = {theme for posts in self.spikes.values() for theme in posts.about()}
        return found | {one.theme for one in self.incidents.values()}


class Whole(NamedTuple):
    """An alert's incident as the sum of its cause: row with the sums, the name of its most told problem, and its addresses.

    ``sure``: authors of what has one cause for sure (a parent, a street, a small territory). Nine cold houses somewhere in a city
    of a million are told of once, and are no catastrophe.
    """

    row: IncidentRow
    addresses: int
    sure: int
    rare: str = ""


def same(one: Set[str], other: Set[str]) -> bool:
    """Whether two sets of themes tell of one network that fails."""
    return any(mine in NETWORKS and theirs in NETWORKS and theirs in kin(mine) for mine in one for theirs in other)

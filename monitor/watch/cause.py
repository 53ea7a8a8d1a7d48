"""What one cause holds: dangerous incidents and spikes, and what they are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence, Set
from typing import Final, NamedTuple

from msgspec import Struct

from monitor.model.plain import Plain
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
ANSWERED: Final = 3_600_000
"""Ms without a further voice after which an answer to a danger is believed."""
NIGHT: Final = 24 * 3_600_000
"""Ms after which the loudest are over: whoever freezes sleeps too."""


class Member(NamedTuple):
    """What an incident brings: its figures, what it is called by, and whether it is answered in substance, or closed.

    ``telling``: how many of its authors write of what is urgent.
    """

    theme: str
    street: str
    house: str
    members: int
    body: str
    parent: str = ""
    authors: int = 0
    territory: str = ""
    answered: bool = False
    telling: int = 0


def member(incident: IncidentRow, telling: int) -> Member:
    """What an incident brings as it stands now."""
    return Member(
        incident.theme, incident.street, incident.house, incident.members, incident.body, incident.parent,
        incident.authors, incident.territory, answered(incident), telling,
    )  # fmt: skip


def answered(incident: IncidentRow) -> bool:
    """Whether nothing of it goes on, as far as anybody says."""
    return incident.last_reply == "substantive" or incident.status == "closed"


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


class Seen(NamedTuple):
    """What is known of the posts of a spike; ``complete``: all sources were read."""

    posts: Posts
    authors: int
    texts: Sequence[str]
    sources: Sequence[str]
    complete: bool


class Whole(NamedTuple):
    """An alert's incident as the sum of its cause: row with the sums, the name of its most told problem, and its addresses.

    ``sure``: authors who write of what is urgent and has one cause for sure (a parent, a street, a small territory). Nine cold houses
    somewhere in a city of a million are told of once, and are no catastrophe; nor is a hole of which ten complain and one fell in.
    """

    row: IncidentRow
    addresses: int
    sure: int
    rare: str = ""


class Cause(Struct):
    """``incidents`` and ``spikes`` (by series) in the order in which they came; ``authors`` of the incidents; ``seen``: when it last
    grew, ms; ``rare``: the rare danger that it is; ``joined``: it has been a spike and a danger at once.
    """

    group: str
    territory: str
    seen: int
    incidents: dict[str, Member]
    authors: dict[str, None]
    spikes: dict[str, Posts] = {}
    rare: str = ""
    joined: bool = False

    @property
    def over(self) -> bool:
        return not self.incidents and not self.spikes

    def settled(self, at: int, patience: int) -> bool:
        """Whether its spikes are over and all its dangers are answered, or nobody has written of them for ``patience`` (ms)."""
        if self.spikes:
            return False
        answered = self.answered
        return (self.joined and answered) or at - self.seen >= (min(ANSWERED, patience) if answered else patience)

    @property
    def answered(self) -> bool:
        """Whether all its dangers are."""
        return all(one.answered for one in self.incidents.values())

    def unname(self, author: str, post: str) -> None:
        """Somebody is counted by a post from here on."""
        if author in self.authors:
            self.authors = {post if one == author else one: None for one in self.authors}

    def dump(self) -> Plain:
        spikes = [[*posts[:2], dict(posts.themes), dict(posts.incidents), posts.wide] for posts in self.spikes.values()]
        incidents = {key: list(each) for key, each in self.incidents.items()}
        return [self.group, self.territory, self.seen, incidents, list(self.authors), spikes, self.rare, self.joined]

    def about(self) -> set[str]:
        found = {theme for posts in self.spikes.values() for theme in posts.about()}
        return found | {one.theme for one in self.incidents.values()}

    def whole(self, incident: IncidentRow, large: Container[str]) -> Whole:
        """``incident``: the one that has just grown, told as it is where it is alone. ``large``: territories of many streets."""
        if len(self.incidents) == 1:
            return Whole(incident, 1, self.incidents[incident.id].telling, self.rare)
        members = list(self.incidents.values())
        themes: Counter[str] = Counter()
        for one in members:
            themes[one.theme] += one.members
        told = max(members, key=lambda one: themes[one.theme])
        streets = {one.street for one in members if one.street}
        row = incident._replace(
            id=next(iter(self.incidents)),
            theme=told.theme,
            body=told.body,
            street=next(iter(streets)) if len(streets) == 1 else "",
            house="",
            facility="",
            territory=self.territory,
            members=sum(one.members for one in members),
            authors=len(self.authors),
        )
        sure: Counter[tuple[str, str]] = Counter()
        for one in members:
            small = "" if one.territory in large else one.territory
            for sort, where in (("parent", one.parent), ("street", one.street), ("territory", small)):
                sure[sort, where] += one.telling if where else 0
        most = max(self.incidents[incident.id].telling, *sure.values())
        return Whole(row, len({(one.street, one.house) for one in members if one.house}), min(most, len(self.authors)), self.rare)


def loaded(values: Plain) -> Cause:
    """What ``dump`` made."""
    group, territory, seen, incidents, authors, *later = values
    # Snapshots of before spikes had causes lack them, what is rare, and what was joined.
    spikes, rare, *joined = later or ([], "")
    cause = Cause(group, territory, seen, {key: Member(*each) for key, each in incidents.items()}, dict.fromkeys(authors))
    cause.spikes = {posts[0]: Posts(*posts) for posts in spikes}
    cause.rare = rare
    cause.joined = joined[0] if joined else bool(cause.spikes and cause.incidents)
    return cause


def same(one: Set[str], other: Set[str]) -> bool:
    """Whether two sets of themes tell of one network that fails."""
    return any(mine in NETWORKS and theirs in NETWORKS and theirs in kin(mine) for mine in one for theirs in other)

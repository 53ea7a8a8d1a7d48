"""Which of the places named in a text is meant: names are mentions that speak for territories, and the source's territory decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from detectors.classifier.address import Street
from detectors.classifier.gazetteer import Gazetteer, Name
from monitor.model.verdict import Place
from monitor.profile.model import Profile

_DEPTH = {"region": 0, "municipality": 1, "district": 2, "settlement": 3, "microdistrict": 4, "facility": 5, "street": 5}
NAMED, TOLD = 1, 2
MANY = 16
"""What a mention weighs: a bare name, and one whose kind is told («г. Курск», «Курский район»)."""


class Mention(NamedTuple):
    """A name as it stands in a text: the places that are called so, and what it weighs."""

    names: tuple[Name, ...]
    weight: int


class Hamlet(NamedTuple):
    """A settlement that no profile lists. ``rural``: it was called a village, so it is in no town."""

    name: str
    rural: bool


class Resolver:
    """Chooses between homonyms for one profile; without a profile nothing is ambiguous, and nothing known."""

    def __init__(self, profile: Profile | None, names: Gazetteer | None) -> None:
        listed = profile.territories if profile else {}
        self._names = names
        self._paths = {territory: profile.path(territory) for territory in listed} if profile else {}
        self._region = profile.id if profile else ""
        # A town whose profile lists no villages has none.
        around = {parent for one in listed.values() if one.kind == "settlement" for parent in self._paths[one.id]}
        self._towns = {one.id for one in listed.values() if one.kind in ("municipality", "district") and one.id not in around}

    def home(self, source: str) -> str:
        """The territory of a source, if the profile has it."""
        return source if source in self._paths else ""

    def place(self, mentions: Sequence[Mention], street: Street | None, hamlet: Hamlet | None, building: str, home: str) -> Place:
        """What a text tells, with the territory of its source where it tells none."""
        territory = self._territory(mentions, home)
        if hamlet is not None and hamlet.rural and self._urban(territory):
            # The town is where one drives to, the village is where the problem is.
            territory = ""
        within: list[Name] = []
        if street is not None and hamlet is None:
            within = self._streets(street, territory or home)
            # «улица Ленина» is in every town: without a town it tells nothing, however few of them the profile lists.
            near = territory or home
            if len({name.territory for name in within}) == 1 and (near not in ("", self._region) or not within[0].common):
                territory = self._narrower(within[0].territory, near)
        names = [name for mention in mentions for name in mention.names]
        facilities = [name.canonical for name in names if name.kind == "facility"]
        narrow = [
            name
            for name in names
            if name.kind in ("microdistrict", "settlement") and self._compatible(name.territory, territory or home)
        ]
        # The deepest name in the territory chosen; a microdistrict is named, its territory is the one around it.
        settlement = max(narrow, key=lambda name: _DEPTH[name.kind]).canonical if narrow else hamlet.name if hamlet else ""
        return Place(
            territory or home,
            settlement,
            within[0].canonical if within else street.written if street else "",
            street.house if street else "",
            building or (facilities[0] if facilities else ""),
        )

    def _streets(self, street: Street, near: str) -> list[Name]:
        """The profile's streets in this territory that may be meant, of one kind."""
        found = [name for name in street.known if self._compatible(name.territory, near)]
        if not street.known and self._names is not None and near not in ("", self._region):
            found = [name for name in self._names.misspelt(street.written) if self._compatible(name.territory, near)]
            if len({name.canonical for name in found}) > 1:
                return []
        # The kind of street that was written decides between «улица Победы» and «проспект Победы» of one town.
        return [name for name in found if name.street == found[0].street]

    def _territory(self, mentions: Sequence[Mention], home: str) -> str:
        """The territory for which most speak, the deepest of those that agree; empty where homonyms can't be told apart."""
        wide = ""
        # A name counts once and as it was told best; repeats decide between names that weigh the same.
        known: dict[str, tuple[int, list[str]]] = {}
        for names, weight in mentions:
            options = list(dict.fromkeys(name.territory for name in names))
            if options == [self._region]:
                wide = self._region
                continue
            least, before = known.get(names[0].canonical, (0, options))
            known[names[0].canonical] = (max(weight, least // MANY) * MANY + min(least % MANY + 1, MANY - 1), before)
        scores: dict[str, int] = {}
        for _, options in known.values():
            for option in options:
                scores[option] = sum(
                    weight for weight, others in known.values() if any(self._compatible(option, other) for other in others)
                )
        best = [option for option, score in scores.items() if score == max(scores.values())]
        best = [option for option in best if home and self._compatible(option, home)] or best
        # Of names that weigh the same the first is meant: what somebody complains of is told before what it is compared with.
        first = next(([one for one in options if one in best] for _, options in known.values() if best[0] in options), [])
        return self._agreed([option for option in best if any(self._compatible(option, one) for one in first)]) or wide

    def _agreed(self, options: list[str]) -> str:
        """The deepest of territories that lie in one another; of such that do not, none."""
        chosen = ""
        for option in options:
            if not self._compatible(option, chosen):
                return ""
            chosen = self._narrower(option, chosen)
        return chosen

    def _urban(self, territory: str) -> bool:
        return territory in self._towns

    def _compatible(self, one: str, other: str) -> bool:
        """True if one of the two territories lies in the other; the empty one is everywhere."""
        return not one or not other or one in self._paths[other] or other in self._paths[one]

    def _narrower(self, one: str, other: str) -> str:
        return one if not other or other in self._paths[one] else other

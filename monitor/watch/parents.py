"""Incidents with one cause: a burst main and eleven cold houses. Which belong together, since when, and why.

Only themes of a system that can fail as a whole have parents: potholes in two streets are two causes. A parent begins where so many
houses of one street, or places of several streets of a small territory, are hit within hours that the usual days there don't explain
it. It takes what follows until a pause that the usual days explain. Its id is that of its oldest incident, the head, for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain

from msgspec import structs

from monitor.model.plain import Plain
from monitor.profile.model import Profile
from monitor.watch.founders import Founders
from monitor.watch.incident import Incident
from monitor.watch.nearby import HOUR, TOGETHER, USUAL, Nearby, place_key
from monitor.watch.parent import Parent
from monitor.watch.reach import Reach
from monitor.watch.spots import bare
from monitor.watch.systems import systems
from monitor.watch.tally import Tally

QUIET = 4 * HOUR
"""Ms without a new word after which a cause is over, and what comes then is another; less where the usual days bring more."""
HINTED = HOUR // 2
"""Ms without a new word in which a text that names another trouble first is still of the cause that its street writes of."""
LONGEST = 24 * HOUR
"""Ms after its begin in which a cause takes more: who writes then has waited for long, or has another trouble."""


class Parents:
    """The parents of a region. ``get`` gives an incident that is kept. Every method returns the incidents that it has changed."""

    def __init__(self, profile: Profile, get: Callable[[str], Incident | None]) -> None:
        self._get = get
        self._parents: dict[str, Parent] = {}
        self._near = Nearby(get)
        self._reach = Reach(profile)
        self._founders = Founders(self._near, self._reach)
        self._going: dict[str, dict[str, None]] = {}
        self._clock = 0
        # By head, while the members stand as they stood.
        self._tallies: dict[str, Tally] = {}

    def place(self, incident: Incident, themes: Iterable[str] = ()) -> list[Incident]:
        """An appeal has joined the incident: finds its parent, or founds one. ``themes``: what else the appeal may be about."""
        self._near.since = self._near.since or incident.first_seen
        self._clock = max(self._clock, incident.last_seen)
        mine = systems(incident.theme)
        told = dict.fromkeys(chain(mine, *map(systems, themes)))
        if incident.parent:
            return self._bridged(self._parents[incident.parent], incident, told)
        if incident.alone or incident.status != "open":
            return []
        for system in mine:
            self._near.note(system, incident)
        for system in told:
            parent = self._going_on(system, incident, QUIET if system in mine else HINTED)
            # What else a text may be about is told by its street alone.
            if parent is not None and (parent.street or system in mine):
                return self._grow(parent, [incident])
        for system in mine:
            founders = self._founders.street(system, incident) or self._founders.territory(system, incident)
            if founders:
                return self._found(system, founders)
        return []

    def kin(self, incident: Incident) -> Iterable[str]:
        """Those that have one cause, itself among them; nobody where it has no parent."""
        return self._parents[incident.parent].members if incident.parent else ()

    def again(self, incident: Incident) -> list[Incident]:
        """Figures of an incident have changed otherwise."""
        self.turned(incident)
        return self._grow(self._parents[incident.parent], ()) if incident.parent else []

    def part(self, incident: Incident) -> list[Incident]:
        """A person says that an incident has a cause of its own. It stays alone from here on."""
        incident.alone = True
        parent = self._parents.get(incident.parent)
        if parent is None:
            return [incident]
        self.turned(incident)
        del parent.members[incident.id]
        incident.parent = incident.cause = ""
        left = [one for one in map(self._get, parent.members) if one is not None]
        if len(left) == 1:
            left[0].parent = left[0].cause = ""
            self._end(parent.head)
            return [incident, left[0]]
        if parent.head == incident.id and left:
            # What was headed by it keeps together under the next.
            self._end(parent.head)
            parent.head = min(left, key=_age).id
            self._begin(parent)
            for one in left:
                one.parent = parent.head
        return [incident, *left, *self._grow(parent, ())]

    def turned(self, incident: Incident) -> None:
        """Whether an incident is open, or what it is about, may have changed."""
        self._tallies.pop(incident.parent, None)

    def forget(self, incident: Incident) -> None:
        self._near.forget(incident)
        parent = self._parents.get(incident.parent)
        if parent is not None:
            parent.members.pop(incident.id, None)
            self._tallies.pop(parent.head, None)
            if not parent.members:
                self._end(parent.head)

    def _going_on(self, system: str, incident: Incident, quiet: int = QUIET) -> Parent | None:
        at = incident.last_seen
        going = self._going.setdefault(system, {})
        found, over = [], []
        for one in map(self._parents.__getitem__, going):
            if one.last_seen < self._clock - USUAL:
                over.append(one.head)
            elif (
                one.begun - TOGETHER <= at <= min(one.last_seen + quiet, one.begun + LONGEST)
                and self._reach.within(one, incident)
                and self._reach.meet(one, incident)
                and self._sums(one).tells(system)
            ):
                found.append(one)
        for name in over:
            del going[name]
            self._tallies.pop(name, None)
        # The pause is asked for last: it looks through all that was told of near there.
        for one in sorted(found, key=lambda one: (one.street != "", one.last_seen, one.head), reverse=True):
            key = place_key(system, one.street, one.territory)
            if self._near.brief(key, one.begun, at - one.last_seen, partial(self._reach.meet, one)):
                return one
        return None

    def _found(self, system: str, founders: list[Incident]) -> list[Incident]:
        """A new parent of these, or the oldest of those that some of them have, with all that the others hold."""
        heads = sorted({one.parent for one in founders if one.parent})
        merged = [self._end(head) for head in heads]
        names = {name: None for parent in merged for name in parent.members}
        members = [one for one in map(self._get, names) if one is not None] + [one for one in founders if not one.parent]
        street = "" if merged or len({bare(one.street) for one in members}) > 1 else bare(members[0].street)
        if street:
            members += self._founders.houseless(system, street, members[0])
        head = min(members, key=_age)
        parent = Parent(
            head.id,
            system,
            head.territory,
            "" if not street else head.settlement,
            street,
            head.first_seen,
            head.last_seen,
            systems=[system],
        )
        self._begin(parent)
        before = {one.id: (one.parent, one.cause) for one in members}
        for one in members:
            one.parent = one.cause = ""
        return [one for one in self._grow(parent, members) if (one.parent, one.cause) != before.get(one.id)]

    def _bridged(self, parent: Parent, incident: Incident, told: Iterable[str]) -> list[Incident]:
        """An appeal has joined a member: two systems that fail in its street have one cause if it tells of both («нет света, насосы
        стоят»).
        """
        if (tally := self._tallies.get(parent.head)) is not None:
            tally.see(incident)
        for system in told if parent.street and incident.street else ():
            other = self._going_on(system, incident) if system not in parent.systems else None
            if other is not None and other.street and other is not parent:
                older, younger = sorted((parent, other), key=lambda one: (one.begun, one.head))
                more = [one for one in map(self._get, self._end(younger.head).members) if one is not None]
                for one in more:
                    one.cause = ""
                return self._grow(older, more)
        if (tally := self._tallies.get(parent.head)) is None:
            return self._grow(parent, ())
        return self._said(parent, tally, [])

    def _begin(self, parent: Parent) -> None:
        self._parents[parent.head] = parent
        for system in parent.systems or (parent.system,):
            self._going.setdefault(system, {})[parent.head] = None

    def _end(self, head: str) -> Parent:
        parent = self._parents.pop(head)
        self._tallies.pop(head, None)
        for system in parent.systems or (parent.system,):
            self._going[system].pop(head, None)
        return parent

    def _grow(self, parent: Parent, more: Iterable[Incident]) -> list[Incident]:
        changed = []
        tally = self._tallies.get(parent.head)
        for one in more:
            one.parent = parent.head
            if not parent.territory:
                parent.territory, parent.settlement = one.territory, one.settlement
            parent.members[one.id] = None
            if tally is not None and one.status == "open":
                tally.add(one)
            changed.append(one)
            for system in systems(one.theme) if parent.street else ():
                if system not in parent.systems:
                    parent.systems.append(system)
                    self._going.setdefault(system, {})[parent.head] = None
        return self._said(parent, self._sums(parent), changed)

    def _sums(self, parent: Parent) -> Tally:
        """Of its open members."""
        tally = self._tallies.get(parent.head)
        if tally is None:
            members = (one for one in map(self._get, parent.members) if one is not None and one.status == "open")
            tally = self._tallies[parent.head] = Tally(members)
        return tally

    def _said(self, parent: Parent, tally: Tally, changed: list[Incident]) -> list[Incident]:
        """What is said of a cause, from the sums of its members. ``changed``: what has changed before."""
        if tally.last_seen is not None:
            parent.last_seen = tally.last_seen
        if len(parent.systems) > 1:
            parent.told(tally.systems)
        head = self._get(parent.head)
        cause = parent.cause(tally.places)
        if head is not None and head.cause != cause:
            head.cause = cause
            if head not in changed:
                changed.append(head)
        return changed

    def dump(self) -> Plain:
        parents = [structs.astuple(one) for one in self._parents.values()]
        return [self._near.since, self._clock, parents, self._near.dump()]

    def load(self, state: Plain) -> None:
        since, self._clock, parents, near = state
        for values in parents:
            self._begin(Parent(*values))
        self._near.load(since, near)


def _age(incident: Incident) -> tuple[int, int, str]:
    return incident.opened_at, incident.first_seen, incident.id

"""One cause, one alert: which dangerous incidents and which spikes tell of the same.

A burst main leaves eleven houses cold and makes a town write: eleven incidents and a spike, one alert. Incidents of one parent are
one cause (monitor.watch.parents); until a parent is known, what networks bring is taken together on a street, and the same problem in
a town. A spike and an incident are one cause where one lies in the other, within hours, and either both tell of the same network
that fails, or the incident is a good part of the spike. A smell of gas in another house is another danger, whatever else the town
writes about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from monitor.model.plain import Plain
from monitor.model.rows import IncidentRow
from monitor.profile.model import Profile
from monitor.watch.cause import NETWORKS, PART, Cause, Member, Posts, Whole, answered, loaded, member, same

WINDOW: Final = 6 * 3_600_000
"""Ms since something was last heard of a cause, after which the like is another one."""
TOGETHER: Final = 3 * 3_600_000
"""Ms before the onset of a spike in which its cause was heard of."""
AUTHORS: Final = 20_000
"""Distinct authors that are told apart; beyond them an alert has long been as loud as can be."""


class Causes:
    """The causes of a region by the alert that tells of them."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._causes: dict[str, Cause] = {}
        self._alert: dict[str, str] = {}
        self._parent: dict[str, str] = {}
        self._towns: dict[tuple[str, str], dict[str, None]] = {}
        self._spiking: set[str] = set()
        divided = {one.parent for one in profile.territories.values() if one.kind == "district"}
        self._large = divided | {profile.id}

    def alert(self, incident: str) -> str:
        """The alert in which an incident is counted; empty for none."""
        return self._alert.get(incident, "")

    def has_incidents(self, name: str) -> bool:
        return name in self._causes and bool(self._causes[name].incidents)

    def has_spikes(self, name: str) -> bool:
        return name in self._spiking

    def known(self, incident: IncidentRow, at: int, rare: str = "") -> str:
        """The alert that tells of an incident, or of what has the same cause, at a moment (ms); empty for none. ``rare``: the danger
        that it is.
        """
        parent = self._parent.get(incident.parent, "") if incident.parent else ""
        return parent or self._alert.get(incident.id) or self._alert.get(incident.parent) or self._found(incident, at, rare)

    def join(self, incident: IncidentRow, authors: Iterable[str], telling: int, at: int, rare: str = "") -> tuple[str, str]:
        """Counts an incident in, as it stands now, with people who write of it; so many of all are ``telling`` of what is urgent.
        Returns the alert that tells of it, and the one that did and tells of nothing any more: it was found to be of this cause.
        """
        name = self.known(incident, at, rare) or f"urgent:{incident.id}"
        cause = self._causes.get(name)
        if cause is None:
            cause = self._begin(name, Cause(incident.group, incident.territory, at, {}, {}, {}))
        over = ""
        if (before := self._alert.get(incident.id, name)) != name:
            theirs = self._causes[before].authors
            over = self.leave(incident.id)
            cause.authors |= theirs if over else {}
        self._alert[incident.id] = name
        cause.seen = max(cause.seen, at)
        cause.rare = cause.rare or rare
        if incident.parent:
            self._parent[incident.parent] = name
        known = cause.incidents.get(incident.id)
        cause.incidents[incident.id] = member(incident, telling)
        cause.joined = cause.joined or bool(cause.spikes)
        if known is not None and known.parent != incident.parent:
            self._part(cause, known)
        if len(cause.authors) < AUTHORS:
            cause.authors |= dict.fromkeys(authors)
        return name, over

    def spike(self, name: str, posts: Posts, at: int) -> str:
        """Counts a spike in. Returns the alert that tells of its cause: ``name``, where no other one does."""
        if name not in self._causes:
            name = self._told(posts) or name
        cause = self._causes.get(name)
        if cause is None:
            territory, _, group = posts.series.split("|", 2)
            cause = self._begin(name, Cause(group, territory, at, {}, {}, {}))
        cause.spikes[posts.series] = posts
        cause.joined = cause.joined or bool(cause.incidents)
        self._spiking.add(name)
        cause.seen = max(cause.seen, at)
        return name

    def stands(self, incident: IncidentRow) -> None:
        """An incident has changed otherwise than by growing: it may be answered now, or not any more; it may have a new parent."""
        name = self._alert.get(incident.id, "")
        cause = self._causes.get(name)
        if cause is None:
            return
        known = cause.incidents[incident.id]
        parent = known.parent if self.elsewhere(incident) else incident.parent
        cause.incidents[incident.id] = known._replace(answered=answered(incident), parent=parent)
        if parent != known.parent:
            self._part(cause, known)
            if parent:
                self._parent[parent] = name

    def elsewhere(self, incident: IncidentRow) -> str:
        """The alert that tells of the parent of an incident which another alert counts: its parent is a new one. Empty for none."""
        name, parent = self._alert.get(incident.id, ""), incident.parent
        told = self._parent.get(parent, "") if name and parent else ""
        return told if told != name else ""

    def settled(self, at: int, patience: Callable[[str], int]) -> list[str]:
        """The alerts of what is over at a moment (ms), or quiet for ``patience``. What comes later begins them anew."""
        return [name for name, cause in self._causes.items() if cause.settled(at, patience(name))]

    def answered(self, name: str) -> bool:
        """Whether nothing that an alert tells of goes on: its dangers are answered or closed, and no spike is left."""
        return name in self._causes and not self._causes[name].spikes and self._causes[name].answered

    def settle(self, name: str) -> None:
        """An alert has ended with that; what begins it anew is a danger alone."""
        self._causes[name].joined = False

    def leave(self, incident: str) -> str:
        """An incident is over; returns its alert if that tells of nothing else, and is over too."""
        name = self._alert.pop(incident, "")
        cause = self._causes.get(name)
        if cause is None:
            return ""
        self._part(cause, cause.incidents.pop(incident))
        return self._end(name, cause)

    def calm(self, name: str, series: str) -> str:
        """A spike is over; returns its alert if that tells of nothing else, and is over too."""
        cause = self._causes.get(name)
        if cause is None:
            # A snapshot of before spikes had causes.
            return name
        cause.spikes.pop(series, None)
        if not cause.spikes:
            self._spiking.discard(name)
        return self._end(name, cause)

    def unname(self, author: str, post: str) -> None:
        """Somebody is counted by a post from here on, as those are whom nobody knows."""
        for cause in self._causes.values():
            cause.unname(author, post)

    def whole(self, name: str, incident: IncidentRow) -> Whole:
        """``incident``: the one that has just grown; of a cause that is it alone it is told as it is."""
        return self._causes[name].whole(incident, self._large)

    def _part(self, cause: Cause, gone: Member) -> None:
        """A member is out of a cause, or out of its parent."""
        if all(one.parent != gone.parent for one in cause.incidents.values()):
            self._parent.pop(gone.parent, None)

    def _begin(self, name: str, cause: Cause) -> Cause:
        self._causes[name] = cause
        self._towns.setdefault(self._town(cause.group, cause.territory), {})[name] = None
        return cause

    def _end(self, name: str, cause: Cause) -> str:
        if not cause.over:
            return ""
        del self._causes[name]
        town = self._town(cause.group, cause.territory)
        self._towns[town].pop(name)
        if not self._towns[town]:
            del self._towns[town]
        return name

    def _found(self, incident: IncidentRow, at: int, rare: str) -> str:
        """The cause that an incident without a parent is of."""
        if rare:
            return self._rare_like(incident, at, rare)
        for name in sorted(self._spiking):
            if any(self._spiked(posts, incident) for posts in self._causes[name].spikes.values()):
                return name
        town = self._town(incident.group, incident.territory)
        if incident.theme not in NETWORKS or not town[1]:
            return ""
        for name in self._towns.get(town, ()):
            cause = self._causes[name]
            near = at - cause.seen <= WINDOW and self._near(cause.territory, incident.territory)
            known = [one for one in cause.incidents.values() if one.theme in NETWORKS] if near else []
            if any(one.theme == incident.theme or (one.street and one.street == incident.street) for one in known):
                return name
        return ""

    def _rare_like(self, incident: IncidentRow, at: int, rare: str) -> str:
        """The same rare danger nearby within hours, unless both have streets of their own: it is told of in many words."""
        for name, cause in self._causes.items():
            if cause.rare != rare or at - cause.seen > TOGETHER or not self._near(cause.territory, incident.territory):
                continue
            streets = {one.street for one in cause.incidents.values() if one.street}
            if not streets or not incident.street or incident.street in streets:
                return name
        return ""

    def _spiked(self, posts: Posts, incident: IncidentRow) -> bool:
        """Whether a spike that goes on tells of an incident. One of many places tells only of networks that fail in them."""
        if not self._near(posts.territory, incident.territory):
            return False
        if same(posts.about(), {incident.theme}):
            return True
        return not posts.wide and PART * posts.incidents.get(incident.id, 0) >= max(1, sum(posts.incidents.values()))

    def _told(self, posts: Posts) -> str:
        """The alert whose cause a spike has: the one that most of its posts are of, else the oldest."""
        about, total = posts.about(), sum(posts.incidents.values())
        found: dict[str, int] = {}
        for name, cause in self._causes.items():
            mine = sum(posts.incidents.get(one, 0) for one in cause.incidents)
            told = not posts.wide and mine and PART * mine >= total
            if cause.seen < posts.since - TOGETHER or not self._near(posts.territory, cause.territory):
                continue
            # A spike of many places is more than what one of them tells of.
            if told or ((not posts.wide or cause.territory == posts.territory) and same(about, cause.about())):
                found[name] = mine
        return max(found, key=lambda name: found[name]) if found else ""

    def _near(self, one: str, other: str) -> bool:
        return one in self._profile.path(other) or other in self._profile.path(one)

    def _town(self, group: str, territory: str) -> tuple[str, str]:
        """Group and the widest territory within the region; empty where only the region is known."""
        path = self._profile.path(territory)
        return group, path[-2] if len(path) > 1 else ""

    def dump(self) -> Plain:
        return {name: one.dump() for name, one in self._causes.items()}

    def load(self, state: Plain) -> None:
        self._causes, self._towns, self._alert, self._parent, self._spiking = {}, {}, {}, {}, set()
        for name, values in state.items():
            cause = loaded(values)
            self._begin(name, cause)
            if cause.spikes:
                self._spiking.add(name)
            self._alert |= dict.fromkeys(cause.incidents, name)
            self._parent |= {one.parent: name for one in cause.incidents.values() if one.parent}

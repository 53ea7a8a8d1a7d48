"""What is told of near each other: incidents of one system by street and by territory, and how many of them are usual there."""

from __future__ import annotations

from collections.abc import Callable

from monitor.model.plain import Plain
from monitor.watch.incident import Incident
from monitor.watch.spots import bare
from monitor.watch.systems import systems

HOUR = 3_600_000
TOGETHER = 3 * HOUR
"""Ms within which the first places of a cause are told of."""
TIMES = 4
"""So many times the usual have to be there on top; a pause has to be so many times shorter than the usual one."""
USUAL = 72 * HOUR
"""Ms before, from which the usual is known."""
REMEMBERED = 400
"""Places of one system and street or territory that are looked through: more come together only where a parent has begun long ago."""

Key = tuple[str, str, str]
Here = Callable[[Incident], bool]


class Nearby:
    """The places that a region told of lately. ``get`` gives an incident that is kept."""

    def __init__(self, get: Callable[[str], Incident | None]) -> None:
        self._get = get
        self._near: dict[Key, dict[str, None]] = {}
        self.since = 0
        """Since when anything was told of, ms."""

    def note(self, system: str, incident: Incident) -> None:
        if not (incident.street or incident.facility):
            return
        for key in _keys(system, incident):
            near = self._near.setdefault(key, {})
            near[incident.id] = None
            if len(near) > REMEMBERED:
                del near[next(iter(near))]

    def forget(self, incident: Incident) -> None:
        # Its theme may have been another when it was noted.
        for system in dict.fromkeys(system for theme in (incident.theme, *incident.themes) for system in systems(theme)):
            for key in _keys(system, incident):
                near = self._near.get(key, {})
                near.pop(incident.id, None)
                if not near:
                    self._near.pop(key, None)

    def count(self, key: Key) -> int:
        """How many places are looked through there."""
        return len(self._near.get(key, ()))

    def recent(self, key: Key, at: int) -> list[Incident]:
        """Open incidents that were first told of within hours of ``at``, ms."""
        found = (self._get(name) for name in self._near.get(key, ()))
        return [
            one
            for one in found
            if one is not None and one.status == "open" and not one.alone and abs(at - one.first_seen) <= TOGETHER
        ]

    def unusual(self, key: Key, at: int, places: int, least: int, here: Here) -> bool:
        """Whether so many places within hours of ``at`` are more than the days before explain. ``here``: what may be in the same
        town, since streets of other towns have the same name.
        """
        if places < least:
            return False
        usual, span = self._usual(key, at, here)
        return (places - least) * span >= TIMES * usual * TOGETHER

    def brief(self, key: Key, begun: int, pause: int, here: Here) -> bool:
        """Whether a pause (ms) of what has begun then is too short to be one of the usual days before."""
        usual, span = self._usual(key, begun, here)
        return TIMES * usual * pause <= span

    def _usual(self, key: Key, before: int, here: Here) -> tuple[int, int]:
        """Places told of in the days before the last hours, and the ms in which they were."""
        near = self._near.get(key, {})
        until = before - TOGETHER
        if until <= self.since and len(near) < REMEMBERED:
            # Nobody was watching then.
            return 0, TOGETHER
        told = [one for one in map(self._get, near) if one is not None]
        since = min((one.first_seen for one in told), default=before) if len(near) == REMEMBERED else self.since
        begin = max(since, until - USUAL)
        return sum(begin <= one.first_seen < until and here(one) for one in told), max(TOGETHER, until - begin)

    def dump(self) -> Plain:
        return [[list(key), list(near)] for key, near in self._near.items()]

    def load(self, since: int, state: Plain) -> None:
        self.since = since
        self._near = {(key[0], key[1], key[2]): dict.fromkeys(names) for key, names in state}


def place_key(system: str, street: str, territory: str) -> Key:
    """What is looked through for a street without its kind (wherever it is) or for a territory."""
    return (system, street, "" if street else territory)


def _keys(system: str, incident: Incident) -> list[Key]:
    street = [place_key(system, bare(incident.street), "")] if incident.street else []
    return [*street, place_key(system, "", incident.territory)]

"""The simulated region: give it a profile and a seed, ask it for sources, pages, truth, bursts and history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from monitor.model.codec import encode
from monitor.model.post import Page
from monitor.model.source import Source
from monitor.profile.model import Profile
from sources.masking import mask_post
from sources.simulated.draw import seed_of
from sources.simulated.events import Burst, Scene, Surge, play
from sources.simulated.history import Key, Rates, draw_history
from sources.simulated.outbreaks import Outbreaks
from sources.simulated.places import Places
from sources.simulated.rhythm import Rhythm
from sources.simulated.sites import Site, build_sites
from sources.simulated.slots import Slots
from sources.simulated.truth import Happening, Truth
from sources.simulated.writing import Writer

_DAY_MS: Final = 86_400_000
_WEEK_MS: Final = 7 * _DAY_MS
# Days of bursts that are kept ready; a walk through time needs two.
_DAYS_KEPT: Final = 8


@dataclass(slots=True, frozen=True)
class Options:
    """``posts_per_second`` is the mean over a week; at night it is a tenth of that, in the evening nearly double."""

    posts_per_second: float = 5.0
    communities: int = 200
    mean_words: int = 35
    slot_ms: int = 60_000
    bursts_per_day: float = 2.0


class World:
    """See the module. The same arguments make the same world in every process; nothing is remembered but caches."""

    def __init__(
        self,
        profile: Profile,
        seed: int = 1,
        options: Options | None = None,
        *,
        bursts: Sequence[Burst] = (),
        surges: Sequence[Surge] = (),
        scenes: Sequence[Scene] = (),
    ) -> None:
        self.profile = profile
        self.seed = seed
        self.options = options or Options()
        self.sites = build_sites(profile, seed, self.options.communities)
        self._by_id = {site.source.id: site for site in self.sites}
        self._places = Places(profile)
        self._rhythm = Rhythm(profile.calendar.timezone)
        writer = Writer(self.options.mean_words)
        self._surges = tuple((surge, self._reached(surge.territory)) for surge in surges)
        per_slot = self.options.posts_per_second * self.options.slot_ms / 1000
        self._slots = Slots(
            self.sites,
            self._places,
            self._rhythm,
            writer,
            self.options.slot_ms,
            per_slot,
            surges,
            [reached for _, reached in self._surges],
        )
        self._outbreaks = Outbreaks(
            profile, self.sites, self._places, self._rhythm, writer, seed, bursts, self.options.bursts_per_day
        )
        self._played: dict[tuple[str, int], list[Happening]] = defaultdict(list)
        people = {scene.author or scene.key: f"{seed_of(seed, 'person', scene.author or scene.key):016x}" for scene in scenes}
        for happening in play(scenes, people):
            self._played[happening.truth.source, self._slot_of(happening.at)].append(happening)
        self._days: dict[int, dict[tuple[int, int], list[Happening]]] = {}

    @property
    def sources(self) -> tuple[Source, ...]:
        """All communities and official accounts; their network is ``sim``."""
        return tuple(site.source for site in self.sites)

    def bursts(self, start: int, end: int) -> list[Burst]:
        """The bursts with posts in [start, end), given and random."""
        return self._outbreaks.bursts(start, end)

    def read(self, source: str, start: int, end: int) -> Iterator[Happening]:
        """What happens in a source in (start, end], in order of time. Texts are as people wrote them: not masked.

        Raises KeyError for a source that the world does not have.
        """
        site = self._by_id[source]
        for slot in self._range(start, end):
            for happening in self._slot(site, slot):
                if start < happening.at <= end:
                    yield happening

    def happenings(self, start: int, end: int) -> Iterator[Happening]:
        """What happens in all sources in (start, end], in order of time."""
        for slot in self._range(start, end):
            found = [item for site in self.sites for item in self._slot(site, slot) if start < item.at <= end]
            found.sort(key=lambda item: (item.at, item.truth.id))
            yield from found

    def pages(self, start: int, end: int, *, step_ms: int = 60_000, page_posts: int = 100, empty: bool = False) -> Iterator[Page]:
        """Masked pages of all sources as a crawler that comes every ``step_ms`` would bring them from (start, end].

        Pages without posts are left out unless ``empty`` is set.
        """
        begin = start
        while begin < end:
            # Steps end where slots end: half a slot costs as much as a whole one.
            until = min((begin // step_ms + 1) * step_ms, end)
            for site in self.sites:
                posts = [mask_post(item.post) for item in self.read(site.source.id, begin, until)]
                for first in range(0, len(posts) or int(empty), page_posts):
                    last = first + page_posts >= len(posts)
                    yield Page(
                        source=site.source.id,
                        region=self.profile.id,
                        network=site.source.network,
                        fetched_at=until,
                        covered_until=until if last else begin,
                        cursor=str(until if last else begin),
                        posts=posts[first : first + page_posts],
                    )
            begin = until

    def truth(self, start: int, end: int) -> Iterator[Truth]:
        """The truth about each event in (start, end], in order of time."""
        return (happening.truth for happening in self.happenings(start, end))

    def write_truth(self, path: Path, start: int, end: int) -> int:
        """Writes the truth as JSONL, an event a line; returns how many there are."""
        count = 0
        with path.open("wb") as file:
            for truth in self.truth(start, end):
                file.write(encode({**truth._asdict(), "incident": truth.incident, "parent": truth.parent}) + b"\n")
                count += 1
        return count

    def history(self, start: int, weeks: int, step_ms: int = 3_600_000) -> dict[str, list[int]]:
        """Counts of complaints (no reposts) per step from ``start``, by series ``<territory>|group|<group>``.

        A draw from the world's rates with its bursts and surges, not a count of its posts: a year takes seconds. Only the
        territory that each complaint is about is counted, not those around it; villages with less than one a day count as their
        municipality.
        """
        steps = weeks * _WEEK_MS // step_ms
        end = start + steps * step_ms
        extra: dict[Key, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for burst in self.bursts(start, end):
            for _, happening in self._outbreaks.play(burst):
                truth = happening.truth
                if truth.kind == "complaint" and not truth.duplicate_of and start <= truth.at < end:
                    extra[truth.territory, truth.group][(truth.at - start) // step_ms] += 1
        around = {item.id: item.parent for item in self.profile.territories.values() if item.parent}
        rates = Rates(self.sites, self._places)
        per_ms = self.options.posts_per_second / 1000
        return draw_history(rates, self._rhythm, self.seed, start, steps, step_ms, per_ms, self._surges, extra, around)

    def _slot_of(self, at: int) -> int:
        """A slot holds its end, not its start, as all intervals here do."""
        return (at - 1) // self.options.slot_ms

    def _range(self, start: int, end: int) -> range:
        return range(start // self.options.slot_ms, self._slot_of(end) + 1)

    def _slot(self, site: Site, slot: int) -> list[Happening]:
        found = self._slots.happenings(site, slot)
        # Happenings of bursts and scenes are kept, not made anew: whoever masks or cuts a post must not change them.
        extra = [*self._day(slot).get((site.index, slot), ()), *self._played.get((site.source.id, slot), ())]
        if extra:
            found += [item._replace(post=replace(item.post)) for item in extra]
            found.sort(key=lambda item: item.at)
        return found

    def _day(self, slot: int) -> dict[tuple[int, int], list[Happening]]:
        """The posts of bursts on the slot's day, by site and slot."""
        day = slot * self.options.slot_ms // _DAY_MS
        found = self._days.get(day)
        if found is None:
            found = defaultdict(list)
            start = day * _DAY_MS
            for burst in self._outbreaks.bursts(start, start + _DAY_MS + self.options.slot_ms):
                for index, happening in self._outbreaks.play(burst):
                    found[index, self._slot_of(happening.at)].append(happening)
            if len(self._days) >= _DAYS_KEPT:
                self._days.pop(next(iter(self._days)))
            self._days[day] = found
        return found

    def _reached(self, territory: str) -> frozenset[int]:
        return frozenset(site.index for site in self.sites if not territory or territory in self.profile.path(site.source.territory))

"""Bursts played out: one cause, many people, several houses of a street, in all communities that concern the place."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import Final

from monitor.model.errors import ConfigError
from monitor.model.post import Post
from monitor.profile.model import Profile
from sources.simulated.draw import Draw, mix, poisson, seed_of
from sources.simulated.events import Burst
from sources.simulated.mixture import themes_of
from sources.simulated.phrases import phrases
from sources.simulated.places import Places, house
from sources.simulated.rhythm import Rhythm
from sources.simulated.sites import Site
from sources.simulated.truth import Happening, Truth
from sources.simulated.writing import Writer

_DAY_MS: Final = 86_400_000
# Houses that one failure hits: those of a block.
_HOUSES: Final = 11
# The answer to the first post may come this long after the burst.
_TAIL_MS: Final = 80 * 60_000
# No random burst is longer, so that those of yesterday and today are all that can be going on.
_LONGEST_MINUTES: Final = 720


class Outbreaks:
    """The bursts of the region: those given, and ``per_day`` random ones, each a function of the seed and its day."""

    def __init__(
        self,
        profile: Profile,
        sites: Sequence[Site],
        places: Places,
        rhythm: Rhythm,
        writer: Writer,
        seed: int,
        given: Sequence[Burst],
        per_day: float,
    ) -> None:
        self._profile = profile
        self._sites = sites
        self._places = places
        self._rhythm = rhythm
        self._writer = writer
        self._seed = seed
        self._per_day = per_day
        self._given = tuple(self._complete(burst, f"b{number}") for number, burst in enumerate(given, 1))

    def bursts(self, start: int, end: int) -> list[Burst]:
        """All that may have posts in [start, end), by onset, with nothing left to be drawn."""
        found = list(self._given)
        for day in range(start // _DAY_MS - 1, (end - 1) // _DAY_MS + 1):
            found += self._random(day)
        going = [burst for burst in found if burst.onset < end and burst.onset + burst.minutes * 60_000 + _TAIL_MS > start]
        return sorted(going, key=lambda burst: (burst.onset, burst.id))

    def _random(self, day: int) -> list[Burst]:
        draw = Draw(seed_of(self._seed, "bursts", day))
        found = []
        for number in range(poisson(self._per_day, mix(seed_of(self._seed, "count", day)))):
            month = self._rhythm.month(day * _DAY_MS)
            theme = draw.pick([theme for theme in themes_of(month) if theme.burst])
            burst = Burst(
                onset=day * _DAY_MS + draw.below(_DAY_MS),
                group=theme.group,
                theme=theme.name,
                size=12 + draw.below(20 + draw.below(80)),
                minutes=90 + draw.below(_LONGEST_MINUTES - 90),
            )
            found.append(self._complete(burst, f"r{day}-{number}"))
        return found

    def _complete(self, burst: Burst, name: str) -> Burst:
        """Draws what the burst leaves open. Raises ConfigError for a theme or a territory that does not exist."""
        draw = Draw(seed_of(self._seed, "burst", name, burst.onset))
        try:
            theme = phrases().theme(burst.group, burst.theme or self._theme(burst.group))
        except ValueError as error:
            raise ConfigError([f"burst {burst.id or name}: {error}; name one of sources/simulated/appeals.txt"]) from None
        if burst.territory and burst.territory not in self._profile.territories:
            raise ConfigError([f"burst {burst.id or name}: no territory {burst.territory}; name one of the profile's"])
        target = draw.pick(self._places.targets(burst.territory))
        houses = burst.houses
        if not houses:
            wanted = max(3, min(_HOUSES, burst.size // 4))
            drawn = dict.fromkeys(house(draw) for _ in range(8 * wanted))
            houses = tuple(list(drawn)[:wanted])
        return Burst(
            burst.onset,
            burst.group,
            burst.size,
            burst.minutes,
            theme.name,
            burst.territory if burst.street else target.territory,
            burst.street or draw.pick(target.streets),
            houses,
            burst.copies,
            burst.id or name,
        )

    def _theme(self, group: str) -> str:
        """The group's first theme that can hit many at once, else its first."""
        return next((theme.name for theme in phrases().themes if theme.group == group and theme.burst), "")

    def play(self, burst: Burst) -> list[tuple[int, Happening]]:
        """The burst's posts in order of time, then the answer, each with the index of the site that it is in."""
        draw = Draw(seed_of(self._seed, "play", burst.id))
        span = burst.minutes * 60_000
        times = sorted(burst.onset + int(span * _moment(draw)) for _ in range(burst.size))
        sites = self._concerned(burst.territory)
        theme = phrases().theme(burst.group, burst.theme)
        people = max(1, burst.size * 85 // 100)
        found: list[tuple[int, Happening]] = []
        opened: dict[int, str] = {}
        first_texts: list[Happening] = []
        for number, at in enumerate(times):
            site = draw.pick(sites)
            number_of_house = draw.pick(burst.houses)
            post = Post(id=f"{site.source.id}:{burst.id}.{number}", published_at=at)
            post.author = f"{mix(seed_of(self._seed, burst.id, draw.below(people))):016x}"
            if first_texts and draw.chance(burst.copies):
                first = draw.pick(first_texts[:3])
                post.text = self._writer.copied(draw, first.post.text)
                truth = first.truth._replace(id=post.id, at=at, source=site.source.id, thread="", duplicate_of=first.post.id)
            else:
                spot = self._places.at(draw, site.source.territory, burst.territory, burst.street, number_of_house)
                post.text = self._writer.appeal(draw, theme, "complaint", spot.text)
                truth = Truth(
                    post.id,
                    at,
                    site.source.id,
                    kind="complaint",
                    group=theme.group,
                    theme=theme.name,
                    territory=burst.territory,
                    street=burst.street,
                    house=number_of_house,
                    burst=burst.id,
                )
            if site.index in opened and draw.chance(60):
                post.kind, post.thread = "comment", opened[site.index]
                truth = truth._replace(thread=post.thread)
            opened.setdefault(site.index, post.id)
            happening = Happening(at, post, truth)
            found.append((site.index, happening))
            if not truth.duplicate_of:
                first_texts.append(happening)
        return found + self._answers(burst, draw, found[:1])

    def _answers(self, burst: Burst, draw: Draw, firsts: list[tuple[int, Happening]]) -> list[tuple[int, Happening]]:
        """What the officials say to the first of all: at first that they are at work."""
        found = []
        for index, (_, post, truth) in firsts:
            site = self._sites[index]
            at = post.published_at + (20 + draw.below(60)) * 60_000
            answer = Post(
                id=f"{site.source.id}:{burst.id}.a",
                text=self._writer.reply(draw, "interim"),
                published_at=at,
                kind="comment",
                author=site.person(-1),
                official=True,
                thread=post.id,
                reply_to=post.id,
            )
            meant = truth._replace(id=answer.id, at=at, kind="reply", quality="interim", street="", house="", thread=post.id)
            found.append((index, Happening(at, answer, meant)))
        return found

    def _concerned(self, territory: str) -> list[Site]:
        """The communities of the place, around it and in it, those that write more more often."""
        around = set(self._profile.path(territory))
        found = []
        for site in self._sites:
            home = site.source.territory
            if not site.official and (not home or home in around or territory in self._profile.path(home)):
                # Those who are hit write where they live; the region's communities hear of it from few.
                weight = 1 + int(site.share * len(self._sites) * (8 if home and home != self._profile.id else 2))
                found += [site] * min(weight, 40)
        return found or list(self._sites)


def _moment(draw: Draw) -> float:
    """A moment of a burst, 0 to 1: a gamma variable of shape 2, so that it ramps up, peaks at an eighth and fades."""
    return min(0.999, -0.125 * log((1 - draw.unit()) * (1 - draw.unit())))

"""The communities and official accounts of a simulated region, and how much each of them writes."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from statistics import NormalDist
from typing import Final

from monitor.model.source import Source, SourceClass
from monitor.profile.model import Profile, Territory
from sources.simulated.draw import Draw, mix, seed_of
from sources.simulated.phrases import phrases
from sources.simulated.places import Places, population

# Measured on real communities, a few write most: the logarithm of the rate has this standard deviation. Beyond 2.5 of them a single
# community would be the region.
_SIGMA: Final = 1.5
_FARTHEST: Final = 0.9938
_NETWORK: Final = "sim"


@dataclass(slots=True, frozen=True)
class Site:
    """A source with what the generator needs: its seed, its share of the region's posts (all add up to 1), and its authors."""

    index: int
    source: Source
    seed: int
    share: float
    authors: int
    official: bool

    def author(self, draw: Draw) -> str:
        """One of the people who write here; some write much more than others."""
        unit = draw.unit()
        return self.person(int(unit * unit * self.authors))

    def person(self, number: int) -> str:
        """A keyed hash, as real adapters give; 0 to ``authors`` - 1 are residents, -1 is the account that answers."""
        return f"{mix(self.seed + number):016x}"


def build_sites(profile: Profile, seed: int, communities: int) -> tuple[Site, ...]:
    """``communities`` for the region and its parts (more for more people) and an official account for each municipality."""
    parts = [item for item in profile.territories.values() if item.kind != "region"]
    homes = _homes(parts, communities)
    municipalities = [item for item in parts if item.kind == "municipality"]
    # ``profile.id`` stands for the whole region.
    planned = [(f"c{number}", home, False) for number, home in enumerate(homes, 1)]
    planned += [("o0", "", True), *((f"o{number}", item.id, True) for number, item in enumerate(municipalities, 1))]
    normal = NormalDist()
    rates = []
    for address, _, _ in planned:
        unit = Draw(seed_of(seed, "rate", address)).unit()
        rates.append(exp(_SIGMA * normal.inv_cdf(min(max(unit, 1 - _FARTHEST), _FARTHEST))))
    total = sum(rates)
    ranked = sorted(rates)
    places = Places(profile)
    sites = []
    for index, ((address, territory, official), rate) in enumerate(zip(planned, rates, strict=True)):
        site_seed = seed_of(seed, "site", address)
        name = places.name(territory)
        form = Draw(site_seed).pick(phrases().parts["community"])
        source = Source(
            id=f"{_NETWORK}:{address}",
            network=_NETWORK,
            kind="official" if official else "community",
            region=profile.id,
            address=address,
            name=f"{name}: официально" if official else form.replace("{a}", name),
            territory=territory,
            weight=_weight(rate, ranked),
            members=int(2_000 * rate) + 300,
        )
        sites.append(Site(index, source, site_seed, rate / total, 40 + int(400 * rate), official))
    return tuple(sites)


def _homes(parts: list[Territory], communities: int) -> list[str]:
    """The territory of each community: every twentieth is the region's; each next goes where there are most people for one."""
    counts = dict.fromkeys((item.id for item in parts), 0)
    people = {item.id: population(item) for item in parts}
    homes = []
    for number in range(communities):
        if number % 20 == 7 or not parts:
            homes.append("")
            continue
        home = max(counts, key=lambda item: (people[item] / (counts[item] + 0.5), item))
        counts[home] += 1
        homes.append(home)
    return homes


def _weight(rate: float, ranked: list[float]) -> SourceClass:
    if rate >= ranked[int(len(ranked) * 0.9)]:
        return "critical"
    return "ordinary" if rate >= ranked[int(len(ranked) * 0.4)] else "rare"

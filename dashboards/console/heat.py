"""The heat map: territory by group, active complaints, what they are per 1,000 residents, and what they were a year before."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from monitor.profile.model import Profile

WEEK_HOURS: Final = 7 * 24
FEW: Final = 3
"""Posts below which a cell stays green: in a village one complaint is more per 1,000 residents than a district's worst week."""
YEAR: Final = 364 * 24 * 3_600_000
"""Ms to the same days of the week a year before: people write less on Sundays."""


def zones(profile: Profile, hours: int) -> dict[str, float]:
    """Where a cell of a map of so many hours turns ``yellow`` and ``red``, per 1,000 residents: the region's are a week's."""
    share = hours / WEEK_HOURS
    return {"yellow": profile.thresholds.yellow * share, "red": profile.thresholds.red * share}


def heat_map(
    profile: Profile, inside: str, rows: list[dict[str, Any]], hours: int, before: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """``{groups, rows, unknown, zones}``; a row is ``{territory, name, itself, population, inner, total, before, cells}``, a cell
    ``{group, posts, duplicates, per_1000, zone, before}``.

    ``before`` counts ``posts`` by ``territory`` (with all within it) and ``group`` a year earlier; None where nobody watched, and
    then it is null in rows and cells. ``zone`` is ``green``, ``yellow`` or ``red``, empty where ``per_1000`` is null.

    A row is one of the territories directly inside ``inside`` with all within it, or ``inside`` itself (``itself``) with what could
    not be placed more narrowly. ``per_1000`` is null where the population is not known, and in that last row, whose people are
    everybody; ``unknown`` counts territories without a population. ``groups`` (slugs) and rows stand largest first.
    """
    posts: dict[str, Counter[str]] = {}
    duplicates: dict[str, Counter[str]] = {}
    totals: Counter[str] = Counter()
    for row in rows:
        path = profile.path(row["territory"])
        if inside not in path:
            continue
        at = path.index(inside)
        territory = path[at - 1] if at else inside
        posts.setdefault(territory, Counter())[row["group"]] += row["posts"]
        duplicates.setdefault(territory, Counter())[row["group"]] += row["duplicates"]
        totals[row["group"]] += row["posts"]
    groups = sorted(totals, key=lambda group: (-totals[group], group))
    children = [slug for slug, found in profile.territories.items() if found.parent == inside]
    shown = sorted({*children, *posts}, key=lambda slug: (slug == inside, -posts[slug].total() if slug in posts else 0, slug))
    bounds = zones(profile, hours)
    past = _past(before, inside, children)
    found = []
    for slug in shown:
        known = profile.territories.get(slug)
        people = known.population if known is not None and slug != inside else None
        counts = posts.get(slug, Counter())
        found.append(
            {
                "territory": slug,
                "name": known.name if known is not None else profile.name,
                "itself": slug == inside,
                "population": people,
                "inner": slug != inside and any(other.parent == slug for other in profile.territories.values()),
                "total": counts.total(),
                "before": None if past is None else past.get(slug, Counter()).total(),
                "cells": [
                    {
                        "group": group,
                        "posts": counts[group],
                        "duplicates": duplicates.get(slug, Counter())[group],
                        "per_1000": round(counts[group] * 1000 / people, 3) if people else None,
                        "zone": _zone(counts[group], people, bounds),
                        "before": None if past is None else past.get(slug, Counter())[group],
                    }
                    for group in groups
                ],
            }
        )
    unknown = sum(1 for row in found if row["population"] is None and not row["itself"])
    return {"groups": groups, "rows": found, "unknown": unknown, "zones": bounds}


def _zone(posts: int, people: int | None, bounds: dict[str, float]) -> str:
    if not people:
        return ""
    rate = posts * 1000 / people if posts >= FEW else 0.0
    return next((zone for zone in ("red", "yellow") if rate >= bounds[zone]), "green") if rate else "green"


def _past(before: list[dict[str, Any]] | None, inside: str, children: list[str]) -> dict[str, Counter[str]] | None:
    """By territory; of ``inside`` itself what was not placed more narrowly."""
    if before is None:
        return None
    found: dict[str, Counter[str]] = {}
    for row in before:
        found.setdefault(row["territory"], Counter())[row["group"]] += int(row["posts"])
    own = found.setdefault(inside, Counter())
    for child in children:
        own.subtract(found.get(child, Counter()))
    return found

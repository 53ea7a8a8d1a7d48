"""The heat map: territory by group, active complaints and what they are per 1,000 residents."""

from __future__ import annotations

from collections import Counter
from typing import Any

from monitor.profile.model import Profile


def heat_map(profile: Profile, inside: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """``{groups, rows, unknown}``; a row is ``{territory, name, itself, population, inner, total, cells}``, a cell ``{group, posts,
    duplicates, per_1000}``.

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
                "cells": [
                    {
                        "group": group,
                        "posts": counts[group],
                        "duplicates": duplicates.get(slug, Counter())[group],
                        "per_1000": round(counts[group] * 1000 / people, 3) if people else None,
                    }
                    for group in groups
                ],
            }
        )
    unknown = sum(1 for row in found if row["population"] is None and not row["itself"])
    return {"groups": groups, "rows": found, "unknown": unknown}

"""The card of a spike: the series against its usual band, and what explains it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.console.plot import plot
from dashboards.console.spike_store import SpikeStore, Subject
from dashboards.console.store import DAY, Store
from dashboards.console.view import Views, safe_url
from monitor.profile.model import Profile

WEEK = 7 * DAY
LONGEST = 7 * DAY
"""Of a spike that the plot shows: a longer one has become a season."""
EXAMPLES = 3
CAUSE = 0.5
"""Of a spike's posts: an incident with so many is its likely cause."""


def subject_of(profile: Profile, row: Mapping[str, Any], now: int) -> Subject | None:
    """What the series of an alert counts, as long as it fires; None where it tells of no series.

    An incident and a spike of one cause have one alert, whose kind is that of whichever came first, and whose subject is the series.
    """
    territory, dimension, value = (*str(row["subject"]).split("|", 2), "", "")[:3]
    if dimension not in ("group", "theme", "all"):
        return None
    inner = [slug for slug in profile.territories if territory in profile.path(slug)]
    if territory == profile.id:
        inner.append("")
    end = now if row["status"] == "firing" else int(row["at"])
    group, theme = value if dimension == "group" else "", value if dimension == "theme" else ""
    since = int(row["since"]) or int(row["at"])
    return Subject([*dict.fromkeys([territory, *inner])], group, theme, since, max(end, since + 1))


async def spike_card(
    store: SpikeStore, names: Store, views: Views, profile: Profile, row: Mapping[str, Any], now: int
) -> dict[str, Any]:
    """``{plot, end, posts, copies, authors, week_ago, population, per_1000, first, examples, sources, incidents}`` of a spike's row.

    ``plot``: see dashboards.console.plot, from a day before the spike; ``week_ago``: posts in the same hours a week before, null
    where nobody watched; ``per_1000``: posts per 1,000 residents, null where their number is not known. ``first`` and ``examples``
    are ``{id, source_name, published_at, url, incident, text}``, ``sources`` ``{name, posts}``, the most first; ``incidents`` have
    ``posts`` of the spike and ``cause``: whether at least half of it is this one.
    """
    subject = subject_of(profile, row, now)
    if subject is None:
        return {"plot": None}
    name, since, end = str(row["subject"]), subject.since, subject.end
    figures = await store.figures(subject)
    posts = int(figures["posts"])
    sources = await names.source_names()
    texts = await store.texts(subject, first=False)
    known = profile.territories.get(name.partition("|")[0])
    people = known.population if known is not None else None
    shown = min(end, since + LONGEST)
    return {
        "plot": plot(await store.series(name, since - DAY, shown), since - DAY, shown, since),
        "end": end,
        "posts": posts,
        "copies": int(figures["copies"]),
        "authors": int(figures["authors"]),
        "week_ago": await store.total(name, since - WEEK, end - WEEK),
        "population": people,
        "per_1000": round(posts * 1000 / people, 3) if people else None,
        "first": next((_post(post, sources) for post in await store.texts(subject, first=True)), None),
        "examples": [_post(post, sources) for post in typical(texts, views.words(row))],
        "sources": [
            {"name": sources.get(one["source"], one["source"]), "posts": int(one["posts"])} for one in await store.sources(subject)
        ],
        "incidents": [
            {**views.incident(one, one["version"]), "posts": int(one["part"]), "cause": one["part"] >= CAUSE * posts}
            for one in await store.incidents(subject)
        ],
    }


def typical(rows: Sequence[Mapping[str, Any]], words: Sequence[str]) -> list[Mapping[str, Any]]:
    """The texts that have most of a spike's words, of different incidents first."""
    ranked = sorted(
        (row for row in rows if row["text"]),
        key=lambda row: (-sum(word in row["text"].lower().replace("ё", "е") for word in words), -row["published_at"], row["id"]),
    )
    seen: set[str] = set()
    chosen: list[Mapping[str, Any]] = []
    again: list[Mapping[str, Any]] = []
    for row in ranked:
        (again if row["incident"] in seen else chosen).append(row)
        seen |= {row["incident"]} - {""}
    return (chosen + again)[:EXAMPLES]


def _post(row: Mapping[str, Any], sources: Mapping[str, str]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("id", "published_at", "incident", "text")},
        "source_name": sources.get(row["source"], row["source"]),
        "url": safe_url(row["url"]),
    }

"""Which incidents a request asks for: ``?territory=&group=&block=&status=&words=``."""

from __future__ import annotations

from aiohttp import web

from dashboards.console.asked import choice
from dashboards.console.chosen import Queue
from dashboards.console.store import Store
from dashboards.console.view import Views
from monitor.profile.model import Profile

WORDS = 8
"""Words of a search at most; what comes after them narrows nothing."""
LONGEST = 60
"""Characters of a word of it."""


async def queue_of(request: web.Request, store: Store, views: Views, profile: Profile, limit: int, offset: int = 0) -> Queue:
    """Raises Refused where a parameter can't be what it is."""
    block = request.query.get("block", "")
    words = words_of(request.query.get("words", ""))
    return Queue(
        status=choice(request, "status", ("open", "closed", "void", "all")).replace("all", ""),
        territories=inner(profile, request.query.get("territory", "")),
        group=request.query.get("group", ""),
        block=block_of(profile, block) if block else None,
        words=words,
        names=await _names(store, views) if words else {},
        limit=limit,
        offset=offset,
    )


def inner(profile: Profile, territory: str) -> tuple[str, ...]:
    """A territory with all inside it; none for all of the region."""
    found = tuple(slug for slug in profile.territories if territory in profile.path(slug)) if territory else ()
    return found or ((territory,) if territory else ())


def words_of(text: str) -> tuple[str, ...]:
    """What must all be found; е and ё are one letter, as people type them."""
    parts = text.replace("ё", "е").replace("Ё", "Е").replace(",", " ").replace("\0", " ").split()
    return tuple(word[:LONGEST] for word in parts[:WORDS])


async def _names(store: Store, views: Views) -> dict[str, dict[str, str]]:
    slugs = await store.slugs()
    return {
        # A theme is found by the name of its group too: that is searched beside it.
        "theme": {slug: views.problem("", slug) for slug in slugs["themes"] if slug},
        "group": {slug: views.problem(slug, "") for slug in slugs["groups"] if slug},
        "territory": {slug: views.territory(slug) for slug in slugs["territories"]},
        "body": {slug: views.body(slug) for slug in slugs["bodies"] if slug},
    }


def block_of(profile: Profile, name: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """A block's groups, its themes, and the themes that belong to other blocks."""
    mine = [key for key, block in profile.blocks.items() if block == name]
    others = tuple(key for key, block in profile.blocks.items() if block != name and "." in key)
    return tuple(key for key in mine if "." not in key), tuple(key for key in mine if "." in key), others

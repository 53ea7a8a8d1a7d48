"""Which region a finding of a search belongs to: a search reads all of a network, and people write of the same everywhere.

A finding goes to the region whose place its text names, the search's own first; one that names no place of any region is of anywhere,
and left out. A search that has a territory in ``sources.csv`` is one of which somebody knows better: all that it finds is of there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from detectors.classifier import RuleClassifier
from monitor.model.post import Page, Post
from monitor.model.source import Source
from monitor.profile.model import Profile


class Assigning:
    """Of the regions of ``profiles``, each with the names that it knows."""

    def __init__(self, profiles: Sequence[Profile]) -> None:
        self._profiles = {profile.id: profile for profile in profiles}
        self._names: dict[str, Callable[[str], str]] = {}

    def concerns(self, source: Source) -> bool:
        """Whether the source is a search whose findings may be of anywhere, and somebody here knows names."""
        return bool(self._profiles) and source.address.startswith("search:") and not source.territory

    async def assign(self, source: Source, pages: Sequence[Page]) -> list[Page]:
        """The pages of one answer as pages of regions. The last one is the search's own, with its cursor, and empty if need be."""
        names = await self._learn(source.region)
        found: list[Page] = []
        for page in pages:
            posts: dict[str, list[Post]] = {}
            for post in page.posts:
                if region := _of(post, names):
                    posts.setdefault(region, []).append(post)
            # Of the others' progress it says nothing.
            others = [name for name in posts if name != source.region]
            found += [replace(page, region=name, covered_until=0, posts=posts[name]) for name in others]
            found.append(replace(page, posts=posts.get(source.region, [])))
        return [page for page in found[:-1] if page.posts] + found[-1:]

    async def _learn(self, first: str) -> dict[str, Callable[[str], str]]:
        """What says the territory that a text names, by region; learnt when a search has found something: most regions have none."""
        for region, profile in self._profiles.items():
            if region not in self._names:
                self._names[region] = (await asyncio.to_thread(RuleClassifier, profile)).territory
        return {region: self._names[region] for region in sorted(self._profiles, key=lambda region: (region != first, region))}


def _of(post: Post, names: dict[str, Callable[[str], str]]) -> str:
    """The first region that knows a place in the text or in the address that the source gave; empty: none does."""
    text = f"{post.text} {post.place}"
    return next((region for region, territory in names.items() if territory(text)), "")

"""The everyday of the communities: what a source brings in one slot of time is a function of the seed, the source and the slot.

What refers to an earlier post (a comment, an answer, a repost, an edit) looks for it backwards from a drawn slot, so nothing has to
be remembered, and any process can make any slot.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from monitor.model.post import Post
from sources.simulated.draw import Draw, mix, poisson
from sources.simulated.events import Surge
from sources.simulated.grid import Found, Grid
from sources.simulated.mixture import (
    ANSWER_MINUTES,
    QUALITIES,
    Role,
    appeal_share,
    complaints_about,
    group_themes,
    kind_of,
    role_table,
    themes_of,
)
from sources.simulated.phrases import Theme
from sources.simulated.places import Places
from sources.simulated.rhythm import Rhythm, activity
from sources.simulated.sites import Site
from sources.simulated.truth import Happening, Truth
from sources.simulated.writing import Writer

_POSTS: Final = frozenset((Role.CHAT_POST, Role.APPEAL_POST, Role.ANNOUNCEMENT))
_APPEALS: Final = frozenset((Role.APPEAL_POST, Role.APPEAL_COMMENT))
_ORIGINALS: Final = _POSTS | _APPEALS | {Role.CHAT_COMMENT}


class Slots:
    """Makes the happenings of (site, slot). ``per_slot`` is the region's mean number of events in a slot of ``slot_ms``."""

    def __init__(
        self,
        sites: Sequence[Site],
        places: Places,
        rhythm: Rhythm,
        writer: Writer,
        slot_ms: int,
        per_slot: float,
        surges: Sequence[Surge],
        reached: Sequence[frozenset[int]],
    ) -> None:
        self._sites = sites
        self._places = places
        self._rhythm = rhythm
        self._writer = writer
        self._slot_ms = slot_ms
        self._grid = Grid(rhythm, slot_ms, per_slot)
        self._surges = tuple(zip(surges, reached, strict=True))
        # Whose texts are reposted: mostly those of the communities that write most, as the table of shares has it.
        self._quoted = [site for site in sites if not site.official for _ in range(1 + int(site.share * 4 * len(sites)))] or list(
            sites
        )

    def happenings(self, site: Site, slot: int) -> list[Happening]:
        """The slot's events in order of time."""
        count, seed = self._grid.size(site, slot)
        found = []
        roles = role_table(site.official)
        for index in range(count):
            own = mix(seed + index)
            happening = self._happening(site, slot, index, count, own, roles[own & 1023])
            if happening is not None:
                found.append(happening)
        if self._surges:
            found += self._surged(site, slot, seed)
            found.sort(key=lambda item: item.at)
        return found

    def _happening(self, site: Site, slot: int, index: int, count: int, seed: int, role: Role) -> Happening | None:
        draw = Draw(seed)
        at = self._grid.time(slot, index, count, draw)
        if role in _ORIGINALS:
            return self._original(site, slot, index, at, draw, role)
        if role is Role.REPOST:
            return self._repost(site, slot, index, at, draw)
        if role is Role.REPLY:
            return self._reply(site, slot, index, at, draw)
        return self._change(site, slot, at, draw, role)

    def _again(self, site: Site, found: Found) -> Happening:
        """The event that was found, made anew."""
        slot, index, count, seed, role = found
        draw = Draw(seed)
        at = self._grid.time(slot, index, count, draw)
        return self._original(site, slot, index, at, draw, role)

    def _original(self, site: Site, slot: int, index: int, at: int, draw: Draw, role: Role) -> Happening:
        if role in _APPEALS:
            theme = draw.pick(themes_of(self._rhythm.month(slot * self._slot_ms)))
            return self._appeal(site, slot, str(index), at, draw, theme, role)
        official = role is Role.ANNOUNCEMENT
        text = self._writer.announcement(draw) if official else self._writer.chatter(draw)
        post = Post(id=self._id(site, slot, str(index)), text=text, published_at=at, author=site.author(draw), official=official)
        if official:
            post.author = site.person(-1)
        if role is Role.CHAT_COMMENT:
            self._thread(post, site, slot, draw)
        territory = site.source.territory or site.source.region
        return Happening(at, post, Truth(post.id, at, site.source.id, territory=territory, thread=post.thread))

    def _appeal(self, site: Site, slot: int, name: str, at: int, draw: Draw, theme: Theme, role: Role) -> Happening:
        kind = kind_of(theme, draw.below(100))
        spot = self._places.spot(draw, site.source.territory, theme)
        text = self._writer.appeal(draw, theme, kind, spot.text)
        post = Post(id=self._id(site, slot, name), text=text, published_at=at, author=site.author(draw))
        if role is Role.APPEAL_COMMENT:
            self._thread(post, site, slot, draw)
        truth = Truth(
            post.id,
            at,
            site.source.id,
            "new",
            kind,
            "",
            theme.group,
            theme.name,
            spot.territory,
            spot.street,
            spot.house,
            post.thread,
        )
        return Happening(at, post, truth)

    def _thread(self, post: Post, site: Site, slot: int, draw: Draw) -> None:
        """Puts a comment under an earlier post; where there is none it is a post itself."""
        found = self._grid.find(site, slot - 1 - draw.below(30), _POSTS)
        if found is not None:
            post.kind = "comment"
            post.thread = self._id(site, found[0], str(found[1]))

    def _repost(self, site: Site, slot: int, index: int, at: int, draw: Draw) -> Happening:
        """Somebody else's text again. The slots that are looked from are few, so the same post is reposted by many."""
        other = draw.pick(self._quoted)
        found = self._grid.find(other, (slot - 10 - draw.below(600)) // 60 * 60, _POSTS)
        if found is None:
            return self._original(site, slot, index, at, draw, Role.CHAT_POST)
        first = self._again(other, found)
        post = Post(
            id=self._id(site, slot, str(index)),
            text=self._writer.copied(draw, first.post.text),
            published_at=at,
            author=site.author(draw),
            repost_of=first.post.id if draw.chance(50) else "",
        )
        return Happening(
            at, post, first.truth._replace(id=post.id, at=at, source=site.source.id, thread="", duplicate_of=first.post.id)
        )

    def _reply(self, site: Site, slot: int, index: int, at: int, draw: Draw) -> Happening | None:
        lag = draw.pick(ANSWER_MINUTES) * (50 + draw.below(100)) * 600 // self._slot_ms
        found = self._grid.find(site, slot - 1 - lag, _APPEALS)
        if found is None:
            return None
        appeal = self._again(site, found)
        quality = draw.pick(QUALITIES)
        post = Post(
            id=self._id(site, slot, str(index)),
            text=self._writer.reply(draw, quality),
            published_at=at,
            kind="comment",
            author=site.person(-1),
            official=True,
            thread=appeal.post.thread or appeal.post.id,
            reply_to=appeal.post.id,
        )
        truth = appeal.truth._replace(
            id=post.id, at=at, kind="reply", quality=quality, street="", house="", thread=appeal.post.id, duplicate_of=""
        )
        return Happening(at, post, truth)

    def _change(self, site: Site, slot: int, at: int, draw: Draw, role: Role) -> Happening | None:
        """An edit or a deletion. A post gets the one or the other, as a bit of its seed says, so nothing deleted is edited later."""
        found = self._grid.find(site, slot - 1 - draw.below(90), _ORIGINALS, bit=int(role is Role.DELETION))
        if found is None:
            return None
        _, post, truth = self._again(site, found)
        post.edited_at = at
        if role is Role.DELETION:
            post.text, post.deleted = "", True
            return Happening(at, post, truth._replace(at=at, change="deleted"))
        post.text, withdrawn = self._writer.edited(draw, post.text, truth.kind)
        if withdrawn:
            truth = truth._replace(kind="chatter", group="", theme="", street="", house="")
        return Happening(at, post, truth._replace(at=at, change="edited"))

    def _surged(self, site: Site, slot: int, seed: int) -> list[Happening]:
        at = slot * self._slot_ms
        found = []
        for number, (surge, reached) in enumerate(self._surges):
            if not surge.start <= at < surge.end or site.index not in reached:
                continue
            month = self._rhythm.month(at)
            themes = group_themes(surge.group, month)
            share = complaints_about(surge.group, month)
            mean = (
                self._grid.rate(slot)
                * site.share
                * activity(site.seed, at)
                * appeal_share(site.official)
                * share
                * (surge.factor - 1)
            )
            count = poisson(mean, mix(seed ^ (number + 1) << 32))
            for index in range(count):
                draw = Draw(mix(seed ^ (number + 1) << 48 ^ index))
                time = self._grid.time(slot, index, count, draw)
                theme = draw.pick(themes)
                role = Role.APPEAL_COMMENT if draw.chance(55) else Role.APPEAL_POST
                found.append(self._complaint(site, slot, f"s{number}.{index}", time, draw, theme, role))
        return found

    def _complaint(self, site: Site, slot: int, name: str, at: int, draw: Draw, theme: Theme, role: Role) -> Happening:
        only = Theme(theme.group, theme.name, 1, theme.address, "all", False, {"complaint": theme.lines["complaint"]})
        return self._appeal(site, slot, name, at, draw, only, role)

    def _id(self, site: Site, slot: int, name: str) -> str:
        return f"{site.source.id}:{slot}.{name}"

"""Reads groups: the list of topics, then the comments of those that are due, one request a fetch."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from monitor.model.errors import SourceRefused, SourceUnavailable
from monitor.model.post import Page, Post
from monitor.model.source import Source
from sources.base import Fetched
from sources.odnoklassniki import parser, rounds
from sources.odnoklassniki.call import Api
from sources.odnoklassniki.errors import ObjectError
from sources.odnoklassniki.mark import HOUR, STALE, Mark
from sources.odnoklassniki.parser import Part, Reading
from sources.paging import split
from sources.wire import Budget, Http

MOSCOW: Final = ZoneInfo("Europe/Moscow")
# Those that a working client asks for; a field that the network does not know makes it refuse the whole request.
_COMMENT_FIELDS: Final = ",".join(
    f"comment.{name}" for name in ("ID", "TEXT", "DATE", "AUTHOR_ID", "AUTHOR_REF", "TYPE", "REPLY_TO_COMMENT_ID")
)
_CHECKED: Final = 50
_GROUP = re.compile(r"^(?:https?://)?(?:(?:www\.|m\.)?ok\.ru/)?(?:group/?)?(\d{5,25})(?:[/?].*)?$")


@dataclass(slots=True, frozen=True)
class OkSettings:
    """``api``: address of the methods. ``wait``: seconds between two readings of a group's list; ``depth_hours``: how far back the
    first one goes; ``edit_hours``: comments are compared with what they were until they are so old. ``zone``: of dates without one.

    ``topic_fields``: the fields asked for with topics, empty: what the network gives of itself, which is known to have the text.
    """

    api: str = "https://api.ok.ru/fb.do"
    wait: float = 300.0
    depth_hours: float = 72.0
    edit_hours: float = 6.0
    topics: int = 50
    comments: int = 100
    zone: tzinfo = MOSCOW
    topic_fields: str = ""


@dataclass(slots=True, frozen=True)
class Group:
    """What a group says of itself."""

    id: str
    name: str
    description: str
    members: int


class OkAdapter:
    """Reads groups; a source's ``address`` is the number of a group, or its address with the number in it (``ok.ru/group/123``).

    A round reads the list from the newest topic down to where the last round began, and then the comments of all topics that are due
    by their age or by the number of comments that the list gives. Topics and comments that changed come as later versions, those that
    are gone as deleted. All of that is remembered by the cursor alone, within bounds: see sources.odnoklassniki.mark.
    """

    network = "ok"

    def __init__(self, settings: OkSettings, http: Http, budget: Budget, author_key: bytes) -> None:
        self._settings = settings
        self._api = Api(settings.api, http, budget)
        self._key = author_key
        self._window = int(settings.edit_hours * HOUR)

    async def fetch(self, source: Source, cursor: str, now: int) -> Fetched:
        group = group_of(source.address)
        reading = Reading(source, group, self._key, self._settings.zone)
        mark = Mark.read(cursor)
        before = mark.covered
        if mark.step and now - mark.began > STALE:
            mark.step = ""
        if not mark.step:
            rounds.begin(mark, now, int(self._settings.depth_hours * HOUR))
        posts, broken = await self._step(mark, reading, now)
        more = rounds.advance(mark, now, self._window)
        page = Page(source.id, source.region, self.network, now, mark.covered, mark.write(), posts=posts)
        soonest = min([self._settings.wait, *((topic.due(now) - now) / 1000 for topic in mark.topics)])
        wait = 0.0 if more else max(0.0, soonest)
        return Fetched(split(page, cursor, before, posts_limit=self._settings.comments), more=more, wait=wait, broken=broken)

    async def group(self, source: Source, now: int) -> Group:
        """What the source's group says of itself. Raises SourceRefused, SourceUnavailable."""
        id = group_of(source.address)
        try:
            data = await self._api.call("group.getInfo", {"uids": id, "fields": "uid,name,description,members_count"}, now)
        except ObjectError as error:
            raise _refused(error) from None
        found = data[0] if isinstance(data, list) and data and isinstance(data[0], dict) else None
        if found is None:
            raise SourceRefused("Одноклассники: группы нет", "gone")
        members = found.get("members_count")
        texts = (found.get(name) for name in ("name", "description"))
        name, description = (text if isinstance(text, str) else "" for text in texts)
        return Group(id, name, description, members if isinstance(members, int) else 0)

    async def past(self, source: Source, cursor: str, since: int, now: int) -> Fetched:
        """Topics from the newest back, without their comments. See sources.base.Past.

        The cursor is the anchor to go on from and when it was given (ms): after a long rest the list is begun anew.
        """
        reading = Reading(source, group_of(source.address), self._key, self._settings.zone)
        given, _, anchor = cursor.partition(",")
        if now - int(given or 0) > STALE:
            anchor = ""
        part = await self._topics(anchor, reading, now)
        oldest = min((item.at for item in part.items if item.at and not item.pinned), default=now)
        posts = [item.post for item in part.items if item.at >= since]
        more = part.more and part.anchor != anchor and bool(part.items) and oldest >= since
        page = Page(source.id, source.region, self.network, now, 0, f"{now},{part.anchor}", posts=posts)
        return Fetched(split(page, cursor, posts_limit=self._settings.comments), more, broken=part.broken)

    async def close(self) -> None:
        """Nothing is held."""

    async def _step(self, mark: Mark, reading: Reading, now: int) -> tuple[list[Post], list[tuple[Any, str]]]:
        if mark.step == rounds.LIST:
            part = await self._topics(mark.anchor, reading, now)
            return rounds.take_topics(mark, part, now), part.broken
        if mark.step == rounds.CHECK:
            asked = mark.suspects[:_CHECKED]
            part = await self._by_ids(asked, reading, now)
            return rounds.take_check(mark, part, asked, now, reading), part.broken
        topic = mark.topic(mark.step[1:])
        if topic is None:
            mark.step = ""
            return [], []
        try:
            part = await self._comments(topic.id, mark, reading, now)
        except ObjectError as error:
            rounds.finish_comments(mark, topic)
            if error.effect == "gone":
                # Also what a topic without discussion answers: the topic itself says whether it is there.
                mark.suspects, mark.step = [topic.id], rounds.CHECK
            return [], []
        return rounds.take_comments(mark, topic, part, now, reading), part.broken

    async def _topics(self, anchor: str, reading: Reading, now: int) -> Part:
        parameters = {"gid": reading.group, "count": str(self._settings.topics)} | self._fields()
        if anchor:
            parameters["anchor"] = anchor
        try:
            return _said(parser.topics(await self._api.call("mediatopic.getTopics", parameters, now), reading))
        except ObjectError as error:
            raise _refused(error) from None

    async def _by_ids(self, ids: list[str], reading: Reading, now: int) -> Part:
        try:
            data = await self._api.call("mediatopic.getByIds", {"topic_ids": ",".join(ids)} | self._fields(), now)
        except ObjectError as error:
            if error.effect == "gone":
                return Part()
            raise _refused(error) from None
        return _said(parser.topics(data, reading))

    async def _comments(self, topic: str, mark: Mark, reading: Reading, now: int) -> Part:
        parameters = {
            "discussionId": topic,
            "discussionType": "GROUP_TOPIC",
            "anchor": mark.anchor or "LAST",
            "direction": "BACKWARD",
            "count": str(self._settings.comments),
            "fields": _COMMENT_FIELDS,
            "mark_as_read": "false",
        }
        return parser.comments(await self._api.call("discussions.getComments", parameters, now), topic, reading)

    def _fields(self) -> dict[str, str]:
        return {"fields": self._settings.topic_fields} if self._settings.topic_fields else {}


def group_of(address: str) -> str:
    """The number of the group. Raises SourceRefused: an alias can't be read without it."""
    match = _GROUP.match(address.strip())
    if match is None:
        raise SourceRefused("Одноклассники: нужен номер группы или адрес вида ok.ru/group/123456789")
    return match[1]


def _said(part: Part) -> Part:
    """An answer without the list is none: otherwise all topics would seem to be deleted."""
    if part.silent:
        raise SourceUnavailable("Одноклассники: в ответе нет списка тем", 60.0)
    return part


def _refused(error: ObjectError) -> SourceRefused:
    return SourceRefused(str(error), "gone" if error.effect == "gone" else "forbidden")

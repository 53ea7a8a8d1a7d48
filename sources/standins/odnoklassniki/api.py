"""The REST API of Odnoklassniki as far as groups are read through it.

Shapes: those that clients of the API rely on. Users' names stand in the answers, as they do there; a wrong signature is answered with
the string that it was calculated from, tokens and all. What is documented nowhere is marked in the code as ours.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from hashlib import md5
from typing import Any, Final

from aiohttp import web

from monitor.model.post import Post
from sources.standins.counting import Counts
from sources.standins.faults import Faults
from sources.standins.held import Held

_MOSCOW: Final = timezone(timedelta(hours=3))
_FIELDS: Final = frozenset(
    ("ID", "TEXT", "DATE", "AUTHOR_ID", "AUTHOR_NAME", "AUTHOR_REF", "TYPE", "REPLY_TO_ID", "REPLY_TO_NAME", "REPLY_TO_COMMENT_ID")
)
_COMMENTS: Final = 100


@dataclass
class Access:
    """A token of an application and how it stands. ``session``: the secret is the session's own and not the application's."""

    application_key: str = "CAAAAAAAAAAAAAAA"
    token: str = "tkn1"
    secret: str = "0123456789abcdef0123456789abcdef"
    session: bool = False
    expired: bool = False

    def value(self) -> str:
        return f"{self.application_key}:{self.token}:{self.secret}"


class Refusal(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class OdnoklassnikiApi:
    """The stand-in: ``app`` answers at ``/fb.do``. A token may ask ``rate`` times a second and ``daily`` times a day (ours).

    ``counts`` has the requests of each token, also by ``<token> <method>``. Groups in ``closed`` are restricted; with ``numbers``
    the topics say how many comments they have (the network does so only if asked); ``pinned`` topics come first. The next ``blank``
    lists of topics are answered empty, as by a server that lost its index. ``now`` gives ms.
    """

    def __init__(
        self, held: Held, now: Callable[[], int], accesses: Sequence[Access], faults: Faults | None = None, *, rate: int = 1000
    ) -> None:
        self.accesses = {access.token: access for access in accesses}
        self.rate = rate
        self.daily = 1_000_000
        self.closed: set[str] = set()
        self.pinned: set[str] = set()
        self.numbers = False
        self.blank = 0
        self.counts = Counts()
        self._held = held
        self._now = now
        self._owners: dict[str, str] = {}
        self.app = web.Application(middlewares=[faults.middleware] if faults else [])
        self.app.router.add_route("*", "/fb.do", self._serve)

    async def _serve(self, request: web.Request) -> web.Response:
        form = dict(await request.post()) if request.method == "POST" else {}
        asked = {**request.query, **{name: str(value) for name, value in form.items()}}
        try:
            return web.json_response(self._answer(asked))
        except Refusal as refusal:
            # Errors are HTTP 200, told by a header as well.
            body = {"error_code": refusal.code, "error_msg": str(refusal), "error_data": None}
            return web.json_response(body, headers={"Invocation-error": str(refusal.code)})

    def _answer(self, asked: Mapping[str, str]) -> Any:
        access = self._authentic(asked)
        method = asked.get("method", "")
        self.counts.hit(f"{access.token} {method}")
        if self.counts.hit(access.token) > self.rate:
            raise Refusal(8, "FLOOD_BLOCKED : The execution of method is blocked due to flood")
        if self.counts.total(access.token) > self.daily:
            raise Refusal(11, "LIMIT_REACHED : Method invocation limit reached")
        methods: dict[str, Callable[[Mapping[str, str]], Any]] = {
            "group.getInfo": self._info,
            "mediatopic.getTopics": self._topics,
            "mediatopic.getByIds": self._by_ids,
            "discussions.getComments": self._comments,
        }
        if method not in methods:
            raise Refusal(3, f"METHOD : Method {method} does not exist")
        return methods[method](asked)

    def _authentic(self, asked: Mapping[str, str]) -> Access:
        access = self.accesses.get(asked.get("access_token", ""))
        if access is None:
            raise Refusal(103, "PARAM_SESSION_KEY : Invalid session key")
        if asked.get("application_key") != access.application_key:
            raise Refusal(101, "PARAM_API_KEY : Parameter application_key not specified or invalid")
        secret = access.secret if access.session else md5((access.token + access.secret).encode()).hexdigest()
        covered = "".join(f"{name}={asked[name]}" for name in sorted(asked) if name not in ("sig", "access_token", "session_key"))
        if asked.get("sig") != md5((covered + secret).encode()).hexdigest():
            raise Refusal(104, f"PARAM_SIGNATURE : Invalid signature {asked.get('sig')}, calculated by string {covered}{secret}")
        if access.expired:
            raise Refusal(102, "PARAM_SESSION_EXPIRED : Session expired")
        return access

    def _info(self, asked: Mapping[str, str]) -> Any:
        found = ((uid, self._held.title(uid)) for uid in _needed(asked, "uids").split(","))
        return [{"uid": uid, "name": name, "description": "", "members_count": 1000} for uid, name in found if name is not None]

    def _topics(self, asked: Mapping[str, str]) -> Any:
        gid = self._group(_needed(asked, "gid"))
        posts = [post for post in self._posts(gid) if not post.thread]
        if self.blank:
            self.blank -= 1
            posts = []
        posts.sort(key=lambda post: (post.id in self.pinned, post.published_at, int(post.id)), reverse=True)
        after = _anchor(asked.get("anchor", ""))
        start = next((place + 1 for place, post in enumerate(posts) if post.id == after), 0)
        end = start + max(1, min(int(asked.get("count", "20")), 50))
        shown = posts[start:end]
        answer: dict[str, Any] = {"media_topics": [self._topic(gid, post) for post in shown], "has_more": end < len(posts)}
        return answer | ({"anchor": _opaque(shown[-1].id)} if shown else {}) | _entities(shown)

    def _by_ids(self, asked: Mapping[str, str]) -> Any:
        ids = _needed(asked, "topic_ids").split(",")
        found = [
            (gid, post)
            for gid in dict.fromkeys(self._owners.get(id, "") for id in ids)
            if gid and self._held.title(gid) is not None
            for post in self._posts(gid)
            if post.id in ids
        ]
        if not found:
            raise Refusal(300, "NOT_FOUND : Requested information is not found")
        return {"media_topics": [self._topic(gid, post) for gid, post in found]}

    def _comments(self, asked: Mapping[str, str]) -> Any:
        topic, kind = _needed(asked, "discussionId"), _needed(asked, "discussionType")
        for field in filter(None, asked.get("fields", "").split(",")):
            if field.removeprefix("comment.") not in _FIELDS:
                raise Refusal(100, f"PARAM : Field '{field}' does not exist in type CommentBeanFields")
        count = int(asked.get("count", "20"))
        if kind != "GROUP_TOPIC" or not 1 <= count <= _COMMENTS or not topic.isdigit():
            raise Refusal(100, "PARAM : Invalid parameter")
        gid = self._owners.get(topic, "")
        posts = self._posts(self._group(gid)) if gid else []
        if not any(post.id == topic for post in posts):
            raise Refusal(106, "PARAM_ENTITY_ID : Invalid entity ID")
        posts = [post for post in posts if post.thread == topic]
        backward = asked.get("direction", "FORWARD") == "BACKWARD"
        if backward:
            posts.reverse()
        # An anchor stays true where comments come and go: it is the place of the last one shown.
        anchor = asked.get("anchor", "FIRST")
        if anchor not in ("FIRST", "LAST"):
            at, _, id = _anchor(anchor).partition("/")
            place = (int(at), int(id))
            posts = [post for post in posts if ((post.published_at, int(post.id)) < place) == backward and post.id != id]
        shown = posts[:count]
        return {
            "comments": [self._comment(post) for post in (reversed(shown) if backward else shown)],
            "has_more": len(posts) > count,
            "anchor": _opaque(f"{shown[-1].published_at}/{shown[-1].id}") if shown else anchor,
            "discussionId": topic,
            "discussionType": kind,
            "entities": {"users": [{"uid": author, "name": f"Имя {author}"} for author in {post.author for post in shown}]},
        }

    def _group(self, gid: str) -> str:
        if self._held.title(gid) is None:
            raise Refusal(160, "PARAM_GROUP_ID : Invalid group ID")
        if gid in self.closed:
            raise Refusal(456, "GROUP_RESTRICTION : Cannot perform operation because group set restriction on it")
        return gid

    def _posts(self, gid: str) -> list[Post]:
        posts = [post for post in self._held.posts(gid, self._now()) if not post.deleted]
        self._owners.update((post.id, gid) for post in posts if not post.thread)
        return posts

    def _topic(self, gid: str, post: Post) -> dict[str, Any]:
        reference = f"user:{post.author}" if post.author else f"group:{gid}"
        media: list[dict[str, Any]] = [{"type": "text", "text": post.text, "text_tokens": [{"text": post.text}]}]
        media += [{"type": "photo", "photo_refs": [f"group_photo:{item.id}"]} for item in post.attachments if item.kind == "photo"]
        media += [{"type": "link", "url": item.url, "title": item.title} for item in post.attachments if item.kind == "link"]
        raw: dict[str, Any] = {
            "id": post.id,
            "created_ms": post.published_at,
            "author_ref": reference,
            "owner_ref": f"group:{gid}",
            "media": media,
            "like_summary": {"count": post.likes},
        }
        if post.id in self.pinned:
            raw["is_sticky"] = True
        if self.numbers:
            count = sum(comment.thread == post.id for comment in self._posts(gid))
            raw["discussion_summary"] = {"discussion_id": post.id, "discussion_type": "GROUP_TOPIC", "comments_count": count}
        return raw

    def _comment(self, post: Post) -> dict[str, Any]:
        answered = {"reply_to_comment_id": post.reply_to} if post.reply_to else {}
        return {
            "id": post.id,
            "text": post.text,
            "date": datetime.fromtimestamp(post.published_at // 1000, UTC).astimezone(_MOSCOW).strftime("%Y-%m-%d %H:%M:%S"),
            "author_id": post.author,
            "author_name": f"Имя {post.author}",
            "type": "ACTIVE_MESSAGE",
            **answered,
        }


def _needed(asked: Mapping[str, str], name: str) -> str:
    if not asked.get(name):
        raise Refusal(100, f"PARAM : Missing required parameter {name}")
    return asked[name]


def _opaque(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode()


def _anchor(anchor: str) -> str:
    try:
        return base64.urlsafe_b64decode(anchor).decode()
    except ValueError:
        raise Refusal(100, "PARAM : Invalid anchor") from None


def _entities(posts: Sequence[Post]) -> dict[str, Any]:
    photos = [item for post in posts for item in post.attachments if item.kind == "photo"]
    return (
        {"entities": {"photos": [{"ref": f"group_photo:{item.id}", "standard_url": item.url} for item in photos]}} if photos else {}
    )

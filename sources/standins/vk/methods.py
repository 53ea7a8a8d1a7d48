"""VK's methods over a world: parameters in, ``response`` out, or an error as VK words it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from monitor.model.post import Post
from sources.standins.vk.objects import comment_object, discussion, threads, wall_object
from sources.standins.vk.world import Standing, VkWorld, Wall

Params = Mapping[str, str]


class VkError(Exception):
    """``error`` of an answer; ``extra`` are fields that some errors have beside code and message."""

    def __init__(self, code: int, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.extra = extra


class Methods:
    """The methods by name: ``call("wall.get", params)``."""

    def __init__(self, world: VkWorld) -> None:
        self._world = world
        self._methods: dict[str, Callable[[Params], Any]] = {
            "wall.get": self._get,
            "wall.getById": self._by_id,
            "wall.getComments": self._comments,
            "newsfeed.search": self._search,
            "groups.getById": self._groups,
        }

    def call(self, method: str, params: Params) -> Any:
        found = self._methods.get(method)
        if found is None:
            raise VkError(3, "Unknown method passed")
        return found(params)

    def _wall(self, params: Params) -> Wall:
        name: int | str = _number(params, "owner_id") if "owner_id" in params else params.get("domain", "")
        wall = self._world.wall(name) if name else None
        if wall is None:
            raise VkError(100, "One of the parameters specified was missing or invalid: owner_id is invalid")
        _open(wall)
        return wall

    def _get(self, params: Params) -> Any:
        wall = self._wall(params)
        standing = self._world.read(wall)
        posts = standing.posts
        posts.sort(key=lambda post: int(post.id) != wall.pinned)
        offset, count = _number(params, "offset"), min(100, _number(params, "count", 20))
        if offset < 0 or count < 0:
            raise VkError(100, "One of the parameters specified was missing or invalid: offset should be positive")
        return {"count": len(posts), "items": [_object(wall, standing, post) for post in posts[offset : offset + count]]}

    def _by_id(self, params: Params) -> Any:
        items = []
        for name in params.get("posts", "").split(",")[:100]:
            owner, _, number = name.partition("_")
            wall = self._world.wall(int(owner))
            if wall is not None and wall.access == "open":
                standing = self._world.read(wall)
                items += [_object(wall, standing, post) for post in standing.posts if post.id == number]
        return {"items": items}

    def _comments(self, params: Params) -> Any:
        wall, number = self._wall(params), _number(params, "post_id")
        standing = self._world.read(wall)
        if all(post.id != str(number) for post in standing.posts):
            raise VkError(15, "Access denied: post was not found check post_id param")
        if number in wall.comments_closed:
            raise VkError(212, "Access to post comments denied")
        comments = standing.comments.get(str(number), [])
        alive = sum(not comment.deleted for comment in comments)
        if top := _number(params, "comment_id"):
            items = [comment_object(wall, number, reply, [top], None) for reply in threads(comments).get(str(top), ())]
        else:
            items = discussion(wall, number, comments, _number(params, "thread_items_count"))
        level = len(items)
        if params.get("sort") == "desc":
            items.reverse()
        offset, count = _number(params, "offset"), min(100, _number(params, "count", 10))
        items = items[offset : offset + count]
        preview = _number(params, "preview_length", 90)
        for item in items if preview else []:
            item["text"] = item["text"][:preview]
        for item in items if params.get("need_likes") != "1" else []:
            item.pop("likes", None)
        answer = {"count": alive, "items": items, "current_level_count": level}
        return answer | {"can_post": True, "show_reply_button": True, "groups_can_post": True}

    def _search(self, params: Params) -> Any:
        words = params.get("q", "").casefold().split()
        if not words:
            raise VkError(100, "One of the parameters specified was missing or invalid: q is undefined")
        now = self._world.now() // 1000
        start, end = _number(params, "start_time", now - 86_400), _number(params, "end_time", now)
        found = [
            (post.published_at // 1000, wall.owner, int(post.id), wall, standing, post)
            for wall in self._world.walls()
            if wall.access == "open"
            for standing in (self._world.read(wall),)
            for post in standing.posts
            if start <= post.published_at // 1000 <= end and all(word in post.text.casefold() for word in words)
        ]
        found.sort(key=lambda one: one[:3], reverse=True)
        found = found[:1000]
        after = tuple(map(int, params["start_from"].split("/"))) if params.get("start_from") else None
        rest = [one for one in found if after is None or one[:3] < after]
        page = rest[: min(200, _number(params, "count", 30))]
        answer = {
            "items": [_object(wall, standing, post) for *_, wall, standing, post in page],
            "count": len(found),
            "total_count": len(found),
            "suggested_queries": [],
        }
        return answer | ({"next_from": "/".join(map(str, page[-1][:3]))} if len(page) < len(rest) else {})

    def _groups(self, params: Params) -> Any:
        """From version 5.139 on an object; before it was a bare list."""
        groups = []
        for name in (params.get("group_ids") or params.get("group_id", "")).split(",")[:500]:
            wall = self._world.wall(-int(name) if name.isdigit() else name)
            if wall is not None:
                group = {"id": abs(wall.owner), "name": self._world.title(wall), "screen_name": wall.domain or f"club{-wall.owner}"}
                group |= {"is_closed": int(wall.access == "closed"), "type": "group", "photo_50": "https://example.invalid/50.jpg"}
                group |= {"members_count": wall.members} if "members_count" in params.get("fields", "") else {}
                groups.append(group | ({"deactivated": "banned"} if wall.access == "banned" else {}))
        if not groups:
            raise VkError(100, "One of the parameters specified was missing or invalid: group_ids is undefined")
        return {"groups": groups, "profiles": []}


def _object(wall: Wall, standing: Standing, post: Post) -> dict[str, Any]:
    comments = standing.comments.get(post.id, ())
    return wall_object(wall, post, sum(not comment.deleted for comment in comments))


def _open(wall: Wall) -> None:
    if wall.access == "closed":
        raise VkError(15, "Access denied: this wall available only for community members")
    if wall.access == "banned":
        raise VkError(18, "User was deleted or banned")
    if wall.access == "blocked":
        raise VkError(19, "Content blocked")


def _number(params: Params, name: str, default: int = 0) -> int:
    try:
        return int(params.get(name, default))
    except ValueError:
        raise VkError(100, f"One of the parameters specified was missing or invalid: {name} should be integer") from None

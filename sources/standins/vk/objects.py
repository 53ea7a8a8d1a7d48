"""Held posts as VK's objects, with the fields that VK sends and that nobody reads too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from monitor.model.post import Attachment, Post
from sources.standins.vk.world import Wall, person

_THREAD = 10


def wall_object(wall: Wall, post: Post, comments: int) -> dict[str, Any]:
    """An item of wall.get."""
    number = int(post.id)
    made: dict[str, Any] = {
        "inner_type": "wall_wallpost",
        "can_edit": 0,
        "donut": {"is_donut": False},
        "comments": {"can_post": 1, "can_view": 1, "count": comments, "groups_can_post": True},
        "marked_as_ads": 0,
        "short_text_rate": 0.8,
        "hash": f"h{number}",
        "type": "post",
        "is_favorite": False,
        "attachments": [attachment(one) for one in post.attachments],
        "date": post.published_at // 1000,
        "from_id": wall.owner if post.official else person(post.author) if post.author else wall.owner,
        "id": number,
        "likes": {"can_like": 0, "count": post.likes, "user_likes": 0, "can_publish": 0, "repost_disabled": False},
        "owner_id": wall.owner,
        "post_source": {"type": "vk"},
        "post_type": "post",
        "reposts": {"count": post.reposts, "user_reposted": 0},
        "text": post.text,
        "views": {"count": post.views},
    }
    if post.edited_at:
        made["edited"] = post.edited_at // 1000
    if post.place:
        made["geo"] = {"type": "point", "coordinates": "53.2 50.1", "place": {"title": post.place, "city": "Самара"}}
    if post.repost_of:
        owner, _, number_of = post.repost_of.partition("_")
        made["copy_history"] = [
            {
                "inner_type": "wall_wallpost",
                "type": "post",
                "attachments": [],
                "date": post.published_at // 1000 - 60,
                "from_id": int(owner),
                "id": int(number_of),
                "owner_id": int(owner),
                "post_source": {"type": "vk"},
                "post_type": "post",
                "text": f"Исходная запись {number_of}",
            }
        ]
    if number == wall.pinned:
        made["is_pinned"] = 1
    return made | wall.extra.get(number, {})


def comment_object(wall: Wall, post: int, comment: Post, parents: list[int], replies: Sequence[Post] | None) -> dict[str, Any]:
    """A comment; ``replies`` are those of a comment of the first level (None: it is a reply itself)."""
    made: dict[str, Any] = {
        "id": int(comment.id),
        "from_id": 0 if comment.deleted else wall.owner if comment.official else person(comment.author),
        "date": comment.published_at // 1000,
        "text": "" if comment.deleted else comment.text,
        "post_id": post,
        "owner_id": wall.owner,
        "parents_stack": parents,
    }
    if comment.deleted:
        made["deleted"] = True
    else:
        made["likes"] = {"can_like": 0, "count": comment.likes, "user_likes": 0, "can_publish": 0}
        if comment.attachments:
            made["attachments"] = [attachment(one) for one in comment.attachments]
    if comment.reply_to:
        made["reply_to_comment"] = int(comment.reply_to)
        made["reply_to_user"] = 1
    if replies is not None:
        made["thread"] = {"count": len(replies), "items": [], "can_post": True, "show_reply_button": True, "groups_can_post": True}
    return made


def attachment(one: Attachment) -> dict[str, Any]:
    """``id`` is ``owner_number``; a poll's title is ``question: a / b``."""
    if one.kind == "link":
        return {"type": "link", "link": {"url": one.url, "title": one.title, "caption": "", "description": ""}}
    owner, _, number = one.id.partition("_")
    base: dict[str, Any] = {"id": int(number or 0), "owner_id": int(owner or 0)}
    if one.kind == "photo":
        sizes = [{"type": kind, "url": f"https://example.invalid/{kind}.jpg", "width": 75, "height": 75} for kind in "smx"]
        base |= {"album_id": -7, "date": 1_700_000_000, "has_tags": False, "text": one.title, "sizes": sizes, "access_key": "k"}
    elif one.kind == "video":
        base |= {"title": one.title, "duration": 10, "date": 1_700_000_000, "type": "video", "access_key": "k"}
    elif one.kind == "doc":
        base |= {"title": one.title, "size": 1, "ext": "pdf", "date": 1_700_000_000, "type": 1, "url": "https://example.invalid/doc"}
    elif one.kind == "poll":
        question, _, options = one.title.partition(": ")
        answers = [{"id": place, "rate": 0.0, "text": text, "votes": 0} for place, text in enumerate(options.split(" / "), start=1)]
        flags = dict.fromkeys(
            ("multiple", "closed", "is_board", "can_edit", "can_vote", "can_report", "can_share", "disable_unvote"), False
        )
        base |= {"question": question, "answers": answers, "created": 1_700_000_000, "end_date": 0, "votes": 0, **flags}
    else:
        return {"type": one.kind}
    return {"type": one.kind, one.kind: base}


def discussion(wall: Wall, post: int, comments: Sequence[Post], thread_items: int) -> list[dict[str, Any]]:
    """The first level of a discussion, oldest first. A deleted comment stays, as a stub, while it has replies."""
    made = []
    branches = threads(comments)
    for comment in comments:
        if comment.reply_to:
            continue
        replies = branches[comment.id]
        if comment.deleted and not replies:
            continue
        one = comment_object(wall, post, comment, [], replies)
        top = int(comment.id)
        one["thread"]["items"] = [comment_object(wall, post, reply, [top], None) for reply in replies[: min(thread_items, _THREAD)]]
        made.append(one)
    return made


def threads(comments: Sequence[Post]) -> dict[str, list[Post]]:
    """All replies under each comment of the first level, oldest first: VK knows two levels only."""
    top: dict[str, str] = {}
    found: dict[str, list[Post]] = {}
    for comment in comments:
        top[comment.id] = top.get(comment.reply_to, comment.id)
        replies = found.setdefault(top[comment.id], [])
        if comment.reply_to and not comment.deleted:
            replies.append(comment)
    return found

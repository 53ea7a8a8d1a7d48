"""The Callback API: secrets, confirmation, events as posts. NABAT_VK_SCHEMA: as in test_fake."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from monitor.model.post import Post
from monitor.model.source import Source
from sources.masking import author_hash
from sources.vk.callback import Hook, VkCallback
from sources.vk.sample import wall_item
from sources.wire import Pushed, Taken
from tests.fakes.vk import schema
from tests.sources.vk.samples import comment_item
from tests.sources.vk.town import KEY, NOON

GROUP = 123
SECRET = "тайна-1"
OWN = Source("vk:-123", "vk", "official", "test", "-123")
OTHER = Source("vk:-456", "vk", "community", "test", "-456")
FOLDER = os.environ.get("NABAT_VK_SCHEMA")
WALL_COMMENT = comment_item(7, post_id=5, owner_id=-123, post_owner_id=-123)
PHOTO_COMMENT = comment_item(7, photo_owner_id=-123, photo_id=9) | {"post_id": 0, "owner_id": 0}
BOARD_COMMENT = {"id": 7, "from_id": 77, "date": 1_768_200_007, "text": "Комментарий 7", "topic_owner_id": -123, "topic_id": 9}
MESSAGE = {"id": 31, "date": 1_768_200_000, "from_id": 77, "peer_id": 77, "text": "Нет воды, 8 927 123-45-67", "out": 0, "version": 1}


def inlet() -> VkCallback:
    hooks = {GROUP: Hook(OWN, SECRET, "c0de1"), 456: Hook(OTHER, "other", "c0de2"), 789: Hook(OTHER, "", "c0de3")}
    return VkCallback(hooks, KEY, frozenset({-9}))


async def take(event: Any, **headers: str) -> Taken:
    body = event if isinstance(event, bytes) else orjson.dumps(event)
    return await inlet().take(Pushed(headers, {}, body), NOON)


def event(kind: str, content: Any, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "group_id": GROUP, "event_id": "e1", "v": "5.199", "secret": SECRET, "object": content, **fields}


async def one(kind: str, content: Any, **fields: Any) -> Post:
    taken = await take(event(kind, content, **fields))
    assert (taken.status, taken.body, taken.event) == (200, "ok", "e1")
    ((source, fetched),) = taken.fetched
    assert source == OWN
    assert fetched.broken == []
    ((post,),) = [page.posts for page in fetched.pages]
    assert [(page.cursor, page.covered_until, page.source) for page in fetched.pages] == [("", 0, OWN.id)]
    return post


async def test_confirmation() -> None:
    asked = {"type": "confirmation", "group_id": GROUP, "event_id": "e", "v": "5.199"}
    assert (await take(asked)).body == "c0de1"
    assert (await take({**asked, "secret": SECRET})).body == "c0de1"
    assert (await take({**asked, "secret": "wrong"})).status == 403
    assert (await take({**asked, "group_id": 1})).status == 403


@pytest.mark.parametrize(
    "change", [{"secret": "wrong"}, {"secret": ""}, {"group_id": 456}, {"group_id": 789, "secret": ""}, {"group_id": 5}]
)
async def test_a_wrong_secret_is_refused_before_anything_else(change: dict[str, Any]) -> None:
    taken = await take(event("wall_post_new", wall_item(5), **change))
    assert (taken.status, taken.fetched, taken.event) == (403, [], "")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"type":"wall_post_new"}', b'{"type":1,"group_id":1}', b"\xff" * 10, b"[" * 100_000]
)
async def test_what_can_not_be_read_is_a_bad_request(body: bytes) -> None:
    assert (await take(body)).status == 400


async def test_a_post() -> None:
    post = await one("wall_post_new", wall_item(5, from_id=-123, text="Плановое отключение"))
    assert (post.id, post.text, post.official) == ("vk:-123_5", "Плановое отключение", True)


@pytest.mark.parametrize("kind", ["suggest", "postpone"])
async def test_posts_that_are_not_published_are_not_taken(kind: str) -> None:
    taken = await take(event("wall_post_new", wall_item(5, post_type=kind)))
    assert (taken.body, taken.fetched) == ("ok", [])


@pytest.mark.parametrize(
    ("about", "content", "name", "thread"),
    [
        ("wall_reply", WALL_COMMENT, "vk:-123_5:c7", "vk:-123_5"),
        ("photo_comment", PHOTO_COMMENT, "vk:photo-123_9:c7", "vk:photo-123_9"),
        ("video_comment", comment_item(7, video_owner_id=-123, video_id=9, post_id=0), "vk:video-123_9:c7", "vk:video-123_9"),
        ("board_post", BOARD_COMMENT, "vk:topic-123_9:c7", "vk:topic-123_9"),
        ("board_post", {**BOARD_COMMENT, "topic_owner_id": 123}, "vk:topic-123_9:c7", "vk:topic-123_9"),
    ],
)
async def test_comments(about: str, content: dict[str, Any], name: str, thread: str) -> None:
    new = await one(f"{about}_new", content)
    assert (new.id, new.thread, new.kind, new.text, new.edited_at) == (name, thread, "comment", "Комментарий 7", 0)
    for change in ("edit", "restore"):
        post = await one(f"{about}_{change}", content)
        assert (post.id, post.edited_at, post.deleted) == (name, NOON, False)
    gone = await one(f"{about}_delete", {key: value for key, value in content.items() if key not in ("from_id", "date", "text")})
    assert (gone.id, gone.deleted, gone.text, gone.author) == (name, True, "", "")


async def test_an_official_answer_and_whom_it_answers() -> None:
    post = await one(
        "wall_reply_new", {**WALL_COMMENT, "from_id": -9, "reply_to_comment": 3, "text": "[id1|Иван], передано в работу"}
    )
    assert (post.official, post.reply_to, post.text) == (True, "vk:-123_5:c3", "передано в работу")


async def test_messages() -> None:
    post = await one("message_new", {"message": MESSAGE, "client_info": {}})
    assert (post.id, post.kind, post.text, post.published_at) == ("vk:-123:m31", "message", "Нет воды, <PHONE>", 1_768_200_000_000)
    assert post.author == author_hash(KEY, "vk", 77)
    chat = {**MESSAGE, "id": 0, "peer_id": 2_000_000_004, "conversation_message_id": 12}
    assert (await one("message_new", {"message": chat})).id == "vk:-123:m4.12"


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("wall_post_new", {"id": "x", "from_id": 4321}),
        ("wall_post_new", "text"),
        ("wall_reply_new", {**WALL_COMMENT, "post_id": 0}),
        ("wall_reply_delete", {"id": 0, "post_id": 5}),
        ("board_post_new", {"id": 7, "text": "?"}),
        ("message_new", {"text": "?"}),
        ("message_new", {"message": {**MESSAGE, "id": 0}}),
    ],
)
async def test_a_broken_object_is_answered_and_told(kind: str, content: Any) -> None:
    taken = await take(event(kind, content))
    assert (taken.status, taken.body, taken.event) == (200, "ok", "e1")
    ((_, fetched),) = taken.fetched
    assert [page.posts for page in fetched.pages] == [[]]
    ((raw, reason),) = fetched.broken
    assert reason
    assert b"4321" not in raw


@pytest.mark.parametrize("kind", ["group_join", "like_add", "wall_reply_shown", "message_typing_state", ""])
async def test_other_events_are_answered(kind: str) -> None:
    taken = await take(event(kind, {"user_id": 1}))
    assert (taken.status, taken.body, taken.fetched) == (200, "ok", [])


async def test_a_retry_is_the_same_event() -> None:
    first = await take(event("wall_reply_new", WALL_COMMENT))
    again = await take(event("wall_reply_new", WALL_COMMENT), **{"x-retry-counter": "3"})
    assert again == first


if FOLDER:

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("callback_wall_post_new", wall_item(5)),
            ("callback_wall_reply_new", WALL_COMMENT),
            ("callback_photo_comment", comment_item(7, photo_owner_id=123, photo_id=9)),
            ("callback_board_post_new", BOARD_COMMENT),
            ("callback_wall_comment_delete", {"owner_id": -123, "id": 7, "user_id": 77, "post_id": 5}),
        ],
    )
    def test_the_events_of_these_tests_keep_to_the_schema(name: str, content: Any) -> None:
        schema.event(Path(f"{FOLDER}"), name).validate(content)

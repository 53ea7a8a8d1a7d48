"""The parser of MAX."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.post import Attachment, Post
from sources.masking import author_hash
from sources.max.messages import Parsed, Reader
from sources.standins.max.api import MaxMessage, Square, described

KEY = b"key"
NOON = 1_768_219_200_000
CHAT, CHANNEL = -70, -80
SQUARE = Square({CHAT: "chat", CHANNEL: "channel", 5: "dialog"})


def one(chat: int, message: MaxMessage, **more: Any) -> Post:
    found = Reader(KEY).messages([{**described(SQUARE, chat, message), **more}])
    assert found.broken == []
    (post,) = found.posts
    return post


def test_a_message_says_all_that_it_says() -> None:
    assert one(CHAT, MaxMessage("mid.a1", NOON + 7, "Нет воды", author=9), url="https://max.ru/c/1") == Post(
        id="max:-70_mid.a1",
        text="Нет воды",
        published_at=NOON + 7,
        kind="message",
        author=author_hash(KEY, "max", 9),
        url="https://max.ru/c/1",
        views=12,
    )


def test_channels_write_posts_under_their_own_name() -> None:
    post = one(CHANNEL, MaxMessage("mid.a", NOON, "а"))
    assert (post.kind, post.author) == ("post", author_hash(KEY, "max", CHANNEL))


def test_comments_belong_to_their_post() -> None:
    post = one(CHANNEL, MaxMessage("mid.c", NOON, "а", author=9, comments_on="mid.a", answers="mid.b"))
    assert (post.kind, post.thread, post.reply_to) == ("comment", "max:-80_mid.a", "max:-80_mid.b")


def test_forwards_say_what_the_original_says() -> None:
    post = one(CHAT, MaxMessage("mid.a", NOON, "смотрите", author=9, forwards="mid.x"))
    assert (post.text, post.repost_of) == ("смотрите\n\nчужие слова", "max:-9_mid.x")
    bare = one(CHAT, MaxMessage("", NOON, author=9, forwards="mid.x", bodiless=True))
    assert (bare.id, bare.text) == (f"max:-70_f{NOON}_mid.x", "чужие слова")


def test_attachments() -> None:
    items: tuple[dict[str, Any], ...] = (
        {"type": "image", "payload": {"photo_id": 44, "token": "t", "url": "https://i.example/1"}},
        {"type": "file", "filename": "Ответ.pdf", "size": 5, "payload": {"fileId": 45, "token": "t", "url": "https://f.example"}},
        {"type": "video", "payload": {"id": 46, "url": "https://v.example", "token": "t"}},
        {"type": "share", "title": "Новость", "payload": {"url": "https://example.org/"}},
        {"type": "location", "latitude": 53.2, "longitude": 50.1},
        {"type": "contact", "payload": {"vcf_info": "TEL:+79271234567", "max_info": {"user_id": 1}}},
        {"type": "inline_keyboard", "payload": {"buttons": []}},
    )
    assert one(CHAT, MaxMessage("mid.a", NOON, attachments=items, author=1)).attachments == [
        Attachment("image", "44", "https://i.example/1"),
        Attachment("file", "45", "https://f.example", "Ответ.pdf"),
        Attachment("video", "46", "https://v.example"),
        Attachment("share", "https://example.org/", "https://example.org/", "Новость"),
        Attachment("location", "53.200000,50.100000"),
        Attachment("contact"),
    ]


def test_positions_of_markup_are_utf_16() -> None:
    text = "🏠🔥 сайт тут"
    marks = (
        {"type": "link", "from": len("🏠🔥 сайт ".encode("utf-16-le")) // 2, "length": 3, "url": "https://example.org/"},
        {"type": "link", "from": 90, "length": 3, "url": "https://example.org/"},
        {"type": "strong", "from": 0, "length": 2},
    )
    assert one(CHAT, MaxMessage("mid.a", NOON, text, author=1, markup=marks)).attachments == [
        Attachment("link", "https://example.org/", "https://example.org/", "тут")
    ]


def test_personal_data_is_masked() -> None:
    assert one(CHAT, MaxMessage("mid.a", NOON, "8 (927) 123-45-67", author=1)).text == "<PHONE>"


def test_events() -> None:
    message = MaxMessage("mid.a", NOON, "Нет воды", author=9)
    events = [
        {"update_type": "message_created", "timestamp": NOON, "message": described(SQUARE, CHAT, message)},
        {"update_type": "message_edited", "timestamp": NOON + 5, "message": described(SQUARE, CHAT, message)},
        {"update_type": "message_removed", "timestamp": NOON + 9, "message_id": "mid.a", "chat_id": CHAT, "user_id": 1},
        {"update_type": "bot_added", "timestamp": NOON, "chat_id": CHAT},
        {
            "update_type": "comment_removed",
            "timestamp": NOON,
            "message_id": "mid.c",
            "chat_id": CHANNEL,
            "user_id": 1,
            "post_id": "mid.a",
        },
    ]
    found = Reader(KEY).events(events)
    assert found.broken == []
    assert [(post.id, post.edited_at - NOON, post.deleted) for post in found.posts] == [
        ("max:-70_mid.a", -NOON, False),
        ("max:-70_mid.a", 5, False),
        ("max:-70_mid.a", 9, True),
        ("max:-80_mid.c", 0, True),
    ]


def test_who_is_official() -> None:
    items = [
        described(SQUARE, CHANNEL, MaxMessage("mid.a", NOON, "а")),
        described(SQUARE, CHAT, MaxMessage("mid.b", NOON, "а", author=9)),
    ]

    def officials(found: Parsed) -> list[bool]:
        return [post.official for post in found.posts]

    assert officials(Reader(KEY).messages(items)) == [False, False]
    assert officials(Reader(KEY, official=True).messages(items)) == [True, False]
    assert officials(Reader(KEY, officials={9}).messages(items)) == [False, True]


GOOD = described(SQUARE, CHAT, MaxMessage("mid.good", NOON, "пост", author=1))
BROKEN: list[Any] = [
    None,
    [],
    {},
    {**GOOD, "recipient": {}},
    {**GOOD, "timestamp": NOON // 1000},
    {**GOOD, "timestamp": "вчера"},
    {**GOOD, "body": {"mid": 5, "text": "x"}},
    {**GOOD, "body": {"mid": "m" * 200, "text": "x"}},
    {**GOOD, "body": {"mid": "mid.x", "text": ["x"]}},
    {**GOOD, "sender": {"name": "Имя"} | {"user_id": None}},
    {**GOOD, "body": None},
    {**GOOD, "link": {"type": "reply", "message": {"text": "x"}}},
]


@pytest.mark.parametrize("bad", BROKEN)
def test_a_broken_item_harms_no_other_and_names_nobody(bad: Any) -> None:
    found = Reader(KEY).messages([GOOD, bad, GOOD])
    assert [post.id for post in found.posts] == ["max:-70_mid.good"] * 2
    ((raw, reason),) = found.broken
    assert reason
    assert "Имя" not in str(raw)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["chat_id", "mid", "text", "type", "payload", "url", "from", "length", "message"]), inner)
    ),
    max_leaves=6,
)


@given(st.sampled_from(["recipient", "timestamp", "body", "link", "sender", "stat", "url"]), _JSON)
def test_any_value_in_any_field(name: str, value: Any) -> None:
    reader = Reader(KEY)
    found = reader.messages([{**GOOD, name: value}, GOOD])
    assert found.posts[-1].id == "max:-70_mid.good"
    assert len(found.posts) + len(found.broken) == 2
    events = reader.events([{"update_type": "message_created", "message": {**GOOD, name: value}}, {name: value}])
    assert len(events.posts) + len(events.broken) == 2

"""The parser of the Bot API."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.codec import encode
from monitor.model.post import Attachment, Post
from sources.masking import author_hash
from sources.standins.telegram.bot_api import FakeChat, described
from sources.standins.telegram.chats import FakeMessage
from sources.telegram.updates import parse
from tests.sources.telegram.support import KEY, NOON

CHANNEL = FakeChat(-1001000000005, "channel", "gorod")
GROUP = FakeChat(-1002000000007, "supergroup", linked=CHANNEL.id)
PERSON = FakeChat(555, "private")


def update(chat: FakeChat, message: FakeMessage, number: int = 1, /, **more: Any) -> dict[str, Any]:
    kind = "channel_post" if chat.type == "channel" else "message"
    return {"update_id": number, kind: {**described(chat, message), **more}}


def one(chat: FakeChat, message: FakeMessage, **more: Any) -> Post:
    found = parse([update(chat, message, **more)], KEY)
    assert found.broken == []
    (post,) = found.posts
    return post


def test_a_post_of_a_channel() -> None:
    assert one(CHANNEL, FakeMessage(7, "Нет воды", NOON, edited_at=NOON + 5000)) == Post(
        id="tg:-1001000000005_7",
        text="Нет воды",
        published_at=NOON,
        edited_at=NOON + 5000,
        author=author_hash(KEY, "tg", CHANNEL.id),
        url="https://t.me/gorod/7",
    )


def test_what_people_write_to_the_bot() -> None:
    post = one(PERSON, FakeMessage(3, "У нас нет света", NOON, author=555))
    assert (post.id, post.kind, post.author, post.url) == ("tg:555_3", "message", author_hash(KEY, "tg", 555), "")


def test_comments_belong_to_the_copy_of_the_channels_post() -> None:
    copy = one(GROUP, FakeMessage(40, "Нет воды", NOON, copied=True, forwarded=(str(CHANNEL.id), 7)))
    assert (copy.id, copy.kind, copy.thread) == ("tg:-1002000000007_40", "post", "")
    assert (copy.repost_of, copy.author) == ("tg:-1001000000005_7", author_hash(KEY, "tg", CHANNEL.id))
    comment = one(GROUP, FakeMessage(41, "И у нас", NOON, author=9, comments_on=40, answers=40))
    assert (comment.kind, comment.thread, comment.reply_to, comment.url) == (
        "comment",
        copy.id,
        copy.id,
        "https://t.me/c/2000000007/41",
    )
    deeper = one(GROUP, FakeMessage(42, "И тут", NOON, author=10, comments_on=40, answers=41))
    assert (deeper.thread, deeper.reply_to) == (copy.id, comment.id)


def test_topics_of_a_forum_are_no_threads() -> None:
    message = FakeMessage(41, "Вопрос", NOON, author=9, comments_on=2, answers=2)
    post = one(GROUP, message, is_topic_message=True, reply_to_message={"message_id": 2, "forum_topic_created": {"name": "ЖКХ"}})
    assert (post.kind, post.thread, post.reply_to) == ("message", "", "")


def test_each_part_of_an_album_is_a_post_with_the_albums_id() -> None:
    first = one(CHANNEL, FakeMessage(7, "Ямы", NOON, album="a1", media=("photo",)))
    second = one(CHANNEL, FakeMessage(8, "", NOON, album="a1", media=("photo",)))
    assert (first.text, second.text) == ("Ямы", "")
    assert second.attachments == [Attachment("photo", "8p"), Attachment("album", "a1")]


def test_offsets_of_entities_are_utf_16() -> None:
    text = "🏠🔥 мой номер 22-33-441 и сайт тут, почта я.рф"
    units = [len(text[: text.index(part)].encode("utf-16-le")) // 2 for part in ("22-33", "тут", "я.рф")]
    entities = [
        {"type": "phone_number", "offset": units[0], "length": 9},
        {"type": "text_link", "offset": units[1], "length": 3, "url": "https://example.org/"},
        {"type": "email", "offset": units[2], "length": 4},
        {"type": "bold", "offset": -1, "length": 5},
        {"type": "url", "offset": 40, "length": 400},
        "мусор",
    ]
    post = one(CHANNEL, FakeMessage(7, text, NOON), entities=entities)
    assert post.text == "🏠🔥 мой номер <PHONE> и сайт тут, почта <EMAIL>"
    assert post.attachments == [Attachment("link", "https://example.org/", "https://example.org/", "тут")]


def test_media_and_places() -> None:
    everything = FakeMessage(7, "", NOON, media=("photo", "video", "voice", "document", "location"))
    assert [item.kind for item in one(CHANNEL, everything).attachments] == ["photo", "video", "voice", "document", "location"]
    assert one(CHANNEL, FakeMessage(7, "", NOON, media=("poll",))).text == "Есть вода?\nДа\nНет"
    animation = one(CHANNEL, FakeMessage(7, "а", NOON, media=("document",)), animation={"file_unique_id": "a"})
    assert [item.kind for item in animation.attachments] == ["animation"]
    venue = one(CHANNEL, FakeMessage(7, "а", NOON), venue={"title": "Дом культуры", "address": "ул. Мира, 5"})
    assert venue.place == "ул. Мира, 5, Дом культуры"
    contact = one(CHANNEL, FakeMessage(7, "", NOON), contact={"phone_number": "+79271234567", "first_name": "Имя"})
    assert contact.attachments == [Attachment("contact")]


def test_who_is_official() -> None:
    person, copied, chat = (
        update(GROUP, FakeMessage(1, "а", NOON, author=9)),
        update(GROUP, FakeMessage(2, "а", NOON, copied=True)),
        update(GROUP, FakeMessage(3, "а", NOON)),
    )
    assert [post.official for post in parse([person, copied, chat], KEY).posts] == [False, False, False]
    assert [post.official for post in parse([person, copied, chat], KEY, official=True).posts] == [False, True, True]
    assert [post.official for post in parse([person, copied, chat], KEY, officials={9}).posts] == [True, False, False]


def test_what_is_no_message_is_no_post() -> None:
    service = update(GROUP, FakeMessage(5, "", NOON, service=True), 8)
    found = parse([service, {"update_id": 9, "my_chat_member": {}}, {"update_id": 10, "poll": {}}], KEY)
    assert (found.posts, found.broken, found.last) == ([], [], 10)


BROKEN: list[Any] = [
    None,
    [],
    "update",
    {},
    {"update_id": "5"},
    {"update_id": 5, "message": None},
    {"update_id": 5, "message": {"chat": {}, "message_id": 1}},
    {"update_id": 5, "message": {"chat": {"id": 1}, "text": "x"}},
    {"update_id": 5, "message": {"chat": {"id": 1}, "message_id": True, "text": "x"}},
    {"update_id": 5, "message": {"chat": {"id": 1}, "message_id": 1, "text": "x"}},
    {"update_id": 5, "message": {"chat": {"id": 1}, "message_id": 1, "text": "x", "date": 1e400}},
    {"update_id": 5, "message": {"chat": {"id": 1}, "message_id": 1, "text": "x", "date": 99999999999}},
    {"update_id": 5, "message": {"chat": {"id": 1}, "message_id": 1, "text": 5, "date": 5}},
    {"update_id": 5, "message": {"chat": {"id": 1}, "message_id": 1, "text": "x", "date": 5, "from": {"id": "x"}}},
    {"update_id": 5, "message": {"chat": {"id": 1}, "message_id": 1, "text": "x", "date": 5, "reply_to_message": {}}},
    {"update_id": 5, "message": {"chat": {"id": 1 << 70}, "message_id": 1, "text": "x", "date": 5}},
]


@pytest.mark.parametrize("bad", BROKEN)
def test_a_broken_update_harms_no_other(bad: Any) -> None:
    good = [update(CHANNEL, FakeMessage(n, "а", NOON), n) for n in (1, 2)]
    found = parse([good[0], bad, good[1]], KEY)
    assert [post.id for post in found.posts] == ["tg:-1001000000005_1", "tg:-1001000000005_2"]
    assert len(found.broken) == 1


def test_a_broken_update_names_nobody() -> None:
    bad = update(GROUP, FakeMessage(1, "а", NOON, author=9), date="вчера", contact={"phone_number": "1"})
    ((raw, _),) = parse([bad], KEY).broken
    assert raw["message"]["text"] == "а"
    assert "Имя" not in str(raw)
    assert "phone_number" not in str(raw)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "type", "text", "offset", "length"]), inner),
    max_leaves=5,
)
_FIELDS = ["chat", "from", "sender_chat", "text", "entities", "photo", "poll", "venue", "location", "reply_to_message", "edit_date"]
_FIELDS += ["forward_origin", "message_thread_id", "media_group_id", "document", "caption", "caption_entities", "date", "message_id"]


@given(st.sampled_from(_FIELDS), _JSON)
def test_any_value_in_any_field(name: str, value: Any) -> None:
    good = update(CHANNEL, FakeMessage(2, "пост", NOON), 2)
    found = parse([update(CHANNEL, FakeMessage(1, "а", NOON, media=("photo",)), 1, **{name: value}), good], KEY)
    assert found.posts[-1].text == "пост"
    assert found.last == 2
    assert len(found.posts) + len(found.broken) <= 2
    for post in found.posts:
        post.text.encode("utf-8", "surrogatepass")
        encode([post.id, post.url, post.thread])

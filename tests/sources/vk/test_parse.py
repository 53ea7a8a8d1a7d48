"""The parser: what posts and comments become, and that nothing broken harms anything else."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model.post import Attachment
from sources.masking import author_hash
from sources.vk.decode import ApiError, Unreadable
from sources.vk.parse import Reading, parse_comments, parse_wall
from sources.vk.sample import OWNER, posts_per_second, wall_item, wall_page
from tests.sources.vk.samples import answer, comment_item

KEY = b"key"
READING = Reading(KEY)


def one_post(**fields: Any) -> Any:
    (post,) = parse_wall(answer(wall_item(5, **fields)), READING).posts
    return post


def test_a_post() -> None:
    post = one_post(text="Нет воды\x00 второй день", from_id=77, edited=1_768_300_000)
    assert (post.id, post.url) == ("vk:-123_5", "https://vk.com/wall-123_5")
    assert (post.kind, post.text, post.thread, post.deleted) == ("post", "Нет воды второй день", "", False)
    assert (post.published_at, post.edited_at) == (1_768_200_005_000, 1_768_300_000_000)
    assert (post.likes, post.reposts, post.comments, post.views) == (5, 2, 5, 5)
    assert post.author == author_hash(KEY, "vk", 77)


def test_who_signed_a_post_has_written_it() -> None:
    assert one_post(from_id=OWNER, signer_id=77).author == author_hash(KEY, "vk", 77)
    assert one_post(from_id=OWNER).author == author_hash(KEY, "vk", OWNER)


def test_who_is_official() -> None:
    item = wall_item(5, from_id=OWNER, signer_id=77)
    comment = answer(comment_item(7, from_id=OWNER), comment_item(8, from_id=-5), comment_item(9))
    cases: list[tuple[Reading, bool, list[bool]]] = [
        (Reading(KEY), False, [False, False, False]),
        (Reading(KEY, frozenset({-5})), False, [False, True, False]),
        (Reading(KEY, owner=True), True, [True, False, False]),
        (Reading(KEY, frozenset({OWNER, -5})), True, [True, True, False]),
    ]
    for reading, post, comments in cases:
        (found,) = parse_wall(answer(item), reading).posts
        assert found.official == post
        assert [one.official for one in parse_comments(comment, OWNER, 1, reading).posts] == comments
    assert parse_wall(answer(item), cases[2][0]).posts[0].author == author_hash(KEY, "vk", OWNER)


def test_a_repost_carries_what_it_repeats() -> None:
    origin = {"id": 9, "owner_id": -7, "from_id": -7, "date": 1, "text": "Прорыв трубы", "attachments": [{"type": "graffiti"}]}
    post = one_post(text="Смотрите", copy_history=[origin], attachments=[])
    assert (post.repost_of, post.text) == ("vk:-7_9", "Смотрите\n\nПрорыв трубы")
    assert post.attachments == [Attachment("graffiti")]
    assert one_post(text="", copy_history=[origin]).text == "Прорыв трубы"


def test_attachments() -> None:
    answers = [{"id": 1, "text": "да", "votes": 1, "rate": 1.0}, {"text": "нет"}]
    poll = {"id": 3, "owner_id": OWNER, "question": "Кто за?", "answers": answers}
    link = {"url": "https://example.org/a", "title": "Звоните 8 927 123-45-67"}
    post = one_post(
        attachments=[
            {"type": "photo", "photo": {"id": 1, "owner_id": OWNER, "text": "Яма"}},
            {"type": "video", "video": {"id": 2, "owner_id": OWNER, "title": "Потоп"}},
            {"type": "poll", "poll": poll},
            {"type": "link", "link": link},
            {"type": "doc", "doc": {"id": 4, "owner_id": OWNER, "title": "ответ.pdf"}},
            {"type": "mini_app", "mini_app": {"unknown": [1]}},
            {"type": "type"},
        ]
    )
    assert post.attachments == [
        Attachment("photo", "-123_1", "https://vk.com/photo-123_1", "Яма"),
        Attachment("video", "-123_2", "https://vk.com/video-123_2", "Потоп"),
        Attachment("poll", "-123_3", "", "Кто за?: да / нет"),
        Attachment("link", "", "https://example.org/a", "Звоните <PHONE>"),
        Attachment("doc", "-123_4", "https://vk.com/doc-123_4", "ответ.pdf"),
        Attachment("mini_app"),
        Attachment("type"),
    ]


@pytest.mark.parametrize(
    ("geo", "place"),
    [
        ({"type": "point", "coordinates": "53.2 50.1"}, ""),
        ({"place": {"city": "Самара", "address": "ул. Ленина, 5", "title": "Двор"}}, "Самара, ул. Ленина, 5"),
        ({"place": {"city": 123, "title": "Самара, ул. Ленина, 5"}}, "Самара, ул. Ленина, 5"),
        ({"place": {"city": "Самара"}}, "Самара"),
        ({"coordinates": {"latitude": 1.0, "longitude": 2.0}, "place": {"title": "ТЦ, тел. 8 927 123-45-67"}}, "ТЦ, тел. <PHONE>"),
    ],
)
def test_what_the_author_put_on_the_map(geo: dict[str, Any], place: str) -> None:
    assert one_post(geo=geo).place == place


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("[id1|Иван], вы правы", "вы правы"),
        ("[id1:bp-1_2|Иван Иванов], [id2|Анна], вы правы", "<PERSON>, вы правы"),
        ("Спасибо [club5|Администрации]!", "Спасибо Администрации!"),
        ("[https://vk.com/a|Подробнее]", "Подробнее"),
        ("[0|1] и a[i|j]", "[0|1] и a[i|j]"),
    ],
)
def test_marks_in_texts(text: str, plain: str) -> None:
    assert one_post(text=text).text == plain


def test_ads_and_pinned_posts_are_posts() -> None:
    found = parse_wall(answer(wall_item(1, marked_as_ads=1), wall_item(2, is_pinned=1), wall_item(3, is_pinned=True)), READING)
    assert [post.id for post in found.posts] == ["vk:-123_1", "vk:-123_2", "vk:-123_3"]


def test_comments_with_their_threads() -> None:
    replies = [
        comment_item(11, reply_to_comment=7, parents_stack=[7]),
        comment_item(12, reply_to_comment=11, parents_stack=[7]),
        comment_item(13, parents_stack=[7]),
    ]
    body = answer(comment_item(7, thread={"count": 15, "items": replies}), comment_item(8), current_level_count=2)
    found = parse_comments(body, OWNER, 1, READING)
    assert [post.id for post in found.posts] == [f"vk:-123_1:c{number}" for number in (7, 11, 12, 13, 8)]
    assert [post.reply_to for post in found.posts] == ["", "vk:-123_1:c7", "vk:-123_1:c11", "vk:-123_1:c7", ""]
    assert {post.thread for post in found.posts} == {"vk:-123_1"}
    assert (found.level, found.deeper, found.given) == ([7, 8], [7], 2)
    assert found.posts[0].comments == 15


def test_the_stub_of_a_deleted_comment() -> None:
    stub = {"id": 7, "parents_stack": [], "date": 1_768_200_000, "thread": {"count": 1, "items": [comment_item(9)]}, "deleted": True}
    found = parse_comments(answer(stub), OWNER, 1, READING)
    assert [(post.id, post.deleted, post.author, post.text == "") for post in found.posts] == [
        ("vk:-123_1:c7", True, "", True),
        ("vk:-123_1:c9", False, author_hash(KEY, "vk", 6009), False),
    ]


def test_a_comment_that_a_search_found() -> None:
    post = one_post(post_type="reply", post_id=3)
    assert (post.id, post.thread, post.kind) == ("vk:-123_3:c5", "vk:-123_3", "comment")
    assert post.url == "https://vk.com/wall-123_3?reply=5"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"id": "5"}, "нужно: целое число; стоит: текст (id)"),
        ({"id": 0}, "id не положительный"),
        ({"id": -5}, "id не положительный"),
        ({"id": None}, "нужно: целое число; стоит: пусто (id)"),
        ({"text": 5}, "нужно: текст; стоит: целое число (text)"),
        ({"date": 0}, "нет даты между 1970 и 2100 годом"),
        ({"date": 10**11}, "нет даты между 1970 и 2100 годом"),
        ({"date": 1.5}, "нужно: целое число; стоит: число (date)"),
        ({"owner_id": 0}, "нет владельца"),
        ({"copy_history": None, "from_id": []}, "нужно: целое число; стоит: список (from_id)"),
    ],
)
def test_a_broken_post_is_told_and_the_others_are_kept(fields: dict[str, Any], reason: str) -> None:
    found = parse_wall(answer(wall_item(1), wall_item(2, **{"text": "Тайна", "from_id": 4321, **fields}), wall_item(3)), READING)
    assert [item.id for item in found.items] == [1, 3]
    assert [post.id for post in found.posts] == ["vk:-123_1", "vk:-123_3"]
    ((raw, told),) = found.broken
    assert told == reason
    assert b"4321" not in raw
    assert found.given == 3


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"attachments": [{"type": "photo", "photo": {"id": [1]}}]}, "attachments"),
        ({"attachments": "none"}, "attachments"),
        ({"geo": 5}, "geo"),
        ({"likes": []}, "likes"),
        ({"copy_history": [{"id": "x"}]}, "copy_history"),
        ({"views": {"count": "many"}}, "views"),
    ],
)
def test_a_broken_part_that_can_be_spared_is_told_and_the_post_is_kept(fields: dict[str, Any], part: str) -> None:
    found = parse_wall(answer(wall_item(1), wall_item(2, **fields)), READING)
    assert [post.id for post in found.posts] == ["vk:-123_1", "vk:-123_2"]
    ((_, reason),) = found.broken
    assert f"({part}" in reason


def test_a_broken_comment_harms_neither_its_neighbours_nor_its_thread() -> None:
    thread = {"count": 2, "items": [comment_item(11), comment_item(12, text=None)]}
    found = parse_comments(answer(comment_item(7, thread=thread), comment_item(8, from_id="x"), comment_item(9)), OWNER, 1, READING)
    assert [post.id for post in found.posts] == ["vk:-123_1:c7", "vk:-123_1:c9"]
    assert len(found.broken) == 2


def test_texts_that_are_no_unicode() -> None:
    body = answer(wall_item(1), wall_item(2, text="ЗДЕСЬ"), wall_item(3, text="ТАМ"))
    body = body.replace("ЗДЕСЬ".encode(), b"\\ud83d").replace("ТАМ".encode(), b"\xd0")
    found = parse_wall(body, READING)
    assert [post.text.encode("utf-8", "replace") for post in found.posts[1:]] == ["�".encode()] * 2
    assert found.broken == []


def test_nesting_without_end() -> None:
    deep = b'{"id":2,"owner_id":-1,"date":5,"copy_history":' + b'[{"copy_history":' * 50_000 + b"[]" + b"}]" * 50_000 + b"}"
    body = answer(wall_item(1), "HERE", wall_item(3)).replace(b'"HERE"', deep)
    try:
        found = parse_wall(body, READING)
    except Unreadable:
        return
    assert [post.id for post in found.posts] == ["vk:-123_1", "vk:-123_3"]


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'"x"', b"{}", b'{"response":null}', b'{"response":[]}', b'{"response":{"count":1}}', b"<html></html>"]
    + [wall_page()[:length] for length in (1, 20, 1000, 30_000)],
)
def test_what_is_no_answer(body: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        parse_wall(body, READING)
    assert "воды" not in str(caught.value)


def test_errors() -> None:
    body = orjson.dumps({"error": {"error_code": 15, "error_msg": "Access denied", "request_params": [{"key": "v", "value": "5"}]}})
    for parse in (lambda: parse_wall(body, READING), lambda: parse_comments(body, OWNER, 1, READING)):
        with pytest.raises(ApiError) as caught:
            parse()
        assert caught.value.code == 15


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = [*sorted(wall_item(1)), "copy_history", "geo", "edited", "signer_id", "is_pinned", "post_id"]
COMMENT_FIELDS = [*sorted(comment_item(1)), "attachments", "deleted", "reply_to_comment"]


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), JSON, min_size=1, max_size=4), st.integers(0, 3))
def test_no_broken_post_harms_others(damage: dict[str, Any], place: int) -> None:
    items = [wall_item(number) for number in (10, 20, 30, 40)]
    sound = parse_wall(answer(*items), READING).posts
    items[place] |= damage
    found = parse_wall(json.dumps({"response": {"items": items}}).encode(), READING)
    others = [post for number, post in enumerate(sound) if number != place]
    assert [post for post in found.posts if post in others] == others
    assert len(found.posts) == len(found.items)
    assert len(found.posts) + len(found.broken) >= 4


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(COMMENT_FIELDS), JSON, min_size=1, max_size=4), st.integers(0, 3))
def test_no_broken_comment_harms_others(damage: dict[str, Any], place: int) -> None:
    items = [comment_item(number) for number in (10, 20, 30, 40)]
    sound = parse_comments(answer(*items), OWNER, 1, READING).posts
    items[place] |= damage
    found = parse_comments(json.dumps({"response": {"items": items}}).encode(), OWNER, 1, READING)
    others = [post for number, post in enumerate(sound) if number != place]
    assert [post for post in found.posts if post in others] == others


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_damaged_bytes_are_told_or_refused(data: st.DataObject) -> None:
    body = bytearray(answer(*(wall_item(number) for number in (3, 6))))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    try:
        found = parse_wall(bytes(body), READING)
    except (Unreadable, ApiError):
        return
    assert len(found.posts) == len(found.items)


def test_a_reading_without_a_key_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        parse_wall(wall_page(count=1), Reading(b""))


def test_the_benchmark_parses_what_it_counts() -> None:
    assert len(parse_wall(wall_page(), READING).posts) == 100
    # A hundredth of what is promised: the figure itself is for quiet machines.
    assert posts_per_second(rounds=2, repeats=2) > 200

"""Answers, signatures and errors of Odnoklassniki, without a network."""

from __future__ import annotations

import re
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model.errors import SourceRefused
from monitor.model.post import Post
from monitor.model.source import Source
from sources.odnoklassniki.adapter import group_of
from sources.odnoklassniki.errors import ACTIONS, UNKNOWN, Effect
from sources.odnoklassniki.mark import COMMENTS, HOUR, TOPICS, Known, Mark, Topic
from sources.odnoklassniki.parser import Reading, comments, moment, topics
from sources.odnoklassniki.rounds import LIST, advance, begin, take_comments, take_topics
from sources.odnoklassniki.signing import Credentials
from sources.wire import Outcome

MOSCOW = ZoneInfo("Europe/Moscow")
SOURCE = Source("ok:city", "ok", "official", "test", "555")
READING = Reading(SOURCE, "555", b"key", MOSCOW)
# Tue, 14 Jul 2026 12:00:00 GMT
NOON = 1_784_030_400_000


def test_the_signature_is_that_of_the_documentation() -> None:
    value = "ABCDEFGHIGKLMNOPK:-s-84W-s3egarWUsbkq-IWTucuedzTKT8VUXIA.s4Xx8IW7:ABC123DEF456GHI789JKL123"
    credentials = Credentials.read(value, "application")
    assert credentials is not None
    assert credentials.secret == "b1a2b89707a94624c43afae67d59274c"
    form = credentials.signed("events.get", {})
    assert form["sig"] == "232c8eb921951c4dba9b72606f9ddb4c"
    session = Credentials.read(value.rsplit(":", 1)[0] + ":b1a2b89707a94624c43afae67d59274c", "session")
    assert session is not None
    assert session.signed("events.get", {}) == form
    assert "s4Xx8IW7" not in repr(credentials)
    assert "ABC123" not in repr(session)


@pytest.mark.parametrize("value", ["", "a", "a:b", "a:b:", "::", "a:b:c:d"])
def test_tokens_that_are_none(value: str) -> None:
    assert Credentials.read(value, "session") is None


def test_the_table_of_errors_is_whole() -> None:
    for code, action in [*ACTIONS.items(), (0, UNKNOWN)]:
        assert action.outcome in get_args(Outcome)
        assert action.effect in get_args(Effect)
        assert re.search("[а-я]", action.text)
        # A token is given up only for what is wrong with it, and what rests has a time to rest.
        assert (action.outcome in ("dead", "captcha")) <= (action.effect == "later"), code
        assert (action.outcome in ("flood", "rate", "quota")) == (action.wait > 0 and action.outcome != "failed"), code
    assert {8, 9, 11, 102, 104, 106, 160, 300, 456, 9999} <= set(ACTIONS)


def test_a_topic() -> None:
    data = {
        "media_topics": [
            {
                "id": "70102413183763",
                "created_ms": NOON,
                "author_ref": "group:555",
                "owner_ref": "group:555",
                "is_text_cut": True,
                "like_summary": {"count": 5},
                "reshare_summary": {"count": "2"},
                "discussion_summary": {"comments_count": 7},
                "media": [
                    {"type": "text", "text": "Отключение воды", "text_tokens": [{"text": "Отключение воды"}]},
                    {"type": "text", "text": "тел. 8 (927) 123-45-67"},
                    {"type": "photo", "photo_refs": ["group_photo:9"]},
                    {"type": "link", "url": "https://city.example/1", "title": "Подробнее"},
                    {"type": "poll", "poll_refs": ["poll:3"]},
                    {"type": "topic", "media_topic_refs": ["mediatopic:12"], "user_refs": ["user:4"]},
                ],
            },
            {"id": 8, "created_ms": str(NOON), "author_ref": "user:4", "media": [], "is_sticky": True},
        ],
        "entities": {
            "photos": [{"ref": "group_photo:9", "standard_url": "https://i.example/9"}],
            "polls": [{"ref": "poll:3", "question": "Есть вода?", "answers": [{"text": "Да"}, {"text": "Нет"}]}],
            "media_topics": [{"ref": "mediatopic:12", "media": [{"type": "text", "text": "Исходная запись"}]}],
            "users": [{"ref": "user:4", "name": "Имя Фамилия"}],
        },
        "anchor": "abc",
        "has_more": True,
    }
    part = topics(data, READING)
    first, second = part.items
    assert first.post.text == "Отключение воды\nтел. <PHONE>\nЕсть вода?\n– Да\n– Нет\nИсходная запись"
    assert (first.post.id, first.post.published_at, first.post.repost_of) == ("ok:70102413183763", NOON, "ok:12")
    assert (first.post.likes, first.post.reposts, first.post.comments, first.comments) == (5, 2, 7, 7)
    assert (first.post.official, first.post.truncated, first.pinned) == (True, True, False)
    assert first.post.url == "https://ok.ru/group/555/topic/70102413183763"
    assert [(item.kind, item.id, item.url) for item in first.post.attachments] == [
        ("photo", "9", "https://i.example/9"),
        ("link", "https://city.example/1", "https://city.example/1"),
        ("poll", "3", ""),
    ]
    assert (second.id, second.at, second.pinned, second.comments, second.post.official) == ("8", NOON, True, -1, False)
    assert (part.anchor, part.more, part.broken) == ("abc", True, [])
    assert "Фамилия" not in repr(part)


def test_comments_have_the_time_of_moscow_and_no_names() -> None:
    data = {
        "comments": [
            {
                "id": "c1",
                "text": "и у нас нет, +7 927 123 45 67",
                "date": "2026-07-14 15:00:00",
                "author_id": "4",
                "author_name": "Имя",
            },
            {"id": "c2", "text": "Передали", "date": "2026-07-14 15:00:01", "author_ref": "group:555", "reply_to_comment_id": "c1"},
            {"id": "c3", "text": "", "date": "вчера", "author_id": "555", "like_count": 3},
            {"id": "c4", "text": "a", "date": "2026-07-14 15:00:00", "date_ms": NOON + 5},
            {"text": "без номера", "author_id": "77", "author_ref": "user:77", "author_name": "Иван", "reply_to_id": "77"},
            None,
        ],
        "has_more": False,
        "anchor": "x",
    }
    part = comments(data, "12", READING)
    one, two, three, four = (item.post for item in part.items)
    assert (one.id, one.text, one.published_at) == ("ok:12:cc1", "и у нас нет, <PHONE>", NOON)
    assert (one.kind, one.thread, one.reply_to, one.official) == ("comment", "ok:12", "ok:12", False)
    assert (two.reply_to, two.official, three.official, three.published_at, three.likes) == ("ok:12:cc1", True, True, 0, 3)
    assert (four.published_at, four.author) == (NOON + 5, "")
    assert [reason for _, reason in part.broken] == ["комментарий без номера"] * 2
    assert part.broken[0][0] == {"text": "без номера"}
    assert (part.more, part.silent) == (False, False)
    assert comments({"has_more": False}, "12", READING).silent
    assert comments(None, "12", READING).silent


def test_an_album_is_one_topic_with_all_pictures() -> None:
    media = [{"type": "photo", "photo_refs": [f"group_photo:{number}" for number in range(9)]}, {"type": "text", "text": "Ямы"}]
    photos = [{"ref": f"group_photo:{number}", "standard_url": f"https://i.example/{number}"} for number in range(9)]
    data = {"media_topics": [{"id": "8", "created_ms": NOON, "media": media}], "entities": {"photos": photos}}
    (item,) = topics(data, READING).items
    assert (item.post.text, [one.url for one in item.post.attachments]) == ("Ямы", [f"https://i.example/{n}" for n in range(9)])


@pytest.mark.parametrize(
    "text", ["", "вчера", "2026-13-01 00:00:00", "1969-01-01 00:00:00", "9999-12-31 23:59:59", "0001-01-01 00:00:00"]
)
def test_dates_that_are_none(text: str) -> None:
    assert moment(text, MOSCOW) == 0


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.text(max_size=5)
    | st.sampled_from(["1", "group:555", "text", "2026-07-14 15:00:00"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["media_topics", "comments", "id", "media", "type", "text", "photo_refs", "entities", "polls", "ref", "date",
             "created_ms", "has_more", "anchor", "author_id", "discussion_summary", "comments_count", "answers"]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=25,
)  # fmt: skip


@given(JSON)
@settings(max_examples=150, deadline=None)
def test_any_answer_is_read(data: Any) -> None:
    for part in (topics(data, READING), comments(data, "1", READING)):
        for item in part.items:
            assert item.post.id.startswith("ok:")
            assert 0 <= item.post.published_at < 4_102_444_800_000
        mark = Mark()
        begin(mark, NOON, 72 * HOUR)
        take_topics(mark, part, NOON)
        advance(mark, NOON, 6 * HOUR)
        assert Mark.read(mark.write()) == mark


@pytest.mark.parametrize(
    "address",
    ["55348644610059", "ok.ru/group/55348644610059", "https://ok.ru/group/55348644610059", "https://m.ok.ru/group/55348644610059/topics",
     " https://www.ok.ru/group55348644610059?x=1 "],
)  # fmt: skip
def test_addresses_of_groups(address: str) -> None:
    assert group_of(address) == "55348644610059"


@pytest.mark.parametrize(
    "address", ["", "gorod", "https://ok.ru/gorod", "https://ok.ru/profile/55348644610059", "https://evil.example/12345678"]
)
def test_addresses_that_are_none(address: str) -> None:
    with pytest.raises(SourceRefused, match="нужен номер группы"):
        group_of(address)


def test_topics_are_due_by_age_and_by_number() -> None:
    def due(age: int, read: int, count: int = 1, listed: int = 1) -> bool:
        return Topic("1", NOON - age * HOUR, "", NOON - read * 60_000, count, listed).due(NOON) <= NOON

    assert Topic("1", NOON - 9999 * HOUR, "").due(NOON) <= NOON
    assert (due(1, 9), due(1, 10), due(7, 29), due(7, 30), due(48, 179), due(48, 180)) == (False, True) * 3
    assert (due(400, 100_000), due(400, 100_000, count=5)) == (False, True)


def test_a_cursor_keeps_within_bounds() -> None:
    mark = Mark(topics=[Topic(str(number), NOON - number, "d") for number in range(TOPICS + 50)])
    mark.comments = {
        "1": {f"c{number}": Known(NOON - number * 1000, "d") for number in range(2 * COMMENTS)},
        "gone": {"c": Known(NOON, "d")},
    }
    mark.bound(NOON - 500_000)
    assert [topic.id for topic in mark.topics] == [str(number) for number in range(TOPICS)]
    assert sum(map(len, mark.comments.values())) == 501
    mark.bound(0)
    assert set(mark.comments) == {"1"}
    assert len(mark.write()) < 100_000
    assert Mark.read("") == Mark.read("[0,") == Mark.read('["x"]') == Mark()


def test_an_answer_that_repeats_itself_comes_to_an_end() -> None:
    mark = Mark()
    begin(mark, NOON, 72 * HOUR)
    data = {"media_topics": [{"id": "1", "created_ms": NOON, "media": []}], "has_more": True, "anchor": "same"}
    assert len(take_topics(mark, topics(data, READING), NOON)) == 1
    assert mark.step == LIST
    assert take_topics(mark, topics(data, READING), NOON) == []
    assert mark.step == ""
    assert advance(mark, NOON, HOUR)
    said = {"comments": [{"id": "5", "date": "2026-07-14 15:00:00"}], "has_more": True, "anchor": "same"}
    for expected in (1, 0):
        assert len(take_comments(mark, mark.topics[0], comments(said, "1", READING), NOON, READING)) == expected
    assert not advance(mark, NOON, HOUR)
    assert mark.covered == NOON


def test_an_answer_without_its_list_deletes_nothing() -> None:
    mark = Mark(topics=[Topic("1", NOON, "d")], comments={"1": {"5": Known(NOON, "d")}})
    for said, expected in (({"has_more": False}, []), ({"comments": []}, [Post("ok:1:c5", published_at=NOON, deleted=True).id])):
        mark.begin(":1", NOON, 0)
        found = take_comments(mark, mark.topics[0], comments(said, "1", READING), NOON, READING)
        assert [post.id for post in found] == expected

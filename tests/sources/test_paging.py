"""Splitting pages: bounds hold, nothing is lost, and only the last part moves the cursor."""

from __future__ import annotations

from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model.codec import decode, encode
from monitor.model.post import Attachment, Page, Post
from sources.paging import PAGE_BYTES, POST_BYTES, cut, fit, post_bytes, split, string_bytes

_texts = st.text(max_size=200) | st.text(alphabet='"\\\n\x00\x1fаб😀', max_size=200)
_attachments = st.builds(Attachment, kind=_texts, id=_texts, url=_texts, title=_texts)
_posts = st.builds(
    Post,
    id=st.text(max_size=10),
    text=_texts,
    published_at=st.integers(-(2**53), 2**53),
    thread=st.text(max_size=10),
    url=_texts,
    place=_texts,
    attachments=st.lists(_attachments, max_size=3),
    likes=st.integers(0, 2**53),
)


def page(posts: list[Post]) -> Page:
    return Page("s", "r", "n", 5, covered_until=9, cursor="new", posts=posts)


@given(_texts | st.characters(categories=["Cs"]))
def test_the_bytes_of_a_string_are_exact(text: str) -> None:
    if any("\ud800" <= character <= "\udfff" for character in text):
        assert string_bytes(text) == 3 * len(text)
    else:
        assert string_bytes(text) == len(encode(text)) - 2


@given(_posts)
def test_a_posts_size_is_never_underestimated(post: Post) -> None:
    assert len(encode(post)) <= post_bytes(post) <= len(encode(post)) + 140


@settings(max_examples=60)
@given(st.lists(_posts, max_size=12), st.integers(2_500, 9_000), st.integers(1, 6))
def test_parts_are_bounded_ordered_and_complete(posts: list[Post], limit: int, most: int) -> None:
    before = deepcopy(posts)
    parts = split(page(posts), "old", 3, page_limit=limit, post_limit=limit - 300, posts_limit=most)
    assert all(len(encode(part)) <= limit for part in parts)
    assert all(len(part.posts) <= most for part in parts)
    assert [post.id for part in parts for post in part.posts] == [post.id for post in before]
    assert [(part.cursor, part.covered_until) for part in parts[:-1]] == [("old", 3)] * (len(parts) - 1)
    assert (parts[-1].cursor, parts[-1].covered_until) == ("new", 9)
    for old, new in zip(before, (post for part in parts for post in part.posts), strict=True):
        assert new == old or new.truncated
        assert old.text.startswith(new.text)


def test_an_empty_page_is_a_page() -> None:
    assert split(page([]), "old") == [page([])]


def test_usual_pages_are_not_split() -> None:
    posts = [Post(str(number), "слово " * 35) for number in range(100)]
    assert split(page(posts), "old") == [page(posts)]


def test_a_huge_text_is_cut_and_marked() -> None:
    post = fit(Post("a", "я" * 10_000_000))
    assert post.truncated
    assert POST_BYTES * 0.99 < len(encode(post)) <= POST_BYTES


def test_two_largest_posts_share_a_page() -> None:
    parts = split(page([Post("a", "я" * 1_000_000), Post("b", "\x00" * 1_000_000), Post("c", "z" * 1_000_000)]), "old")
    assert [len(part.posts) for part in parts] in ([1, 1, 1], [2, 1], [1, 2])
    assert all(len(encode(part)) <= PAGE_BYTES for part in parts)


def test_attachments_give_way_before_the_text() -> None:
    post = Post("a", "нет воды", attachments=[Attachment("photo", url="u" * 10_000) for _ in range(100)])
    fit(post)
    assert post.text == "нет воды"
    assert post.truncated
    assert 0 < len(post.attachments) < 100


def test_lone_surrogates_are_replaced() -> None:
    post = fit(Post("a", "нет \ud83d воды 😀"))
    assert post.text == "нет � воды 😀"
    assert decode(encode(post), Post) == post


def test_ids_are_never_cut() -> None:
    with pytest.raises(ValueError, match="ids"):
        fit(Post("a" * 300_000))


@given(_texts, st.integers(0, 50))
def test_a_cut_is_a_prefix_within_the_limit(text: str, limit: int) -> None:
    part = cut(text, limit)
    assert text.startswith(part)
    assert string_bytes(part) <= limit

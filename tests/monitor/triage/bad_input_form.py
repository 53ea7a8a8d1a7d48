"""Faults of form: bytes, JSON, types, fields that are missing."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.triage.salvage import MOST_POSTS
from tests.monitor.triage.bad_input_pages import (
    each,
    fields,
    heads,
    page,
    post,
    with_fields,
    with_head,
    with_middle,
    with_raw,
    without,
    written,
)
from tests.monitor.triage.bad_input_run import Case

HUGE = 10**30
WHOLE = with_head()
MIDDLE = written(post(2))
TEXTS = ("text", "kind", "author", "thread", "reply_to", "repost_of", "url", "place")
NUMBERS = ("published_at", "edited_at", "likes", "reposts", "comments", "views")
FLAGS = ("official", "deleted", "truncated")
DEEP = b"[" * 100_000 + b"]" * 100_000

_NO_JSON = (b"", b" ", b"garbage", b"\xff\xfe\x00", b"{", b"}", bytes(range(256)) * 20, b"PAR1\x15\x04", b"\xef\xbb\xbf{]")
_NO_OBJECT = (b"[]", b"5", b"null", b"true", b'"page"', b"[" + WHOLE + b"]")


def _cut_posts() -> Iterator[list[bytes]]:
    begin = WHOLE.index(MIDDLE)
    return ([WHOLE[:end]] for end in range(begin, begin + len(MIDDLE), 10))


def _cut_heads() -> Iterator[list[bytes]]:
    return ([WHOLE[:end]] for end in range(1, WHOLE.index(b'"posts"')))


def _deep_pages() -> Iterator[list[bytes]]:
    yield [DEEP]
    yield [DEEP[:100_000]]
    yield [b'{"a":' * 100_000]
    yield [WHOLE.replace(b'"cursor"', b'"x":' + DEEP + b',"cursor"')]


def _damaged() -> Iterator[list[bytes]]:
    yield [with_raw(MIDDLE.replace(b'"text":"', b'"text":'))]
    yield [with_raw(MIDDLE.replace(b'","published_at"', b',"published_at"'))]
    yield [with_raw(MIDDLE[:-1])]
    yield [with_raw(MIDDLE[1:])]
    yield [with_raw(MIDDLE[:40] + b"\x00\xff\x00\xff" + MIDDLE[60:])]
    yield [with_raw(MIDDLE + b"}")]
    yield [with_raw(MIDDLE.replace(b'"likes":20', b'"likes":2' + b"0" * 5000))]


def _wrong_types() -> Iterator[list[bytes]]:
    yield from fields("id", 5, 1.5, True, ["a"], {})
    for name in TEXTS:
        yield from fields(name, 5, None, 1.5, True, ["a"], {})
    yield from fields("kind", "story", "")
    for name in NUMBERS:
        yield from fields(name, "5", None, 1.5, 5.0, True, [], float("nan"), float("inf"), float("-inf"))
        yield [with_raw(written(post(2, **{name: -7})).replace(f'"{name}":-7'.encode(), f'"{name}":1e400'.encode()))]
    for name in FLAGS:
        yield from fields(name, 1, 0, "true", None)
    yield from fields("attachments", {}, None, "photo", [5], [None], [{"kind": 5}], [{"id": "without a kind"}])
    for value in (5, None, "пост", [], [post(2)], True, 1.5):
        yield [with_middle(value)]


def _wrong_heads() -> Iterator[list[bytes]]:
    for name in ("source", "region", "network", "cursor", "origin"):
        yield from heads(name, 5, None, True, [])
    yield from heads("origin", "elsewhere")
    for name in ("fetched_at", "covered_until"):
        yield from heads(name, "5", None, 1.5, True, float("nan"))
    yield from heads("posts", None, 5, "", {})
    yield from heads("broken", None, {}, [5], [{"detail": 5, "payload": ""}])


def _missing_heads() -> Iterator[list[bytes]]:
    return ([written(without(page([post(1)]), name))] for name in ("source", "region", "network", "fetched_at"))


def _no_ids() -> Iterator[list[bytes]]:
    yield [with_middle(without(post(2), "id"))]
    yield from fields("id", None, "", "x" * 201, "x" * 10_000, "vk:\0", "\0")


FORM = (
    Case(
        "A page cut in the middle of a post, or between two",
        "the posts before are taken, the letter has the rest",
        _cut_posts,
        (("page", "broken_json"),),
        others=False,
        outcomes={"new": 1},
    ),
    Case("A page cut before its posts", "", _cut_heads, (("page", "broken_json"),), others=False),
    Case("An empty record, garbage, bytes of another format", "", each(*_NO_JSON), (("page", "broken_json"),), others=False),
    Case("JSON that is no object", "", each(*_NO_OBJECT), (("page", "not_a_page"),), others=False),
    Case("A page nested 100,000 deep, also in an unknown field", "", _deep_pages, (("page", "broken_json"),), others=False),
    Case(
        "A post nested 100,000 deep",
        "the others are taken",
        each(with_raw(MIDDLE[:-1] + b',"x":' + DEEP + b"}")),
        (("post", "broken_json"),),
    ),
    Case(
        "A damaged post: a quote or a bracket lost, bytes overwritten, a number of 5,000 digits",
        "the letter has its bytes, the others are taken",
        _damaged,
        (("post", "broken_json"),),
    ),
    Case(
        "Invalid UTF-8 in a text",
        "taken with U+FFFD in its place",
        each(with_raw(written(post(2, text="яма XX тут")).replace(b"XX", b"\xff"))),
        row={"text": "яма \ufffd тут"},
    ),
    Case(
        "Lone surrogates in texts and ids",
        "taken with U+FFFD in their place",
        each(with_fields(text="яма \ud800 тут", author="a\udc00", thread="\udfff")),
        row={"text": "яма \ufffd тут", "author": "a\ufffd", "thread": "\ufffd"},
    ),
    Case("NUL in a text", "taken without it", each(with_fields(text="\0яма\0 тут\0")), row={"text": "яма тут"}),
    Case(
        "A field of a post of another type: number, text, null, fraction, flag, NaN, Infinity, 1e400; an unknown kind; no object",
        "the detail names the field, never the value",
        _wrong_types,
        (("post", "wrong_type"),),
    ),
    Case(
        f"A page with something wrong and more than {MOST_POSTS:,} posts",
        "",
        each(written(page([5] * (MOST_POSTS + 1))), WHOLE.replace(MIDDLE, b"5," * MOST_POSTS + MIDDLE)),
        (("page", "not_a_page"),),
        others=False,
    ),
    Case("An id that is missing, null, empty, longer than 200 characters, or has NUL", "", _no_ids, (("post", "missing_id"),)),
    Case("A page without source, region, network or fetched_at", "", _missing_heads, (("page", "not_a_page"),), others=False),
    Case("A field of a page of another type; posts that are no list", "", _wrong_heads, (("page", "not_a_page"),), others=False),
    Case(
        "A source that is empty, longer than 200 characters, or has NUL",
        "",
        lambda: heads("source", "", "s" * 201, "vk:\0"),
        (("page", "not_a_page"),),
        others=False,
    ),
    Case(
        "A page of a newer version; a version that is no number",
        "",
        lambda: heads("v", 2, HUGE, "1", 1.0, None),
        (("page", "unknown_version"),),
        others=False,
    ),
    Case(
        "Unknown fields in page, post or attachment",
        "ignored: a newer Nabat may write them",
        each(
            with_head(x={"y": [1, None, HUGE]}),
            with_fields(x=[{"id": "vk:-1_9", "text": "no post"}], y=None),
            with_fields(attachments=[{"kind": "photo", "id": "photo-2", "x": 1}]),
        ),
        row={"likes": 20, "text": post(2)["text"]},
    ),
)

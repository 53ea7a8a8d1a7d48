"""Faults of value: times, counts, sizes, repeats, and texts that break the classifier."""

from __future__ import annotations

import json
from collections.abc import Iterator

from monitor.triage.decode import EARLIEST, LATEST, MAX_ATTACHMENTS, MAX_COUNT, MAX_TEXT
from tests.crash.region import START, SteadyClassifier
from tests.monitor.triage.bad_input_pages import each, fields, heads, page, post, with_fields, with_head, written
from tests.monitor.triage.bad_input_run import PARK_MINIMUM, Case

DAY = 86_400_000
YEAR_0 = -62_167_219_200_000
YEAR_99999 = 3_093_527_980_800_000
HUGE = 10**30
BILLION = 1_000_000_000
POISON = SteadyClassifier.poison

LARGE_TEXT = "A text of 10 MB"
MANY_ATTACHMENTS = "100,000 attachments"
MANY_POSTS = "A page of 10,000 posts"


def _negative() -> Iterator[list[bytes]]:
    yield [with_fields(likes=-1, reposts=-(2**63), comments=-HUGE, views=-1)]
    # In their sum this one can't be seen.
    yield [with_fields(likes=0, reposts=0, comments=10, views=-1)]


def _parked() -> Iterator[list[bytes]]:
    yield [written(page([{"id": number} for number in range(PARK_MINIMUM)])), with_head()]


VALUES = (
    Case(
        "A page fetched before 2000, after 2099, or beyond 64 bits",
        "its time would be the stages' clock",
        lambda: heads("fetched_at", 0, -1, EARLIEST - 1, LATEST + 1, YEAR_0, YEAR_99999, 2**63, HUGE, -HUGE),
        (("page", "not_a_page"),),
        others=False,
    ),
    Case(
        "A page of a region that has no profile",
        "watch would stop at it; to be retried when the profile is there",
        lambda: heads("region", "", "elsewhere", "\0", "r" * 10_000),
        (("page", "unknown_region"),),
        others=False,
    ),
    Case(
        "A page of a source that the profile does not have",
        "taken: a search may find one",
        lambda: heads("source", "vk:-99"),
        row={"source": "vk:-99", "territory": lambda territory: territory in ("", "grad-1", "grad-2", "luga")},
        others=False,
        outcomes={"new": 3},
    ),
    Case(
        "A page that covers a time after its fetch, or a negative one",
        "taken as covering all up to its fetch, or nothing",
        lambda: heads("covered_until", START + 1, YEAR_99999, 2**63, HUGE, -1, -HUGE),
        row={"likes": 20},
    ),
    Case(
        "Published in the year 0 or 99999, at a negative time, more than a day after the fetch",
        "taken with the time of the fetch",
        lambda: fields("published_at", YEAR_0, YEAR_99999, -1, 0, 5, EARLIEST - 1, START + DAY + 1, 2**63, HUGE, -HUGE),
        row={"published_at": START},
    ),
    Case(
        "Published up to a day after the fetch",
        "taken as it is: a wrong time zone",
        lambda: fields("published_at", START + DAY),
        row={"published_at": START + DAY},
    ),
    Case(
        "Edited at an impossible time",
        "taken as never edited",
        lambda: fields("edited_at", YEAR_0, YEAR_99999, -1, START + DAY + 1, 2**63, HUGE),
        row={"edited_at": 0},
    ),
    Case("A billion likes", "taken as it is", lambda: fields("likes", BILLION), row={"likes": BILLION}),
    Case(
        "Counters below zero",
        "taken as 0",
        _negative,
        row={"likes": 0, "reposts": 0, "comments": lambda comments: comments in (0, 10), "views": 0},
    ),
    Case(
        "Counters beyond 32 bits, up to 10^30 and more",
        f"taken as {MAX_COUNT:,}",
        each(with_fields(likes=HUGE, reposts=2**32, comments=2**63, views=2**64)),
        row={"likes": MAX_COUNT, "reposts": MAX_COUNT, "comments": MAX_COUNT, "views": MAX_COUNT},
    ),
    Case(
        LARGE_TEXT,
        f"cut to {MAX_TEXT:,} characters",
        lambda: fields("text", "я" * 5_000_000, "ямы " * 1_500_000, "a" * 10_000_000),
        row={"text": lambda text: len(text) == MAX_TEXT},
    ),
    Case(
        MANY_ATTACHMENTS,
        f"the first {MAX_ATTACHMENTS:,} are kept",
        lambda: fields("attachments", [{"kind": "photo", "id": f"photo-{number}"} for number in range(100_000)]),
        row={"attachments": lambda text: [one["id"] for one in json.loads(text)] == [f"photo-{n}" for n in range(MAX_ATTACHMENTS)]},
    ),
    Case(
        MANY_POSTS,
        "all are taken",
        each(written(page([post(number) for number in range(1, 10_001)]))),
        row={"likes": 20},
        outcomes={"new": 10_000},
    ),
    Case(
        "A post twice in a page",
        "the first is taken, the second known",
        each(written(page([post(1), post(2), post(2, likes=99), post(3)]))),
        row={"likes": 20, "revision": 1},
        outcomes={"new": 3, "known": 1},
    ),
    Case(
        "An id twice in a page, with another text",
        "two versions of one post, the second is current unless it was edited earlier",
        each(written(page([post(1), post(2), post(2, text="Яму засыпали"), post(3)]))),
        row={"text": "Яму засыпали", "revision": 2},
        outcomes={"new": 3, "changed": 1},
    ),
    Case(
        "The same page twice",
        "its posts are known the second time",
        lambda: iter([[with_head(), with_head()]]),
        row={"revision": 1},
        outcomes={"new": 3, "known": 3},
    ),
    Case(
        "A deleted post that was never seen",
        "taken as deleted, its text is not kept",
        lambda: fields("deleted", True),
        row={"deleted": True, "text": "", "appeal_kind": "chatter"},
    ),
    Case(
        "An answer of an office to a post that nobody knows",
        "taken, and written as a reply without an incident",
        each(with_fields(official=True, reply_to="vk:-1_999", text="Ваше обращение рассмотрено")),
        row={"official": True, "reply_to": "vk:-1_999"},
    ),
    Case(
        "A text, or an office's answer, on which the classifier raises",
        "the others are taken",
        each(with_fields(text=f"{POISON} яма"), with_fields(text=POISON, official=True, reply_to="vk:-1_999")),
        (("post", "stage_error"),),
    ),
    Case(
        "What the parser of a source could not take",
        "never retried: the source is read again",
        each(with_head(broken=[{"detail": "no date", "payload": "raw"}])),
        (("post", "parser"),),
        row={"likes": 20},
    ),
    Case(
        "A source most of whose posts can't be taken",
        "further pages whole, until retried ones succeed",
        _parked,
        (*[("post", "wrong_type")] * PARK_MINIMUM, ("page", "parked")),
        others=False,
    ),
)

"""Stored posts on their way through the stages again, after a change of the model: marked pages, appended to the log.

Triage judges them anew and writes them as they are judged now; watch recounts appeals and incidents and alarms nobody. Not read
again: answers of offices, appeals of other systems (the address that they came with is not stored), what was deleted or whose text
expired. What watch keeps no more is judged anew as a post alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from monitor.clock import Clock
from monitor.log.base import PAGES, Append, Log, partition_of
from monitor.model.codec import DecodeError, decode, encode
from monitor.model.errors import NabatError
from monitor.model.post import Attachment, Page, Post
from monitor.runtime.local import Handler
from sinks.base import Reader

REPROCESS = "reprocess"
"""The question of the local socket."""
CHUNK = 2000
PAGE_POSTS, PAGE_CHARACTERS = 100, 100_000
"""Of one page, as far as single posts allow: the log takes pages of 512 kB."""
_SQL = """SELECT id, network, source, kind, toUnixTimestamp64Milli(published_at) AS published,
    toUnixTimestamp64Milli(edited_at) AS edited, toUnixTimestamp64Milli(fetched_at) AS fetched,
    author, thread, reply_to, url, text, attachments, likes, reposts, comments, views
FROM current_posts
WHERE region = {region:String} AND NOT deleted AND NOT official AND text != '' AND network != 'appeal'
    AND toUnixTimestamp64Milli(published_at) >= {since:Int64} AND toUnixTimestamp64Milli(published_at) < {until:Int64}
    AND (toUnixTimestamp64Milli(published_at), id) > ({at:Int64}, {after:String})
ORDER BY published, id LIMIT {limit:UInt32}"""


@dataclass(slots=True, frozen=True)
class Wanted:
    """Posts of a region that were published in [since, until), ms."""

    region: str
    since: int
    until: int


@dataclass(slots=True)
class Reprocessed:
    """How many posts are in the log again. ``soon``: somebody works them off now."""

    posts: int = 0
    pages: int = 0
    soon: bool = False


def handlers(reader: Reader, log: Log, clock: Clock) -> dict[str, Handler]:
    """What the process that works the log off answers."""

    async def again(question: bytes) -> Reprocessed:
        try:
            wanted = decode(question, Wanted)
        except DecodeError as error:
            raise NabatError(f"вопрос не понят: {error}") from None
        return replace(await reprocessed(reader, log, clock.now(), wanted), soon=True)

    return {REPROCESS: again}


async def reprocessed(reader: Reader, log: Log, now: int, wanted: Wanted) -> Reprocessed:
    """Appends the wanted posts, the oldest first, a chunk at a time."""
    partitions, outcome = log.layout.partitions[PAGES], Reprocessed()
    at, after = wanted.since - 1, ""
    while True:
        rows = await reader.query(
            _SQL,
            {"region": wanted.region, "since": wanted.since, "until": wanted.until, "at": at, "after": after, "limit": CHUNK},
        )
        pages = _pages(rows, wanted.region)
        await log.append([Append(PAGES, partition_of(page.source, partitions), page.source, encode(page), now) for page in pages])
        outcome.posts += len(rows)
        outcome.pages += len(pages)
        if len(rows) < CHUNK:
            return outcome
        at, after = rows[-1]["published"], rows[-1]["id"]


def _pages(rows: list[dict[str, Any]], region: str) -> list[Page]:
    """Posts that were fetched together are on one page, which keeps their time."""
    pages: list[Page] = []
    ordered = sorted(rows, key=lambda row: (row["source"], row["fetched"]))
    for (source, fetched), some in groupby(ordered, key=lambda row: (row["source"], row["fetched"])):
        size = PAGE_CHARACTERS
        for row in some:
            if size >= PAGE_CHARACTERS or len(pages[-1].posts) >= PAGE_POSTS:
                pages.append(Page(source, region, row["network"], fetched, origin="reprocess"))
                size = 0
            pages[-1].posts.append(_post(row))
            size += len(row["text"])
    return pages


def _post(row: dict[str, Any]) -> Post:
    return Post(
        id=row["id"],
        text=row["text"],
        published_at=row["published"],
        kind=row["kind"],
        edited_at=row["edited"],
        author=row["author"],
        thread=row["thread"],
        reply_to=row["reply_to"],
        url=row["url"],
        attachments=decode(row["attachments"].encode(), list[Attachment]),
        likes=row["likes"],
        reposts=row["reposts"],
        comments=row["comments"],
        views=row["views"],
    )

"""Rows for the tests of sinks."""

from __future__ import annotations

from typing import Any

from monitor.model.position import Position
from monitor.model.rows import AppealRow, PostRow, RevisionRow

T0 = 1_760_000_000_000


def at(offset: int, item: int = 0, partition: int = 0, epoch: int = 1) -> int:
    """A packed position."""
    return Position(epoch, partition, offset, item).pack()


def post(number: int, version: int | None = None, text: Any = "Во дворе опять нет света", **changes: Any) -> PostRow:
    version = at(number) if version is None else version
    row = PostRow(
        id=f"vk:-1_{number}",
        region="kursk",
        network="vk",
        source="vk:-1",
        kind="post",
        published_at=T0 + number,
        edited_at=0,
        fetched_at=T0 + 1000 + number,
        author=f"{number % 97:016x}",
        official=False,
        thread="",
        reply_to="",
        url=f"https://vk.com/wall-1_{number}",
        text=text,
        attachments="[]",
        deleted=False,
        revision=1,
        likes=number % 7,
        reposts=0,
        comments=1,
        views=100,
        appeal_kind="complaint",
        score=700,
        group="energy",
        theme="energy.outage",
        territory="kursk",
        urgency=1,
        duplicate_of="",
        version=version,
    )
    return row._replace(**changes)


def appeal(number: int, version: int | None = None, **changes: Any) -> AppealRow:
    row = AppealRow(
        id=f"vk:-1_{number}",
        region="kursk",
        network="vk",
        source="vk:-1",
        kind="complaint",
        score=700,
        group="energy",
        theme="energy.outage",
        territory="kursk",
        settlement="",
        street="ленина",
        house=str(number % 40),
        facility="",
        body="grid",
        urgency=1,
        author=f"{number % 97:016x}",
        published_at=T0 + number,
        fetched_at=T0 + 1000 + number,
        url=f"https://vk.com/wall-1_{number}",
        incident=f"i{number % 10}",
        cluster=f"vk:-1_{number}",
        duplicate_of="",
        status="active",
        revision=1,
        decided_by="",
        version=at(number) if version is None else version,
    )
    return row._replace(**changes)


def revision(post_id: str, version: int, **changes: Any) -> RevisionRow:
    row = RevisionRow(
        id=post_id,
        source="vk:-1",
        published_at=T0,
        edited_at=0,
        fetched_at=T0,
        content_hash=2**64 - 1,
        text_hash=2**63 + 5,
        first=True,
        duplicate_of="",
        deleted=False,
        sent=False,
        revision=1,
        text="",
        version=version,
    )
    return row._replace(**changes)

"""Rows of appeals and replies as watch makes them, and rows of all kinds in a snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from detectors.base import Match
from monitor.model.incident import Appeal, Reply
from monitor.model.plain import Plain
from monitor.model.rows import AlertRow, AppealRow, ReplyRow
from monitor.watch.effects import Changes

R = TypeVar("R", AlertRow, AppealRow, ReplyRow)


def appeal(taken: Appeal, match: Match | None, incident: str, changes: Changes) -> AppealRow:
    verdict, place = taken.verdict, taken.verdict.place
    return AppealRow(
        taken.id,
        changes.region,
        taken.network,
        taken.source,
        verdict.kind,
        verdict.score,
        verdict.group,
        verdict.theme,
        place.territory,
        place.settlement,
        place.street,
        place.house,
        place.facility,
        verdict.body,
        int(verdict.urgency),
        taken.author,
        taken.published_at,
        taken.fetched_at,
        taken.url,
        incident,
        match.cluster if match else taken.id,
        match.post if match else "",
        "active",
        taken.revision,
        "",
        changes.version,
    )


def reply(given: Reply, incident: str, changes: Changes) -> ReplyRow:
    return ReplyRow(
        given.id,
        changes.region,
        given.appeal,
        incident,
        given.source,
        given.published_at,
        given.quality,
        given.url,
        False,
        changes.version,
    )


def plain(row: AlertRow | AppealRow | ReplyRow) -> Plain:
    """A row for a snapshot: versions have 128 bits, more than MessagePack's integers."""
    return [*row[:-1], f"{row.version:x}"]


LATER_FIELDS: Final[tuple[object, ...]] = ("", "", 0, 0, "", 1, "fired", "", "", 0, "")
"""What alerts of older snapshots lack between their fields and the version: they could not be answered, or counted no sounds."""


def alert(values: Sequence[Any]) -> AlertRow:
    """A firing alert out of a snapshot of any age."""
    lacks = len(AlertRow._fields) - len(values)
    return restored(AlertRow, [*values[:-1], *LATER_FIELDS[len(LATER_FIELDS) - lacks :], values[-1]])


def restored(kind: type[R], values: Sequence[Any]) -> R:
    """A row out of a snapshot."""
    return kind._make([*values[:-1], int(values[-1], 16)])

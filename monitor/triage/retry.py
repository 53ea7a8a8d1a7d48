"""Dead letters on their way back: a page that triage takes again, marked, and the mark that says which letter it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from monitor.model.errors import NabatError
from monitor.model.position import Position
from monitor.model.post import Page
from monitor.triage.decode import decode_page
from monitor.triage.salvage import written


class Mark(NamedTuple):
    """Which letter a retried page brings back; travels in the page's cursor, which means nothing to anybody else."""

    letter: str
    scope: str
    reason: str

    def text(self) -> str:
        return "|".join(("letter", *self))

    @staticmethod
    def of(page: Page) -> Mark | None:
        parts = page.cursor.split("|")
        return Mark(*parts[1:]) if page.origin == "retry" and len(parts) == 4 and parts[0] == "letter" else None


def again(letter: Mapping[str, Any], payload: bytes, regions: frozenset[str] | None = None) -> bytes:
    """The page (as bytes) that brings a letter back. NabatError where triage, as it is now, would refuse it as before.

    ``letter`` has the fields of a DeadLetterRow, ``regions`` are those that have a profile (None: all).
    """
    if letter["reason"] == "parser":
        raise NabatError("сырую запись без её разбора не принять; источник и так читается заново")
    page = _post(letter, payload) if letter["scope"] == "post" else _page(payload)
    mark = Mark(letter["id"], letter["scope"], letter["reason"]).text()
    data = written({**page, "origin": "retry", "cursor": mark}).encode()
    decoded = decode_page(data, Position(0, 0, 0), regions)
    if decoded.page is None or (decoded.dead and letter["scope"] == "post"):
        raise NabatError(f"снова не принять: {decoded.dead[0].detail}")
    return data


def _post(letter: Mapping[str, Any], payload: bytes) -> dict[str, Any]:
    """A page of the one post, with the page's fields that the letter knows."""
    return {
        "source": letter["source"],
        "region": letter["region"],
        "network": str(letter["source"]).partition(":")[0],
        "fetched_at": letter["at"],
        "posts": [_json(payload)],
    }


def _page(payload: bytes) -> dict[str, Any]:
    """The page as it came, or what can be read of a damaged one; the damage travels along, to be a letter again."""
    try:
        page = _json(payload)
    except NabatError:
        decoded = decode_page(payload, Position(0, 0, 0))
        if decoded.page is None:
            raise
        page = msgspec.to_builtins(decoded.page)
        page["broken"] = [{"detail": one.detail, "payload": one.payload.decode("utf-8", "replace")} for one in decoded.dead]
    if not isinstance(page, dict):
        raise NabatError("это не страница, её снова не принять")
    return page


def _json(payload: bytes) -> Any:
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        raise NabatError("это не JSON, снова не принять") from None

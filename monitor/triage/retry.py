"""Dead letters on their way back: a page that triage takes again, marked, and the mark that says which letter it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from monitor.model.errors import NabatError
from monitor.model.post import Page


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


def again(letter: Mapping[str, Any], payload: bytes) -> bytes:
    """The page (as bytes) that brings a letter back. NabatError where nothing could come of it."""
    if letter["reason"] == "parser":
        raise NabatError("the raw item of a source can't be taken without its parser; the source is read again by its adapter")
    try:
        raw = orjson.loads(payload)
    except orjson.JSONDecodeError:
        raise NabatError("the bytes are no JSON and would be refused again") from None
    mark = Mark(letter["id"], letter["scope"], letter["reason"]).text()
    if letter["scope"] == "post":
        page = {
            "source": letter["source"],
            "region": letter["region"],
            "network": str(letter["source"]).partition(":")[0],
            "fetched_at": letter["at"],
            "posts": [raw],
        }
    elif isinstance(raw, dict):
        page = raw
    else:
        raise NabatError("the bytes are no page and would be refused again")
    return orjson.dumps({**page, "origin": "retry", "cursor": mark})

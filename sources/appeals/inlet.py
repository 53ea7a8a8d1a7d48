"""Appeals that another system sends: signed requests (Standard Webhooks), one appeal or many in a body.

The body is JSON: the appeal itself, a list of them, or ``{"type", "timestamp", "data"}`` around either, as the standard advises; see
appeals.schema.json. Fields are told by the mapping, by default they have the names of ``mapping.FIELDS``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from monitor.model.post import Page
from monitor.model.source import Source
from sources.appeals.document import BadFile, items, parse
from sources.appeals.form import Form
from sources.appeals.mapping import Webhook
from sources.appeals.taking import take
from sources.base import Fetched
from sources.rows import BadRow, moment
from sources.webhook import WrongSignature, verify
from sources.wire import Pushed, Taken

PATH: Final = "/push/appeals/"


class AppealsInlet:
    """Takes the pushes of one source, at an address of its own."""

    network = "appeal"

    def __init__(self, source: Source, said: Webhook, secrets: Sequence[bytes], form: Form) -> None:
        self.path = PATH + said.name
        self._source = source
        self._items = said.items
        self._secrets = secrets
        self._form = form

    async def take(self, request: Pushed, now: int) -> Taken:
        try:
            event, sent = verify(self._secrets, request.headers, request.body, now)
        except WrongSignature as error:
            return Taken(403, str(error))
        try:
            document = parse(request.body)
            found = items(document, self._items) if self._items else _data(document)
        except BadFile as error:
            return Taken(400, f"тело запроса: {error}")
        posts, broken = take(self._form, found, _time(document) or sent)
        source = self._source
        page = Page(source.id, source.region, self.network, now, posts=posts)
        return Taken(fetched=[(source, Fetched([page], broken=broken))], event=event)


def _data(document: Any) -> list[Any]:
    """The appeals of a body of our own form."""
    if isinstance(document, dict) and "data" in document:
        return items(document, "data")
    return items(document, "")


def _time(document: Any) -> int:
    """When the event happened, if the sender says so; the time of the request is later at each attempt."""
    try:
        return moment(document.get("timestamp")) if isinstance(document, dict) else 0
    except BadRow:
        return 0

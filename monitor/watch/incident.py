"""An incident as watch keeps it."""

from __future__ import annotations

from msgspec import Struct

from monitor.model.rows import AppealRow, IncidentRow
from monitor.model.verdict import Urgency
from monitor.watch.systems import vague


class Incident(Struct, gc=False):
    """An incident as watch keeps it. ``members`` holds all that ever joined and still count or may count again.

    ``themes`` counts the active members of each theme. ``parent`` is the incident that heads those
    with one cause, ``cause`` says which (kept by the head); ``alone``: a person took it out of one. ``more`` are the
    places (fields of a Place) of incidents that people joined to this one. ``keys``: what it is found by. ``also``: what else its
    first member may be about, whose theme has the ``score``, of 1000.
    ``telling`` are the authors who write of what is urgent, as ``authors``. A person has closed it at ``closed_at`` (ms; 0: it is not
    closed); since then it raises no alert, ``hushed``: so many were telling of what is urgent then (-1: it does).
    """

    id: str
    group: str
    theme: str
    territory: str
    settlement: str
    street: str
    house: str
    facility: str
    first_member: str
    opened_at: int
    status: str = "open"
    body: str = ""
    urgency: int = 0
    deadline: int = 0
    first_seen: int = 0
    last_seen: int = 0
    active: int = 0
    duplicates: int = 0
    authors: dict[str, int] = {}
    members: dict[str, None] = {}
    replies: dict[str, None] = {}
    last_reply: str = ""
    overdue: bool = False
    themes: dict[str, int] = {}
    parent: str = ""
    cause: str = ""
    alone: bool = False
    more: list[tuple[str, str, str, str, str]] = []
    keys: list[tuple[str, str, str, str]] = []
    also: list[str] = []
    score: int = 1000
    telling: dict[str, int] = {}
    closed_at: int = 0
    hushed: int = -1

    def heard(self, row: AppealRow) -> None:
        """Counts the author of an active appeal."""
        author = author_of(row)
        self.authors[author] = self.authors.get(author, 0) + 1
        if row.urgency >= Urgency.URGENT:
            self.telling[author] = self.telling.get(author, 0) + 1

    def vote(self, row: AppealRow) -> None:
        """The theme is the one that most members have. Where only a territory is known it is what they were grouped by, and stays."""
        self.themes[row.theme] = self.themes.get(row.theme, 0) + 1
        if (self.street or self.facility) and self._weight(row.theme) > self._weight(self.theme):
            self.theme, self.group, self.body = row.theme, row.group, row.body

    def _weight(self, theme: str) -> tuple[bool, int]:
        return not vague(theme), self.themes.get(theme, 0)

    def owes(self, at: int) -> bool:
        """Whether an answer of substance should have been there by this moment (ms)."""
        return self.status == "open" and self.last_reply != "substantive" and 0 < self.deadline <= at

    def row(self, region: str, version: int) -> IncidentRow:
        return IncidentRow(
            self.id,
            region,
            self.status,
            self.group,
            self.theme,
            self.territory,
            self.settlement,
            self.street,
            self.house,
            self.facility,
            self.body,
            self.urgency,
            self.first_member,
            self.opened_at,
            self.first_seen,
            self.last_seen,
            self.deadline,
            self.active,
            len(self.authors),
            self.duplicates,
            len(self.replies),
            self.last_reply,
            self.parent,
            self.cause,
            version,
        )


def author_of(row: AppealRow) -> str:
    """Who wrote it; where that is not known every post is taken for another person's."""
    return row.author or row.id

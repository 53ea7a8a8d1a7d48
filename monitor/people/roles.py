"""Roles and what each may do: one table, which the console goes by and a test goes through."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

Role = Literal["operator", "curator", "head", "administrator", "machine"]
Right = Literal["see", "answer", "close", "correct", "figures", "deliver", "export"]
"""see: what is on the console. answer: acknowledge, claim, snooze. close: end an alert or an incident by hand (a curator's
body is what most alerts are about). correct: say what is no appeal. figures: /metrics. deliver: try
destinations. export: take lists away as files."""

RIGHTS: dict[Role, frozenset[Right]] = {
    "operator": frozenset({"see", "answer", "close", "correct", "export"}),
    "curator": frozenset({"see", "answer", "correct", "export"}),
    "head": frozenset({"see", "answer", "close", "export"}),
    "administrator": frozenset(get_args(Right)),
    "machine": frozenset({"see", "figures"}),
}
PEOPLE: tuple[Role, ...] = ("operator", "curator", "head", "administrator")
"""Roles that accounts have; ``machine`` is that of tokens."""
NAMES: dict[Role, str] = {
    "operator": "оператор",
    "curator": "куратор",
    "head": "руководитель",
    "administrator": "администратор",
    "machine": "программа",
}


@dataclass(slots=True, frozen=True)
class Who:
    """Somebody who asks. ``scope``: ids of bodies and territories to which a curator's actions are bound, empty: none.

    ``csrf`` is what a browser's session must bring with each change; empty where no cookie was used.
    """

    name: str
    role: Role
    scope: frozenset[str] = field(default_factory=frozenset)
    csrf: str = ""

    def may(self, right: Right) -> bool:
        return right in RIGHTS[self.role]

    def concerns(self, territories: list[str], body: str) -> bool:
        """Whether something at these territories (the narrowest and those around it), of this body, is theirs to act on."""
        return self.role != "curator" or not self.scope or bool(self.scope & {*territories, body})

"""What the posts of a community consist of: shares of roles, of themes by month, of kinds by theme. All that counts is here."""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import Final

from monitor.model.verdict import Kind, Quality
from sources.simulated.phrases import Theme, phrases


class Role(IntEnum):
    """What an event of a community is."""

    CHAT_POST = 0
    CHAT_COMMENT = 1
    APPEAL_POST = 2
    APPEAL_COMMENT = 3
    ANNOUNCEMENT = 4
    REPOST = 5
    REPLY = 6
    EDIT = 7
    DELETION = 8


def _table(shares: dict[Role, int]) -> tuple[Role, ...]:
    return tuple(role for role, count in shares.items() for _ in range(count))


# Of 1,024 events: about a tenth are appeals, a third of these are answered.
COMMUNITY: Final = _table(
    {
        Role.CHAT_POST: 300,
        Role.CHAT_COMMENT: 500,
        Role.APPEAL_POST: 40,
        Role.APPEAL_COMMENT: 54,
        Role.REPOST: 60,
        Role.REPLY: 34,
        Role.EDIT: 24,
        Role.DELETION: 12,
    }
)
OFFICIAL: Final = _table(
    {
        Role.ANNOUNCEMENT: 130,
        Role.CHAT_COMMENT: 560,
        Role.APPEAL_COMMENT: 200,
        Role.REPLY: 100,
        Role.EDIT: 24,
        Role.DELETION: 10,
    }
)
KINDS: Final[tuple[Kind, ...]] = ("complaint",) * 70 + ("question",) * 16 + ("suggestion",) * 6 + ("thanks",) * 8
QUALITIES: Final[tuple[Quality, ...]] = ("substantive",) * 4 + ("interim",) * 3 + ("formal",) * 3 + ("redirect",) * 2
# Minutes until an answer; half within two hours, some the next day.
ANSWER_MINUTES: Final = (15, 25, 40, 60, 80, 100, 120, 180, 240, 420, 780, 1440)
# How often an appeal tells where, per cent: most do if it is about a house, fewer if about a hospital or a bus.
NAMED_ADDRESS: Final = 85
NAMED_AREA: Final = 30

_COLD: Final = {10: 1, 11: 2, 12: 3, 1: 3, 2: 3, 3: 2, 4: 1}
_WARM: Final = {5: 2, 6: 3, 7: 3, 8: 3, 9: 2}
# Themes weigh so much more when their season is at its height.
_PER_WEIGHT: Final = 3


def role_table(official: bool) -> tuple[Role, ...]:
    return OFFICIAL if official else COMMUNITY


@cache
def themes_of(month: int) -> tuple[Theme, ...]:
    """All themes of a month (1 to 12), each as often as it is written about."""
    return tuple(theme for theme in phrases().themes for _ in range(theme.weight * _strength(theme, month)))


@cache
def group_themes(group: str, month: int) -> tuple[Theme, ...]:
    """The themes of one group in a month, each as often as it is written about."""
    return tuple(theme for theme in themes_of(month) if theme.group == group)


def kind_of(theme: Theme, number: int) -> Kind:
    """The kind of an appeal by a number from 0 to 99: a kind for which the theme has no words becomes a complaint."""
    kind = KINDS[number]
    return kind if kind in theme.lines else "complaint"


def complaint_share(theme: Theme) -> float:
    """How many of the appeals about a theme are complaints."""
    return sum(kind_of(theme, number) == "complaint" for number in range(len(KINDS))) / len(KINDS)


@cache
def complaints_about(group: str, month: int) -> float:
    """How many of a month's appeals are complaints about a group."""
    return sum(map(complaint_share, group_themes(group, month))) / max(1, len(themes_of(month)))


@cache
def appeal_share(official: bool) -> float:
    """How many of a source's events are appeals of its own."""
    roles = role_table(official)
    return sum(role in (Role.APPEAL_POST, Role.APPEAL_COMMENT) for role in roles) / len(roles)


def _strength(theme: Theme, month: int) -> int:
    if theme.season == "all":
        return _PER_WEIGHT
    return (_COLD if theme.season == "cold" else _WARM).get(month, 0)

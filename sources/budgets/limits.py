"""What networks allow, as data: who may call what, how often in a second, how often in a day.

VK: the matrix of methods and kinds of tokens is that of its published schema (5.199), rates and quotas those of its data_limits page.
How VK cuts its day is not documented; see quota.py. Odnoklassniki publishes no rates, its clients keep to one request a second; MAX
allows two a second to those who poll; previews and feeds are asked politely. All of it can be configured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

ANY: Final = "*"
"""Stands for every kind of token."""


@dataclass(slots=True, frozen=True)
class Rate:
    """So many requests in any ``seconds``."""

    count: int
    seconds: float = 1.0

    @classmethod
    def per_second(cls, rate: float) -> Rate:
        """Less than one a second is one in more seconds; what is above a whole number is left away."""
        return cls(int(rate)) if rate >= 1 else cls(1, 1 / rate)

    @property
    def a_second(self) -> float:
        return self.count / self.seconds


@dataclass(slots=True, frozen=True)
class Limits:
    """Of one network. ``rates`` of a token by its kind, ``quotas`` of a token by method in any 24 hours, ``host`` of a host.

    ``callers`` says which kinds may call a method; all may call one that is not there. ``polls`` is the method that reading a source
    costs, by the way that its address names (``search:…``; ANY: without one): its quota is what a schedule has to spend. ``shared``:
    methods that ask one host for all sources, so that the host's rate is what they have to share.
    """

    rates: Mapping[str, Rate] = field(default_factory=dict)
    quotas: Mapping[str, int] = field(default_factory=dict)
    callers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    host: Rate = Rate(1)
    polls: Mapping[str, str] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()

    def may(self, kind: str, method: str) -> bool:
        return method not in self.callers or kind in self.callers[method]

    def rate(self, kind: str) -> Rate:
        """Of a token of this kind; one request a second where nothing is known."""
        return self.rates.get(kind) or self.rates.get(ANY) or Rate(1)


USER, SERVICE, COMMUNITY = "user", "service", "community"

VK_KINDS: Final = (USER, SERVICE, COMMUNITY)
VK_CALLERS: Final = {
    **dict.fromkeys(
        ("wall.get", "wall.getById", "wall.getComments", "wall.search", "newsfeed.search"),
        frozenset({USER, SERVICE}),
    ),
    "wall.getComment": frozenset({USER}),
    **dict.fromkeys(
        (
            "execute",
            "groups.getLongPollServer",
            "groups.setLongPollSettings",
            "groups.setCallbackSettings",
            "groups.addCallbackServer",
            "groups.getCallbackConfirmationCode",
        ),
        frozenset({USER, COMMUNITY}),
    ),
    "streaming.getServerUrl": frozenset({SERVICE}),
}
VK_QUOTAS: Final = {"wall.get": 5000, "wall.search": 1000, "newsfeed.search": 1000}
VK_POLLS: Final = {"search": "newsfeed.search", ANY: "wall.get"}

VK: Final = Limits({USER: Rate(3), SERVICE: Rate(3), COMMUNITY: Rate(20)}, VK_QUOTAS, VK_CALLERS, polls=VK_POLLS)
TELEGRAM: Final = Limits({"bot": Rate(30)}, polls={ANY: "preview"}, shared=frozenset({"preview"}))
ODNOKLASSNIKI: Final = Limits({ANY: Rate(1)})
MAX: Final = Limits({"bot": Rate(2)})
FEEDS: Final = Limits()

KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "vk": VK_KINDS,
    "tg": ("bot", "mtproto"),
    "ok": ("application", "session"),
    "max": ("bot",),
    "appeal": (),
}
"""The kinds of tokens that each network knows; none: they are named by whoever sets the network up."""

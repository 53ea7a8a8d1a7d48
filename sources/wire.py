"""What adapters of networks are given: HTTP within bounds, and permission for each request.

Adapters open no connection and hold no token themselves, so that what must hold for every request (limits, addresses that may be
asked, sizes, secrets) holds in one place each: see sources.http and sources.budgets. Parsers are pure functions beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from monitor.model.source import Source
from sources.base import Fetched

Outcome = Literal["ok", "rate", "flood", "quota", "dead", "captcha", "failed"]
"""How a request ended for its token: answered; asked too often; the same too often; the day's quota is used up; refused for good
(wrong, expired, blocked); wants a person; or for no reason of the token's (network, server, source).
"""


@dataclass(slots=True, frozen=True)
class Answer:
    """An HTTP answer. Names of ``headers`` are in lower case; ``body`` is unpacked; ``url`` is what was asked, without its query."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class Http(Protocol):
    """Asks hosts of networks. Redirects are answers, not followed; hosts must resolve to public addresses unless configured.

    Raises SourceUnavailable where no whole answer arrives (refused, reset, too slow, too large), SourceRefused where the address
    may not be asked. Errors name the host and never the path, query, headers or body: tokens stand there.
    """

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        limit: int | None = None,
    ) -> Answer:
        """``timeout`` in seconds for the whole answer, ``limit`` in bytes of it unpacked; None: as configured."""

    async def post(
        self,
        url: str,
        *,
        form: Mapping[str, str] | None = None,
        json: Any = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        limit: int | None = None,
    ) -> Answer:
        """Sends ``form`` or ``json`` (or nothing)."""


@dataclass(slots=True, frozen=True)
class Booking:
    """Permission for one request: a token (empty where the network wants none) that has been charged for it already.

    ``name`` is what people call the token; it may be shown and logged, ``value`` may not.
    """

    name: str
    kind: str
    value: str = field(default="", repr=False)


class Budget(Protocol):
    """The requests that one network allows: rates and quotas of all its tokens, kept across restarts."""

    async def book(self, method: str, kinds: Sequence[str] = (), *, calls: int = 1, key: str = "", token: str = "") -> Booking:
        """A token of one of ``kinds`` (empty: any) that may call ``method`` now, charged for ``calls`` of it before it is returned.

        Waits as long as a rate demands. ``key`` (a host) asks for the limit of that key alone. ``token`` names the one that will do
        (each bot sees what its own chats write), where others of its kind would not. SourceUnavailable with
        ``retry_after`` where all quotas are used up or all tokens rest; SourceRefused ``forbidden`` where no token ever may.
        """

    async def tell(self, booking: Booking, method: str, outcome: Outcome, wait: float = 0.0) -> None:
        """How it ended. ``wait``: seconds for which the network wants not to be asked (Retry-After and the like)."""


@dataclass(slots=True, frozen=True)
class Pushed:
    """A request that a network has sent to us. Names of ``headers`` are in lower case; ``query`` is decoded."""

    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Taken:
    """What an inlet makes of it: the answer to the network, sent only after ``fetched`` is in the log; which sources it is of.

    Pages of a push carry an empty ``cursor`` (the poll's own stays), and ``covered_until`` 0: one event says nothing of others.
    ``event`` is the network's own id of the event: one that came before is answered and not taken again.
    """

    status: int = 200
    body: str = "ok"
    headers: dict[str, str] = field(default_factory=dict)
    fetched: list[tuple[Source, Fetched]] = field(default_factory=list)
    event: str = ""


class Inlet(Protocol):
    """Takes the pushes of one network at ``path`` (such as ``/push/vk``). Checks secret or signature before it reads anything else.

    Never raises for what others send: a wrong secret is 403, what can't be read is 400, and an item that can't be taken is in
    ``Fetched.broken`` under an answer of success, since the network would send it again and again.
    """

    network: str
    path: str

    async def take(self, request: Pushed, now: int) -> Taken:
        """``now``: ms."""

"""Who is let in: sessions by cookie, machines by token, and before there are any accounts whoever sits at this machine.

Each route names the right that it takes; a route that names none lets nobody in. A browser's session brings a second secret with
every change (CSRF), which no other page can read. Errors tell nobody whether a login exists.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import Final

import msgspec
from aiohttp import web

from dashboards.console.names import LOOPBACK, host_name
from monitor.clock import Clock
from monitor.people.accounts import Accounts
from monitor.people.attempts import Attempts
from monitor.people.audit import Audit
from monitor.people.roles import Right, Who
from monitor.people.sessions import LONGEST, Sessions

COOKIE: Final = "nabat"
CSRF: Final = "X-CSRF-Token"
LOCAL: Final = Who("operator", "administrator")
"""Whoever is at this machine, as long as there are no accounts."""
UNKNOWN: Final = "?"
"""In the audit, whoever is no user."""
GUESSES: Final = 2
"""Passwords checked at once: each costs a processor and 64 MB for a moment."""

PUBLIC: Final = frozenset(
    {("GET", "/"), ("GET", "/handover"), ("GET", "/static"), ("GET", "/healthz"), ("GET", "/api/me"), ("POST", "/api/sign-in")}
)
"""The empty pages, and the way in."""
RIGHTS: Final[Mapping[tuple[str, str], Right]] = {
    ("GET", "/api/region"): "see",
    ("GET", "/api/status"): "see",
    ("GET", "/api/alerts"): "see",
    ("GET", "/api/alerts/{id}"): "see",
    ("GET", "/api/incidents"): "see",
    ("GET", "/api/incidents/{id}"): "see",
    ("GET", "/api/map"): "see",
    ("GET", "/api/search"): "see",
    ("GET", "/api/handover"): "see",
    ("GET", "/api/export/incidents.{kind}"): "export",
    ("GET", "/api/events"): "see",
    ("GET", "/api/deliveries"): "see",
    ("GET", "/api/destinations"): "deliver",
    ("POST", "/api/destinations/{name}/test"): "deliver",
    ("POST", "/api/deliveries/{id}/resend"): "deliver",
    ("POST", "/api/actions"): "answer",
    ("POST", "/api/sign-out"): "see",
    ("GET", "/metrics"): "figures",
}


class SignIn(msgspec.Struct, forbid_unknown_fields=True):
    """What the page posts."""

    login: str
    password: str


class Gate:
    """The console's gate over the accounts of a data folder."""

    def __init__(self, accounts: Accounts, audit: Audit, clock: Clock) -> None:
        self._accounts = accounts
        self._audit = audit
        self._clock = clock
        self._sessions = Sessions(accounts)
        self._attempts = Attempts()
        self._guessing = asyncio.Semaphore(GUESSES)
        self._closed = False

    def closed(self) -> bool:
        """Whether everybody has to sign in. Once there were accounts it stays so: a lost file opens nothing."""
        self._closed = self._closed or self._accounts.exist()
        return self._closed

    def who(self, request: web.Request) -> Who | None:
        if not self.closed():
            return LOCAL if host_name(request.headers.get("Host", "")) in LOOPBACK else None
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._accounts.of_token(token.strip())
        return self._sessions.who(request.cookies.get(COOKIE, ""), self._clock.now())

    async def sign_in(self, request: web.Request, asked: SignIn) -> tuple[Who | None, str, int]:
        """Who it is and the cookie's key; else how long to wait before the next attempt, seconds."""
        now, address = self._clock.now(), request.remote or ""
        if wait := self._attempts.wait(asked.login, address, now):
            return None, "", -(-wait // 1000)
        async with self._guessing:
            account = await asyncio.to_thread(self._accounts.check, asked.login, asked.password)
        if account is None:
            self._attempts.failed(asked.login, address, now)
            # Some type the password where the login belongs.
            known = asked.login if asked.login in self._accounts.all() else UNKNOWN
            self._audit.note(now, known, "sign_in_failed", address=address)
            return None, "", 0
        self._attempts.succeeded(asked.login, address)
        self._audit.note(now, account.login, "signed_in", address=address)
        key = self._sessions.open(account, now)
        return self._sessions.who(key, now), key, 0

    def sign_out(self, request: web.Request, who: Who) -> None:
        self._sessions.close(request.cookies.get(COOKIE, ""), self._clock.now())
        self._audit.note(self._clock.now(), who.name, "signed_out", address=request.remote or "")

    def note(self, request: web.Request, who: Who, what: str, *, allowed: bool) -> None:
        """What somebody did, or tried and may not."""
        self._audit.note(self._clock.now(), who.name, "acted" if allowed else "refused", what, request.remote or "")


def set_cookie(request: web.Request, response: web.Response, key: str) -> None:
    """Out of reach of scripts and other sites; encrypted wherever it leaves the machine."""
    secure = host_name(request.headers.get("Host", "")) not in LOOPBACK
    response.set_cookie(COOKIE, key, max_age=LONGEST // 1000, httponly=True, samesite="Strict", secure=secure, path="/")


def same_secret(request: web.Request, who: Who) -> bool:
    """Whether a change comes from the session's own page. Tokens are sent by programs alone, which no page can make do it."""
    return not who.csrf or secrets.compare_digest(request.headers.get(CSRF, "").encode(), who.csrf.encode())

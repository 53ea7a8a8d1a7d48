"""Sessions of browsers, in memory: a restart of the console asks everybody to sign in again."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass

from monitor.people.accounts import Account, Accounts, digest
from monitor.people.roles import Who

IDLE = 12 * 3_600_000
"""Ms without a request after which a session ends: a shift."""
LONGEST = 7 * 24 * 3_600_000
MOST = 1000


@dataclass(slots=True)
class _Session:
    login: str
    stamp: str
    csrf: str
    began: int
    seen: int


class Sessions:
    """``now`` is ms everywhere. Keys are kept as hashes: what is in memory opens nothing."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._open: OrderedDict[str, _Session] = OrderedDict()

    def open(self, account: Account, now: int) -> str:
        """A new session; returns the key for the cookie. Of too many the oldest ends."""
        key = secrets.token_urlsafe(32)
        self._open[digest(key)] = _Session(account.login, account.stamp, secrets.token_urlsafe(24), now, now)
        while len(self._open) > MOST:
            self._open.popitem(last=False)
        return key

    def who(self, key: str, now: int) -> Who | None:
        """Whose session it is, if it still holds: not too old, and the account as it was."""
        name = digest(key)
        session = self._open.get(name)
        if session is None:
            return None
        account = self._accounts.all().get(session.login)
        if (
            account is None
            or account.disabled
            or account.stamp != session.stamp
            or now - session.seen > IDLE
            or now - session.began > LONGEST
        ):
            del self._open[name]
            return None
        session.seen = now
        return account.who(session.csrf)

    def close(self, key: str) -> None:
        self._open.pop(digest(key), None)

"""Sessions of browsers, in ``sessions.json`` of the data folder (mode 0600): a restart at night signs nobody out.

One process has them open. A file that can't be read signs everybody out, and no more.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections import OrderedDict

import msgspec

from monitor.people.accounts import Account, Accounts, digest
from monitor.people.roles import Who

log = logging.getLogger(__name__)

FILE = "sessions.json"
IDLE = 12 * 3_600_000
"""Ms without a request after which a session ends: a shift."""
LONGEST = 7 * 24 * 3_600_000
MOST = 1000
NOTED = 300_000
"""Ms after which a request is noted on the disk: a restart may take so much off a session's age."""


class _Session(msgspec.Struct):
    login: str
    stamp: str
    csrf: str
    began: int
    seen: int


class Sessions:
    """``now`` is ms everywhere. Keys are kept as hashes: what is in memory and on the disk opens nothing."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._path = accounts.folder / FILE
        self._open = self._read()
        self._noted = 0

    def open(self, account: Account, now: int) -> str:
        """A new session; returns the key for the cookie. Of too many the oldest ends."""
        key = secrets.token_urlsafe(32)
        self._open[digest(key)] = _Session(account.login, account.stamp, secrets.token_urlsafe(24), now, now)
        while len(self._open) > MOST:
            self._open.popitem(last=False)
        self._note(now)
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
            self._note(now)
            return None
        session.seen = now
        if now - self._noted >= NOTED:
            self._note(now)
        return account.who(session.csrf)

    def close(self, key: str, now: int) -> None:
        if self._open.pop(digest(key), None) is not None:
            self._note(now)

    def _read(self) -> OrderedDict[str, _Session]:
        try:
            found = msgspec.json.decode(self._path.read_bytes(), type=dict[str, _Session])
        except FileNotFoundError:
            return OrderedDict()
        except (OSError, msgspec.DecodeError) as error:
            log.warning("%s не читается (%s): всем придётся войти снова", self._path, type(error).__name__)
            return OrderedDict()
        return OrderedDict(sorted(found.items(), key=lambda one: one[1].began))

    def _note(self, now: int) -> None:
        """Replaces the file whole. A full disk must not keep anybody out: sessions hold in memory all the same."""
        self._noted = now
        fresh = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(msgspec.json.encode(self._open))
            fresh.rename(self._path)
        except OSError as error:
            log.warning("%s не записать (%s): после перезапуска всем придётся войти снова", self._path, error.strerror)

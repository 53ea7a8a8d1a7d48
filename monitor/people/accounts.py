"""Accounts in ``users.json`` of the data folder (mode 0600): logins, roles, hashes of passwords and tokens.

Commands and the console work on it at the same time: it is changed under a lock, replaced whole, and read again when it has changed.
Nothing in it can be turned back into a password or a token.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from monitor.model.errors import ConfigError, NabatError
from monitor.people.roles import Role, Who

FILE = "users.json"
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
SHORTEST = 12
"""Characters of a password: guessing is slowed down, so length is what counts, not signs."""
LONGEST = 256
TOKEN = "nabat_"
_HASHER = PasswordHasher()


@cache
def _nobody() -> str:
    """Checked where there is no such login, so that the time taken tells nothing."""
    return _HASHER.hash(secrets.token_hex(16))


class Token(msgspec.Struct):
    """A machine's key: a name for people, and a hash; tokens are random, so a fast hash will do."""

    name: str
    hash: str


class Account(msgspec.Struct):
    """``stamp`` changes with the password, and ends the sessions that were opened with the one before."""

    login: str
    role: Role
    password: str
    stamp: str
    scope: list[str] = []
    disabled: bool = False
    tokens: list[Token] = []

    def who(self, csrf: str = "") -> Who:
        return Who(self.login, self.role, frozenset(self.scope), csrf)


class _File(msgspec.Struct):
    version: int = 1
    accounts: list[Account] = []


class Accounts:
    """The accounts of a data folder. Safe to use from several threads and processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / FILE
        self._seen: tuple[int, int, int] | None = None
        self._known: dict[str, Account] = {}

    def all(self) -> dict[str, Account]:
        """By login. Raises NabatError for a file that is damaged: nobody is let in on a guess."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            self._seen, self._known = None, {}
            return {}
        seen = (status.st_mtime_ns, status.st_size, status.st_ino)
        if seen != self._seen:
            self._known = {one.login: one for one in self._read().accounts}
            self._seen = seen
        return self._known

    def exist(self) -> bool:
        """Whether anybody has ever been added: from then on everybody has to sign in, whoever is disabled."""
        return bool(self.all())

    def add(self, login: str, role: Role, password: str, scope: list[str]) -> None:
        """Raises ConfigError for a login that is there or is none, and for a password that is too short."""
        self.expect_free(login)
        account = Account(login, role, hashed(password), secrets.token_hex(8), scope)
        with self._changing() as accounts:
            if login in accounts:
                raise _taken(login)
            accounts[login] = account

    def expect_free(self, login: str) -> None:
        """Raises ConfigError for a login that is there or is none: before anybody is asked for a password."""
        if not LOGIN.fullmatch(login):
            raise ConfigError([f"{login!r}: логин — до 32 строчных латинских букв, цифр и знаков . _ -"])
        if login in self.all():
            raise _taken(login)

    def expect_known(self, login: str) -> None:
        """Raises ConfigError where there is no such login."""
        if login not in self.all():
            raise _unknown(login)

    def change(self, login: str, change: Callable[[Account], None]) -> None:
        """Raises ConfigError where there is no such login."""
        with self._changing() as accounts:
            if login not in accounts:
                raise _unknown(login)
            change(accounts[login])

    def add_token(self, login: str, name: str) -> str:
        """A new token, which is told this once."""
        token = TOKEN + secrets.token_urlsafe(32)

        def add(account: Account) -> None:
            account.tokens = [one for one in account.tokens if one.name != name] + [Token(name, digest(token))]

        self.change(login, add)
        return token

    def check(self, login: str, password: str) -> Account | None:
        """The account if the password is its own. Takes tens of milliseconds of a processor, whoever asks: call it in a thread."""
        account = self.all().get(login)
        right = False
        with suppress(VerificationError, InvalidHashError):
            right = _HASHER.verify(account.password if account else _nobody(), password[:LONGEST])
        return account if account is not None and right and not account.disabled else None

    def of_token(self, token: str) -> Who | None:
        """Whoever holds this token."""
        if not token.startswith(TOKEN):
            return None
        wanted = digest(token)
        for account in self.all().values():
            for one in account.tokens:
                if secrets.compare_digest(one.hash, wanted) and not account.disabled:
                    return Who(f"{account.login}/{one.name}", "machine")
        return None

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Account]]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            accounts = {one.login: one for one in (self._read().accounts if self._path.exists() else [])}
            yield accounts
            fresh = self._path.with_suffix(".new")
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(_File(1, list(accounts.values())))))
                file.flush()
                os.fsync(file.fileno())
            fresh.rename(self._path)
        finally:
            os.close(lock)

    def _read(self) -> _File:
        try:
            found = msgspec.json.decode(self._path.read_bytes(), type=_File)
        except (OSError, msgspec.DecodeError) as error:
            raise NabatError(f"{self._path}: файл пользователей не читается ({type(error).__name__}); верните его из копии") from None
        if found.version != 1:
            raise NabatError(f"{self._path}: файл пользователей другой версии Набата")
        return found


def _taken(login: str) -> ConfigError:
    return ConfigError([f"{login}: такой пользователь уже есть"])


def _unknown(login: str) -> ConfigError:
    return ConfigError([f"{login}: такого пользователя нет; nabat users list покажет всех"])


def hashed(password: str) -> str:
    """Raises ConfigError for a password that is too short or too long; it is never quoted."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise ConfigError([f"пароль: нужно от {SHORTEST} до {LONGEST} знаков"])
    return _HASHER.hash(password)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

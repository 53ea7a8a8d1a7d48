"""Signatures of requests, as the documentation of the API asks for them (apiok.ru, "signature calculation")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import md5
from typing import Final

APPLICATION: Final = "application"
SESSION: Final = "session"
KINDS: Final = (APPLICATION, SESSION)
"""Kinds of tokens: with the application's secret key, or with the secret key of the session (eternal tokens come with one)."""


@dataclass(slots=True, frozen=True)
class Credentials:
    """A token as it is written down, ``APPLICATION_KEY:ACCESS_TOKEN:SECRET_KEY``; which secret it is, its kind says."""

    application_key: str
    access_token: str = field(repr=False)
    secret: str = field(repr=False)

    @classmethod
    def read(cls, value: str, kind: str) -> Credentials | None:
        """None where the value has not three parts."""
        parts = value.split(":")
        if len(parts) != 3 or not all(parts):
            return None
        application_key, access_token, secret = parts
        if kind == APPLICATION:
            secret = _hash(access_token + secret)
        return cls(application_key, access_token, secret)

    def signed(self, method: str, parameters: Mapping[str, str]) -> dict[str, str]:
        """All fields of a request: the signature covers everything but the access token."""
        form = {**parameters, "application_key": self.application_key, "format": "json", "method": method}
        form["sig"] = _hash("".join(f"{name}={form[name]}" for name in sorted(form)) + self.secret)
        return {**form, "access_token": self.access_token}


def _hash(text: str) -> str:
    # The protocol's own choice; nothing of ours rests on it.
    return md5(text.encode(), usedforsecurity=False).hexdigest()

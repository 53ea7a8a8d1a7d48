"""Passwords and keys that do not slip into logs."""

from __future__ import annotations


class Secret:
    """A text that printing, formatting and ``repr`` hide; ``reveal`` gives it to whoever really needs it."""

    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __repr__(self) -> str:
        return "Secret(***)" if self._text else "Secret()"

    def __str__(self) -> str:
        return "***" if self._text else ""

    def __reduce__(self) -> str:
        raise TypeError("a secret is not to be stored or sent; reveal it where it is used")

"""Collecting everything that is wrong with what people wrote, so that they see it all at once."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from monitor.model.errors import ConfigError

_REASONS: Final = {
    errno.ENOENT: "такого файла или папки нет",
    errno.EACCES: "нет прав",
    errno.EPERM: "нет прав",
    errno.EEXIST: "там уже есть файл",
    errno.EISDIR: "это папка, а нужен файл",
    errno.ENOTDIR: "это файл, а нужна папка",
    errno.ENOSPC: "на диске нет места",
    errno.EROFS: "диск только для чтения",
    errno.ENAMETOOLONG: "слишком длинное имя",
    errno.EADDRINUSE: "занят другой программой",
    errno.EADDRNOTAVAIL: "такого адреса у этой машины нет",
}


def why(error: OSError) -> str:
    """What the system refuses, in words for people; it quotes no file."""
    return _REASONS.get(error.errno or 0) or error.strerror or type(error).__name__


class Problems:
    """Messages ``place:line: what is wrong; what to do``; lines count from 1."""

    def __init__(self) -> None:
        self._found: list[tuple[str, int, str]] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, place: str, line: int, what: str) -> None:
        self._found.append((place, line, what))

    def raise_any(self) -> None:
        """Raises ConfigError if there is anything: files in the order in which they were first complained of, lines ascending."""
        if not self._found:
            return
        order = {place: rank for rank, place in reversed(list(enumerate(place for place, _, _ in self._found)))}
        ordered = sorted(self._found, key=lambda problem: (order[problem[0]], problem[1]))
        raise ConfigError([f"{place}:{line}: {what}" if line else f"{place}: {what}" for place, line, what in ordered])


def advice(word: str, known: Iterable[str]) -> str:
    """What to write instead of a word that is not known: the nearest known one, or all of them."""
    known = list(known)
    near = get_close_matches(word.lower()[:100], known, n=1, cutoff=0.6)
    if near:
        return f"возможно, имелось в виду {near[0]}?"
    return f"допустимы: {', '.join(known)}" if known else "удалите это"


def quoted(value: object) -> str:
    """A piece of somebody's file inside a message: one short line."""
    try:
        text = str(value)
    except ValueError:  # Python does not print integers of more than 4300 digits, and TOML has hexadecimal ones
        text = "число из очень многих цифр"
    return repr(text if len(text) <= 40 else text[:40] + "…")

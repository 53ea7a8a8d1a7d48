"""Text down to words of one alphabet, in one pass: what makes two spellings of the same text equal bytes.

Lower case; Latin letters that look like Cyrillic ones become those (in every word: a rule by word would split words that are
wholly made of such letters, as "со"); ё and й lose their marks, as people drop them and decomposed Unicode splits them off; all
that is neither letter nor digit separates words. Letters of other alphabets are kept under a name of their own.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b

_LOOKALIKE = dict(zip("abcehkmoptxy", "авсенкмортху", strict=True))
_VARIANT = {"ё": "е", "й": "и", "і": "и", "ї": "и", "є": "е", "ґ": "г", "ў": "у"}
# Letters of the Volga languages: people who lack the keyboard write the nearest Russian letter.
_NEAREST = {"ә": "а", "ө": "о", "ү": "у", "җ": "ж", "ң": "н", "һ": "х", "ӑ": "а", "ӗ": "е", "ҫ": "с", "ӳ": "у", "ӱ": "у", "ӧ": "о"}
_SILENT = "\xad"
_ERRORS = "nabat.fold"
_MARKUP = re.compile(r"<[^<>]{1,400}>|&(?:#\d{1,6}|[a-zA-Z]{2,8});")


def _table() -> bytes:
    cells = bytearray()
    for code in range(256):
        letter = bytes([code]).decode("cp1251", "replace").lower()
        letter = _VARIANT.get(letter, _LOOKALIKE.get(letter, letter))
        cells += letter.encode("cp1251") if letter.isalnum() else b" "
    return bytes(cells)


_TABLE = _table()
_DELETED = _SILENT.encode("cp1251")


@lru_cache(maxsize=4096)
def _replacement(run: str) -> str:
    words = "".join(map(_name, run))
    # A run of signs parts words, a lone accent or joiner does not.
    return words or ("" if all(unicodedata.category(c) in ("Mn", "Cf", "Me") for c in run) else " ")


def _name(letter: str) -> str:
    """A letter outside the code page in letters of it; nothing for a sign or an accent."""
    if letter.lower() in _NEAREST:
        return _NEAREST[letter.lower()]
    plain = "".join(c for c in unicodedata.normalize("NFKC", letter) if c.isalnum()).lower()
    try:
        plain.encode("cp1251")
    except UnicodeEncodeError:
        # Sixteen letters serve as digits, since digits are details that matter.
        return "".join("q" + "".join(chr(ord("а") + int(d, 16)) for d in f"{ord(c):x}") for c in plain)
    return plain


def _beyond(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return _replacement(error.object[error.start : error.end]), error.end


codecs.register_error(_ERRORS, _beyond)


def fold(text: str) -> bytes:
    """The words of a text, folded, one byte a letter (code page 1251), separated by single spaces."""
    return b" ".join(text.encode("cp1251", _ERRORS).translate(_TABLE, _DELETED).split())


def unmarked(text: str) -> str:
    """The text without HTML tags and entities."""
    return _MARKUP.sub(" ", text) if "<" in text or "&" in text else text


def number(data: bytes) -> int:
    """A stable unsigned 64-bit hash (BLAKE2b)."""
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "big")


def text_hash(text: str) -> int:
    """An unsigned 64-bit hash that is equal for texts with the same words: case, look-alikes, punctuation and emoji do not count.

    Links, mentions and hashtags count as words. A text without any word is hashed as it stands.
    """
    folded = fold(unmarked(text))
    return number(folded) if folded else number(b"\0" + text.strip().encode("utf-8", "surrogatepass"))

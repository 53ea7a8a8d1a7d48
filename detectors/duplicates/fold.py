"""Text down to words of one alphabet, in one pass: what makes two spellings of the same text equal bytes.

Lower case; Latin letters that look like Cyrillic ones become those (in every word: a rule by word would split words that are
wholly made of such letters, as "со"); ё and й lose their marks, as people drop them and decomposed Unicode splits them off; all
that is neither letter nor digit separates words. Letters of other alphabets are kept under a name of their own.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from encodings.cp1251 import encoding_table
from functools import lru_cache

from xxhash import xxh3_64_intdigest

_LOOKALIKE = dict(zip("abcehkmoptxy", "авсенкмортху", strict=True))
_VARIANT = {"ё": "е", "й": "и", "і": "и", "ї": "и", "є": "е", "ґ": "г", "ў": "у"}
# Letters of the Volga languages: people who lack the keyboard write the nearest Russian letter.
_NEAREST = {"ә": "а", "ө": "о", "ү": "у", "җ": "ж", "ң": "н", "һ": "х", "ӑ": "а", "ӗ": "е", "ҫ": "с", "ӳ": "у", "ӱ": "у", "ӧ": "о"}
_SILENT = "\xad"
_ERRORS = "nabat.fold"
_MARKUP = re.compile(r"<[^<>]{1,400}>|&(?:#\d{1,6}|[a-zA-Z]{2,8});")


def _lower() -> bytes:
    letters = (bytes([code]).decode("cp1251", "replace").lower() for code in range(256))
    return b"".join(letter.encode("cp1251") if letter.isalnum() else b" " for letter in letters)


_LOWER = _lower()
"""Code page 1251 in lower case, spaces for all that is no letter and no digit."""
_FOLDED = bytes.maketrans(*("".join(side).encode("cp1251") for side in zip(*(_LOOKALIKE | _VARIANT).items(), strict=True)))
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


def words(text: str) -> list[bytes]:
    """The words of a text in lower case, one byte a letter (code page 1251), letters that it lacks by their names."""
    # What encode("cp1251") does, without the way there, which is a fifth of it.
    return codecs.charmap_encode(text, _ERRORS, encoding_table)[0].translate(_LOWER, _DELETED).split()


def fold(text: str) -> bytes:
    """The words of a text, folded, one byte a letter (code page 1251), separated by single spaces."""
    return b" ".join(words(text)).translate(_FOLDED)


def unmarked(text: str) -> str:
    """The text without HTML tags and entities."""
    return _MARKUP.sub(" ", text) if "<" in text or "&" in text else text


def number(data: bytes) -> int:
    """A stable unsigned 64-bit hash (XXH3)."""
    return xxh3_64_intdigest(data)


def text_hash(text: str) -> int:
    """An unsigned 64-bit hash that is equal for texts with the same words: case, look-alikes, punctuation and emoji do not count.

    Links, mentions and hashtags count as words. A text without any word is hashed as it stands.
    """
    return words_hash(words(unmarked(text)), text)


def words_hash(found: list[bytes], text: str) -> int:
    """The ``text_hash`` of a text whose words, without HTML, are found already."""
    return number(b" ".join(found).translate(_FOLDED) if found else b"\0" + text.strip().encode("utf-8", "surrogatepass"))

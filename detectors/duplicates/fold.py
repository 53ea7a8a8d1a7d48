"""Text down to words of one alphabet: what makes two spellings of the same text equal bytes.

Over the cutting of detectors.words: Latin letters that look like Cyrillic ones become those (in every word: a rule by word would
split words that are wholly made of such letters, as "со"); ё and й lose their marks, as people drop them.
"""

from __future__ import annotations

from xxhash import xxh3_64_intdigest

from detectors.words import cut

_LOOKALIKE = dict(zip("abcehkmoptxy", "авсенкмортху", strict=True))
_VARIANT = {"ё": "е", "й": "и", "і": "и", "ї": "и", "є": "е", "ґ": "г", "ў": "у"}
_FOLDED = bytes.maketrans(*("".join(side).encode("cp1251") for side in zip(*(_LOOKALIKE | _VARIANT).items(), strict=True)))


def fold(text: str) -> bytes:
    """The words of a text, folded, one byte a letter (code page 1251), separated by single spaces."""
    return b" ".join(cut(text)).translate(_FOLDED)


def number(data: bytes) -> int:
    """A stable unsigned 64-bit hash (XXH3)."""
    return xxh3_64_intdigest(data)


def text_hash(text: str) -> int:
    """An unsigned 64-bit hash that is equal for texts with the same words: case, look-alikes, punctuation and emoji do not count.

    Links, mentions and hashtags count as words. A text without any word is hashed as it stands.
    """
    return words_hash(cut(text), text)


def words_hash(found: list[bytes], text: str) -> int:
    """The ``text_hash`` of a text whose words (detectors.words.cut) are found already."""
    return number(b" ".join(found).translate(_FOLDED) if found else b"\0" + text.strip().encode("utf-8", "surrogatepass"))

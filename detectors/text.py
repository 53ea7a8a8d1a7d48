"""Text as people type it, made fit for matching: clean, cut into words, stemmed.

All of it costs time in proportion to the length of the text, whatever the text is: no pattern here backtracks.
"""

from __future__ import annotations

import html
import re
import unicodedata
from codecs import charmap_decode
from collections.abc import Callable
from encodings.cp1251 import decoding_table
from typing import TypeVar

import Stemmer

_ODD = re.compile("[A-Za-z<&\x00-\x08\u00ad\u0300-\u036f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
"""What makes a closer look necessary; most posts have none of it."""
_INVISIBLE = re.compile("[\u00ad\u0300\u0301\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
"""Stress marks too: those that make a letter («й») NFC has taken in before."""
_TAG = re.compile(r"<[/!a-zA-Z][^<>]{0,500}>")
_ALNUM = re.compile(r"\w+")
_MIXED = re.compile(r"[a-zA-Z][а-яА-ЯёЁ]|[а-яА-ЯёЁ][a-zA-Z]")
_LOOK_ALIKE = str.maketrans("ABCEHKMOPTXYaceopxykmtu", "АВСЕНКМОРТХУасеорхукмти")
"""Latin letters that look like Cyrillic ones, or (k, m, t, u) are typed for them; used only in words with Cyrillic letters."""
_WORD = re.compile(r"[0-9a-zа-я]+")

CACHE_WORDS = 100_000
"""Words of one region's posts that a cache holds, if nothing else is said: those of some days."""
CACHE_WORD_LENGTH = 40
"""Longer "words" are noise: kept out of the caches so that their size is bounded in bytes too."""


def clean(text: str) -> str:
    """The text without markup, invisible characters and look-alike letters, in NFC, ``ё`` as ``е``, white space as one space."""
    if _ODD.search(text) is not None:
        text = _untangle(text)
    elif not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.replace("ё", "е").replace("Ё", "Е").split())


def as_read(word: bytes) -> str:
    """A word of a text (detectors.words) as lexicons have it and people are shown it: in one alphabet, without ё."""
    read = charmap_decode(word, "strict", decoding_table)[0]
    # It has neither spaces nor anything that NFC would change.
    return (_untangle(read) if _ODD.search(read) is not None else read).replace("ё", "е")


def words(text: str) -> list[str]:
    """The words and numbers of a clean text, in lower case, in order."""
    return _WORD.findall(text.lower())


def _untangle(text: str) -> str:
    text = text.replace("\x00", " ")
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "&" in text:
        text = html.unescape(text)
    text = visible(text)
    if _MIXED.search(text) is not None:
        text = _ALNUM.sub(_one_alphabet, text)
    return text


def visible(text: str) -> str:
    """The text in NFC without invisible characters."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text))


def _one_alphabet(match: re.Match[str]) -> str:
    word = match.group()
    return word.translate(_LOOK_ALIKE) if _MIXED.search(word) is not None else word


W = TypeVar("W", str, bytes)
T = TypeVar("T")


class Cache(dict[W, T]):
    """What ``look_up`` says of a word or token, asked once for each; emptied when it holds ``limit`` of them."""

    def __init__(self, look_up: Callable[[W], T], limit: int = CACHE_WORDS) -> None:
        super().__init__()
        self._look_up: Callable[[W], T] = look_up
        self._limit = limit

    def __missing__(self, word: W) -> T:
        found = self._look_up(word)
        if len(word) <= CACHE_WORD_LENGTH:
            if len(self) >= self._limit:
                self.clear()
            self[word] = found
        return found


class Stems:
    """Snowball stems of Russian words. Not shared between threads: PyStemmer's state is not."""

    def __init__(self) -> None:
        self._stemmer = Stemmer.Stemmer("russian", 0)

    def one(self, word: str) -> str:
        # Longer "words" are noise, and stay as they are.
        return self._stemmer.stemWord(word) if len(word) <= CACHE_WORD_LENGTH else word

"""Forms of Russian place names: all cases of a name that a profile gives in one, and back to the one from a case.

A stemmer will not do here: it makes one stem of the city «Курск» and of «курской». Names follow few patterns, told by their ending.
"""

from __future__ import annotations

_NOUN = {
    "а": ("а", "ы", "и", "е", "у", "ой", "ою"),
    "я": ("я", "и", "е", "ю", "ей", "ею"),
    "о": ("о", "а", "у", "ом", "е"),
    "е": ("е", "я", "ю", "ем"),
    "ь": ("ь", "и", "ю", "я", "ем", "е", "ью"),
    "ы": ("ы", "ов", "", "ам", "ами", "ах"),
    "и": ("и", "ов", "ей", "", "ам", "ами", "ах", "ям", "ями", "ях"),
    "й": ("й", "я", "ю", "ем", "е"),
}
_ADJECTIVE = {
    "ий": ("ий", "ого", "его", "ому", "ему", "им", "ом", "ем"),
    "ый": ("ый", "ого", "ому", "ым", "ом"),
    "ой": ("ой", "ого", "ому", "ым", "им", "ом"),
    "ая": ("ая", "ой", "ую", "ою"),
    "яя": ("яя", "ей", "юю"),
    "ое": ("ое", "ого", "ому", "ым", "им", "ом"),
    "ее": ("ее", "его", "ему", "им", "ем"),
    "ые": ("ые", "ых", "ым", "ыми"),
    "ие": ("ие", "их", "им", "ими"),
}
_ALL_ADJECTIVE = tuple(sorted({ending for listed in _ADJECTIVE.values() for ending in listed}))
_CONSONANT = ("", "а", "у", "ом", "ем", "е", "ы", "и")
_CONSONANTS = frozenset("бвгджзклмнпрстфхцчшщ")
_FLEETING = (("ок", "к"), ("ек", "к"), ("ец", "ц"))
"""«поселок», «поселка»: the vowel that goes in all other cases."""
_FEMININE = (("ую", "ая"), ("юю", "яя"), ("ней", "няя"), ("ской", "ская"), ("ой", "ая"))
_MASCULINE = tuple(
    (stem + case, stem + "ый") for stem in ("н", "в", "л", "т", "д", "р", "м") for case in ("ого", "ому", "ом", "ым")
) + tuple((stem + case, stem + "ий") for stem in ("к", "г", "х") for case in ("ого", "ому", "ом", "им"))
SHORTEST = 3
"""Shorter words («лет», «им») do not change."""


def adjectival(word: str) -> bool:
    """True for a name that is written like an adjective: «Октябрьский», «Садовая», «Троицкое»."""
    return len(word) > SHORTEST and word[-2:] in _ADJECTIVE


def declined(word: str) -> bool:
    """True for what may be any case of an adjective: «Ленинскому», «Садовой»."""
    return len(word) > SHORTEST + 1 and word.endswith(_ALL_ADJECTIVE)


def forms(word: str) -> frozenset[str]:
    """All cases of a lower-case word of a name; the word itself is always one."""
    if len(word) <= SHORTEST or not word.isalpha():
        return frozenset((word,))
    if word[-2:] in _ADJECTIVE:
        return frozenset(word[:-2] + ending for ending in _ADJECTIVE[word[-2:]]) | {word}
    if word[-1] in _NOUN:
        fleeting = (word[:-2] + "ок",) if word.endswith("ки") else ()
        return frozenset(word[:-1] + ending for ending in _NOUN[word[-1]]) | {word, *fleeting}
    if word[-1] in _CONSONANTS:
        root = next((word[: -len(full)] + bare for full, bare in _FLEETING if word.endswith(full)), word)
        found = frozenset(root + ending for ending in _CONSONANT if ending) | {word}
        # «в Курском районе» is not the city: the adjective is met more often than the instrumental case of the name.
        return found - {word + "ом"} if word.endswith("ск") else found
    return frozenset((word,))


def nominative(word: str, feminine: bool) -> str:
    """A street's adjective as on its sign: «Харьковской» is «харьковская», «Ленинском» is «ленинский»; others as given."""
    if len(word) > SHORTEST + 1:
        for case, base in _FEMININE if feminine else _MASCULINE:
            if word.endswith(case):
                return word[: -len(case)] + base
    return word

"""How a text is written, whatever it is about: its markup, its signs, its length.

The form tells by which way a text came (a portal, a letter, a messenger), and who answers depends on that way, too. Letters have no
part in it: in whatever case, alphabet or spelling a text is written, its form is the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from detectors.model.vocabulary import Floats
from detectors.text import visible

READ = 8000
"""Characters that are read of a text: as many as a long appeal has."""
SHORTEST, LONGEST = 2, 8
"""Lengths that have a column, as powers of two words."""


class Column(NamedTuple):
    """A yes or no of a text: ``aspect`` is what people call it, ``name`` what a model's file does."""

    aspect: str
    name: str
    found: Callable[[str], object]


def _columns() -> tuple[Column, ...]:
    markup = {
        "paragraph": "<p[> ]",
        "break": "<br",
        "span": "<span",
        "link": "<a ",
        "nbsp": "&nbsp;",
        "line": r"\n",
        "spaces": "  ",
    }
    signs = {
        "guillemets": "[«»]|&[lr]aquo;",
        "exclaims": "!",
        "asks": r"\?",
        "number": "№",
        "dash": "[–—]",
        "stop": r"[.!?…](?:\s|</?[a-z]{1,10}[^<>]{0,40}>|&[a-z]{1,8};)*+\Z",
        "before comma": " ,",
        "after comma": r",[^\W\d]",
    }
    return (
        *(Column("разметка", name, re.compile(sign).search) for name, sign in markup.items()),
        *(Column("знаки препинания", name, re.compile(sign).search) for name, sign in signs.items()),
    )


_SEARCHED = _columns()
ASPECTS = (*(column.aspect for column in _SEARCHED), *["длина"] * (LONGEST - SHORTEST + 1))
"""What each column is called by people."""
NAMES = (*(column.name for column in _SEARCHED), *(f"length {power}" for power in range(SHORTEST, LONGEST + 1)))
"""The columns; a model fitted to others can't be asked."""


def columns(texts: Sequence[str], words: Sequence[Sequence[bytes]]) -> Floats:
    """Texts x NAMES, 1 where a text has it; ``words`` are those of the texts (detectors.words)."""
    found = np.zeros((len(texts), len(NAMES)), np.float32)
    for row, text, own in zip(found, texts, words, strict=True):
        read = visible(text[:READ]).lower()
        row[: len(_SEARCHED)] = [column.found(read) is not None for column in _SEARCHED]
        power = (len(own) + 1).bit_length() - 1
        row[len(_SEARCHED) + min(max(power, SHORTEST), LONGEST) - SHORTEST] = 1.0
    return found

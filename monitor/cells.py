"""What citizens and networks wrote, as a cell of a table that somebody will open in a spreadsheet."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 32_000
"""Characters of a cell: spreadsheets refuse a file with more than 32,767."""
_CONTROL = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]+"
)
_FORMULA = re.compile(r"\s*[=+\-@|%＝＋－＠]")


def safe_cell(text: str) -> str:
    """The text, which no spreadsheet takes for a formula: an apostrophe stands before what would make it one (see OWASP on CSV
    injection). Control characters, which some programs skip before they look for a formula, become spaces.
    """
    plain = _CONTROL.sub(" ", text)[:LONGEST]
    return f"'{plain}" if _FORMULA.match(plain) else plain

"""Whatever bytes a profile's file holds, the answer is a profile or a ConfigError whose every problem names a place."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.model.errors import ConfigError
from monitor.profile.load import load_profile
from tests.monitor.profile.small import FILES, write

PIECES = [
    "\n",
    "\r",
    ";",
    ",",
    '"',
    "'",
    '"""',
    "[",
    "]",
    "{",
    "=",
    "#",
    "\\",
    "\x00",
    "\u2028",
    " ",
    "0",
    "-1",
    "1e400",
    "²",
    "|",
    "deadlines",
    "bor",
]
NAMES = st.sampled_from(list(FILES))


def _load(name: str, content: bytes) -> None:
    with TemporaryDirectory() as folder:
        write(Path(folder), **{name.replace(".", "_"): content})
        problems: list[str] = []
        try:
            load_profile(folder)
        except ConfigError as error:
            problems = error.problems or ["an error without problems"]
    for problem in problems:
        assert re.match(rf"{re.escape(folder)}/[a-z]+\.(csv|toml):[1-9][0-9]*: \S", problem), problem


@settings(max_examples=150, deadline=None)
@given(NAMES, st.binary(max_size=200))
@example("region.toml", b"a = " + b"[" * 5000)
@example("region.toml", b"a = " + b"9" * 5000)
@example("region.toml", b"[calendar]\nstarts = 0x" + b"f" * 9000)
@example("region.toml", b"[[calendar]]\n[[deadlines]]\nthresholds = 1")
@example("territories.csv", b"id;name;kind;parent\n" + b"a" * 200_000)
def test_bytes(name: str, content: bytes) -> None:
    _load(name, content)


@settings(max_examples=250, deadline=None)
@given(NAMES, st.data())
def test_a_file_with_pieces_changed(name: str, data: st.DataObject) -> None:
    text = FILES[name]
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 12)))
        text = text[:start] + data.draw(st.sampled_from(PIECES)) + text[end:]
    _load(name, text.encode())

"""Whatever a configuration file holds, the answer is a Config or a ConfigError whose every problem names a line."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.config import load
from monitor.config.option import keys
from monitor.config.sections import SECTIONS
from monitor.model.errors import ConfigError

VALUES = st.one_of(
    st.integers().map(str),
    st.floats().map(str),
    st.text("abc.:/\\x00 [", max_size=8).map(lambda text: '"' + text.replace("\x00", "\\u0000") + '"'),
    st.sampled_from(["true", "[]", "{}", "1979-05-27", "0x" + "f" * 9000, '"http://["', '"127.0.0.1"', "''", '"' + "a" * 5000 + '"']),
)
KEYS = st.sampled_from([(name, key.name) for name, section in SECTIONS.items() for key in keys(section)])


def _load(content: bytes) -> None:
    problems: list[str] = []
    with TemporaryDirectory() as folder:
        path = Path(folder) / "nabat.toml"
        path.write_bytes(content)
        try:
            load(path, {})
        except ConfigError as error:
            problems = error.problems or ["an error without problems"]
    for problem in problems:
        assert re.match(rf"{re.escape(str(path))}:[1-9][0-9]*: \S", problem), problem


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=100))
def test_bytes(content: bytes) -> None:
    _load(content)


@settings(max_examples=120, deadline=None)
@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=3))
@example({("console", "port"): "0x" + "f" * 9000, ("spikes", "notice"): "1" + "0" * 400})
@example({("clickhouse", "password_file"): '"' + "a" * 5000 + '"'})
def test_any_value_of_any_key(values: dict[tuple[str, str], str]) -> None:
    _load("".join(f"{section}.{key} = {value}\n" for (section, key), value in values.items()).encode())

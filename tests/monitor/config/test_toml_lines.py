from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model.errors import ConfigError
from monitor.problems import Problems
from monitor.toml_lines import Lines, read_toml

TEXT = '''\
# a remark = with "signs [
top = 1
"quoted key" = """
[not.a.table]
no = "key"
"""
literal = \'\'\'
# no remark
it\'s = 1\'\'\'
[one]
a.b.c = "x"  # after
list = [
    1, # one
    [2,
     2],
    {three = 3},
    "four ] , [", 5,

    6,
]
inline = {x = [1,
  2], "y" = 3}

[ one . two ]
deep = 1
[[many]]
n = 1
[[many]]
n = 2
'''


def lines_of(text: str) -> Lines:
    parsed = read_toml(text.encode(), "file", Problems())
    assert parsed is not None
    return parsed[1]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("quoted key",), 3),
        (("literal",), 7),
        (("one",), 10),
        (("one", "a"), 11),
        (("one", "a", "b", "c"), 11),
        (("one", "list"), 12),
        (("one", "list", 0), 13),
        (("one", "list", 1), 14),
        (("one", "list", 2), 16),
        (("one", "list", 3), 17),
        (("one", "list", 4), 17),
        (("one", "list", 5), 19),
        (("one", "inline", "y"), 21),
        (("one", "two", "deep"), 25),
        (("many",), 26),
        (("one", "missing"), 10),
        (("missing",), 1),
    ],
)
def test_the_line_of_a_key(path: tuple[str | int, ...], line: int, newline: str) -> None:
    assert lines_of(TEXT.replace("\n", newline)).of(*path) == line


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"a = 1\nb = \n", 2),
        (b"a = 1\na = 2\n", 2),
        (b'a = "\n', 1),
        (b"a = 1\nb = [1,\n", 3),
        (b"a = 1\n\xff = 2", 2),
        (b"a = " + b"[" * 9999, 1),
        (b"a = " + b"9" * 9999, 1),
    ],
)
def test_what_is_no_toml(data: bytes, line: int) -> None:
    problems = Problems()
    assert read_toml(data, "file", problems) is None
    with pytest.raises(ConfigError, match=rf"^file:{line}: (не TOML: |не UTF-8; |этот TOML не)"):
        problems.raise_any()


SCALARS = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.booleans(),
    st.sampled_from(['"#"', "'\"'", '"\\""', '"""a\n"b"""', "'''\n#'''", "1979-05-27"]),
)
KEYS = st.sampled_from(["a", "b-c", '"d.e"', "'f'", "1"])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(KEYS, st.lists(SCALARS, max_size=4), st.booleans()), max_size=6, unique_by=lambda item: item[0]))
def test_lines_of_generated_files(entries: list[tuple[str, list[Any], bool]]) -> None:
    text = "# head\n[table]\n"
    expected: dict[tuple[str | int, ...], int] = {}
    for key, values, spread in entries:
        name = key.strip("'\"")
        expected["table", name] = text.count("\n") + 1
        text += f"{key} = ["
        for at, value in enumerate(values):
            text += "\n# ] next\n" if spread else " "
            expected["table", name, at] = text.count("\n") + 1
            text += (str(value).lower() if isinstance(value, bool) else str(value)) + ","
        text += "]\n"
    tomllib.loads(text)
    lines = lines_of(text)
    assert {path: lines.of(*path) for path in expected} == expected

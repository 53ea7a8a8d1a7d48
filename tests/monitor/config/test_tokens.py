"""The file of tokens: strict, every error with its place, and no value in any message."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.tokens import load_tokens
from monitor.model.errors import ConfigError
from sources.budgets.token import Token


def written(folder: Path, text: str) -> Path:
    path = folder / "tokens.toml"
    path.write_text(text)
    return path


def test_tokens_are_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "one.token").write_text("abc.DEF\n")
    path = written(
        tmp_path,
        '[[token]]\nnetwork = "vk"\nkind = "service"\nname = "one"\nvalue_file = "one.token"\n'
        '[[token]]\nnetwork = "tg"\nkind = "bot"\nname = "two"\nvalue = "123:x"\n',
    )
    assert load_tokens(path) == [Token("vk", "service", "one", "abc.DEF"), Token("tg", "bot", "two", "123:x")]
    assert load_tokens(None) == []
    assert "abc" not in repr(load_tokens(path))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("[[token]\n", 1, "не TOML"),
        ('x = 1\n[[token]]\nnetwork = "vk"\nkind = "user"\nname = "a"\nvalue = "SECRET"', 1, "неизвестный ключ 'x'"),
        ('\n\n[[token]]\nnetwork = "vk"\nkind = "user"\nname = "a"', 3, "либо value, либо value_file"),
        (
            '[[token]]\nnetwork = "vk"\nkind = "user"\nname = "a"\nvalue = "SECRET"\nvalue_file = "b"',
            1,
            "либо value, либо value_file",
        ),
        ('[[token]]\nnetwork = "vk"\nkind = "user"\nvalue = "SECRET"', 1, "нет name"),
        ('[[token]]\nnetwork = "vc"\nkind = "user"\nname = "a"\nvalue = "SECRET"', 1, "токенов не берёт"),
        ('[[token]]\nnetwork = "vk"\nkind = "servise"\nname = "a"\nvalue = "SECRET"', 1, "возможно, имелось в виду service?"),
        ('[[token]]\nnetwork = "vk"\nkind = "user"\nname = "a b"\nvalue = "SECRET"', 1, "name — до"),
        ('[[token]]\nnetwork = "vk"\nkind = "user"\nname = "a"\nvalue = "SECRET with spaces"', 1, "не похоже на токен"),
        ('[[token]]\nnetwork = "vk"\nkind = "user"\nname = "a"\nvalue = 12345', 1, "value — нужен текст"),
        ('[[token]]\nnetwork = "vk"\nkind = "user"\nname = "a"\nvalue_file = "nowhere"', 1, "не читается"),
        ('[[token]]\nnetwork = "vk"\nkind = "user"\nname = "a"\nvlue = "SECRET"', 1, "неизвестный ключ 'vlue'"),
        ('token = "SECRET"', 1, "список таблиц"),
        (
            '[[token]]\nnetwork = "vk"\nkind = "user"\nname = "a"\nvalue = "SECRET"\n'
            '[[token]]\nnetwork = "vk"\nkind = "service"\nname = "a"\nvalue = "SECRET2"',
            6,
            "второй токен с именем 'a'",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_without_values(tmp_path: Path, text: str, line: int, says: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_tokens(path)
    assert any(problem.startswith(f"{path}:{line}: ") and says in problem for problem in caught.value.problems), caught.value
    assert "SECRET" not in str(caught.value)
    assert "12345" not in str(caught.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="не читается"):
        load_tokens(tmp_path / "tokens.toml")

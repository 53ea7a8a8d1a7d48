"""Accounts on the disk, and the command that keeps them: nothing readable back, nothing lost by two at once, everything noted."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import orjson
import pytest

from monitor.cli.main import main
from monitor.model.errors import ConfigError, NabatError
from monitor.people import accounts as people
from monitor.people.accounts import Accounts
from monitor.people.attempts import FIRST, FREE, FREE_ADDRESS, LONGEST, Attempts
from monitor.people.roles import Who

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    from argon2 import PasswordHasher

    monkeypatch.setattr(people, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    hashed = people._HASHER.hash("nobody")
    monkeypatch.setattr(people, "_nobody", lambda: hashed)


def command(folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str, said: str = "") -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(said))
    return main(["users", *arguments, "--data", str(folder)])


def test_the_life_of_a_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(tmp_path, monkeypatch, "add", "anna", "--role", "curator", "--scope", "samara, gas", said=f"{PASSWORD}\n") == 0
    assert command(tmp_path, monkeypatch, "token", "anna", "prometheus") == 0
    token = capsys.readouterr().out.strip()
    accounts = Accounts(tmp_path)
    found = accounts.check("anna", PASSWORD)
    assert found is not None
    assert found.who() == Who("anna", "curator", frozenset({"samara", "gas"}))
    assert accounts.of_token(token) == Who("anna/prometheus", "machine")
    assert accounts.check("anna", PASSWORD + "!") is None
    assert accounts.check("boris", PASSWORD) is None
    assert command(tmp_path, monkeypatch, "list") == 0
    assert capsys.readouterr().out == "anna\tкуратор\tобласть: samara, gas\tключи: prometheus\n"
    stamp = found.stamp
    assert command(tmp_path, monkeypatch, "password", "anna", said="another long password\n") == 0
    changed = accounts.check("anna", "another long password")
    assert changed is not None
    assert changed.stamp != stamp
    assert command(tmp_path, monkeypatch, "disable", "anna") == 0
    assert (accounts.check("anna", "another long password"), accounts.of_token(token)) == (None, None)
    assert accounts.exist()
    assert command(tmp_path, monkeypatch, "enable", "anna") == 0
    assert accounts.of_token(token)
    for name in ("users.json", "audit.jsonl"):
        file = tmp_path / name
        assert file.stat().st_mode & 0o777 == 0o600
        for secret in (PASSWORD, "another long password", token):
            assert secret not in file.read_text()
    noted = [orjson.loads(line)["what"] for line in (tmp_path / "audit.jsonl").read_bytes().splitlines()]
    assert noted == ["added", "token", "password", "disabled", "enabled"]


@pytest.mark.parametrize(
    ("arguments", "password", "said"),
    [
        (("add", "anna", "--role", "head"), "short", "пароль: нужно от 12"),
        (("add", "Анна", "--role", "head"), PASSWORD, "логин — до 32"),
        (("add", "anna", "--role", "head", "--scope", "x"), PASSWORD, "область есть только у куратора"),
        (("password", "anna"), "short", "такого пользователя нет"),
        (("disable", "anna"), "", "такого пользователя нет"),
        (("token", "anna", "x"), "", "такого пользователя нет"),
    ],
)
def test_what_is_refused(
    arguments: tuple[str, ...],
    password: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert command(tmp_path, monkeypatch, *arguments, said=f"{password}\n") == 2
    shown = capsys.readouterr().err
    assert said in shown
    assert "short" not in shown
    assert not (tmp_path / "users.json").exists()


def test_nobody_is_asked_for_the_password_of_somebody_who_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    added = ("add", "anna", "--role", "head")
    assert command(tmp_path, monkeypatch, *added, said=f"{PASSWORD}\n") == 0
    assert command(tmp_path, monkeypatch, *added, said="short\n") == 2
    assert "такой пользователь уже есть" in capsys.readouterr().err


def test_two_at_once_lose_nothing(tmp_path: Path) -> None:
    threads = [
        threading.Thread(target=Accounts(tmp_path).add, args=(f"user{number}", "operator", PASSWORD, [])) for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    accounts = Accounts(tmp_path)
    assert len(accounts.all()) == 8
    with pytest.raises(ConfigError, match="уже есть"):
        accounts.add("user1", "operator", PASSWORD, [])


def test_a_damaged_file_lets_nobody_in(tmp_path: Path) -> None:
    (tmp_path / "users.json").write_text("{")
    with pytest.raises(NabatError, match="не читается"):
        Accounts(tmp_path).check("anna", PASSWORD)


def test_waits_grow_and_end() -> None:
    attempts = Attempts()
    for _ in range(FREE):
        assert attempts.wait("anna", "a", 0) == 0
        attempts.failed("anna", "a", 0)
    assert attempts.wait("anna", "a", 0) == FIRST
    assert attempts.wait("anna", "b", 0) == attempts.wait("boris", "a", 0) == 0
    for _ in range(20):
        attempts.failed("anna", "a", 0)
    assert attempts.wait("anna", "a", 0) == LONGEST
    assert attempts.wait("boris", "a", 0) > 0
    assert FREE_ADDRESS < 25
    attempts.succeeded("anna", "a")
    assert attempts.wait("anna", "b", 0) == 0

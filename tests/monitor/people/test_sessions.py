"""Sessions: they end when they are old or the account changes, and outlive the console's process."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from monitor.people.accounts import Account, Accounts
from monitor.people.sessions import FILE, IDLE, LONGEST, NOTED, Sessions

NOW = 1_768_200_000_000
PASSWORD = "двенадцать знаков"


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    accounts = Accounts(tmp_path)
    accounts.add("anna", "operator", PASSWORD, [])
    return accounts


def opened(accounts: Accounts) -> tuple[Sessions, str]:
    sessions = Sessions(accounts)
    return sessions, sessions.open(accounts.all()["anna"], NOW)


def test_a_session_outlives_the_process_with_its_token_against_forgery(accounts: Accounts) -> None:
    sessions, key = opened(accounts)
    before = sessions.who(key, NOW + 1)
    again = Sessions(accounts).who(key, NOW + 2)
    assert again == before
    assert again is not None
    assert again.name == "anna"


def test_the_file_opens_nothing_and_is_for_its_owner_alone(accounts: Accounts) -> None:
    _, key = opened(accounts)
    file = accounts.folder / FILE
    assert key not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_was_closed_stays_closed(accounts: Accounts) -> None:
    sessions, key = opened(accounts)
    sessions.close(key, NOW + 1)
    assert Sessions(accounts).who(key, NOW + 2) is None


def test_a_shift_without_a_request_ends_it_also_across_a_restart(accounts: Accounts) -> None:
    sessions, key = opened(accounts)
    assert sessions.who(key, NOW + IDLE) is not None
    assert Sessions(accounts).who(key, NOW + 2 * IDLE - NOTED) is not None
    assert Sessions(accounts).who(key, NOW + LONGEST + 1) is None


def test_another_password_ends_it_also_across_a_restart(accounts: Accounts) -> None:
    _, key = opened(accounts)

    def stamped(account: Account) -> None:
        account.stamp = "another"

    accounts.change("anna", stamped)
    assert Sessions(accounts).who(key, NOW + 1) is None


def test_a_broken_file_signs_everybody_out_and_no_more(accounts: Accounts) -> None:
    _, key = opened(accounts)
    (accounts.folder / FILE).write_text("{")
    sessions = Sessions(accounts)
    assert sessions.who(key, NOW + 1) is None
    assert sessions.who(sessions.open(accounts.all()["anna"], NOW + 1), NOW + 2) is not None

"""``nabat users``: who may use the console; works on the data folder, also while it is in use."""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys
from collections.abc import Callable

from monitor.cli.common import add_config, config_of
from monitor.clock import SystemClock
from monitor.model.errors import ConfigError
from monitor.people.accounts import Account, Accounts, hashed
from monitor.people.audit import Audit, What
from monitor.people.roles import NAMES, PEOPLE


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("users", help="кто может пользоваться пультом: люди, роли, ключи для программ")
    actions = parser.add_subparsers(title="действия", metavar="ДЕЙСТВИЕ", required=True)
    fresh = actions.add_parser("add", help="добавить пользователя; пароль спрашивается или читается с ввода")
    fresh.add_argument("login")
    fresh.add_argument("--role", choices=PEOPLE, required=True, help="; ".join(f"{role} — {NAMES[role]}" for role in PEOPLE))
    fresh.add_argument("--scope", default="", help="куратору: исполнители и территории через запятую (по умолчанию все)")
    listing = actions.add_parser("list", help="показать всех")
    for name, words in (("disable", "закрыть вход"), ("enable", "открыть вход снова"), ("password", "сменить пароль")):
        actions.add_parser(name, help=words).add_argument("login")
    token = actions.add_parser(
        "token", help="ключ для программы: показывается один раз, прежний с тем же именем перестаёт действовать"
    )
    token.add_argument("login")
    token.add_argument("name", help="имя ключа, например prometheus")
    for name, action in actions.choices.items():
        add_config(action)
        action.set_defaults(run=run, action=name)
    listing.set_defaults(login="")


def run(args: argparse.Namespace) -> int:
    folder = config_of(args).nabat.data
    accounts, audit, login = Accounts(folder), Audit(folder), args.login
    done: What
    match args.action:
        case "list":
            for one in accounts.all().values():
                print("\t".join((one.login, NAMES[one.role], *_notes(one))))
            return 0
        case "add":
            scope = [part.strip() for part in args.scope.split(",") if part.strip()]
            if scope and args.role != "curator":
                raise ConfigError(["--scope: область есть только у куратора"])
            accounts.expect_free(login)
            accounts.add(login, args.role, _password(), scope)
            done = "added"
        case "disable" | "enable":
            accounts.change(login, lambda account: setattr(account, "disabled", args.action == "disable"))
            done = "disabled" if args.action == "disable" else "enabled"
        case "password":
            accounts.expect_known(login)
            accounts.change(login, _new_password(hashed(_password())))
            done = "password"
        case _:
            print(accounts.add_token(login, args.name))
            done = "token"
    audit.note(SystemClock().now(), f"{getpass.getuser()} (nabat users)", done, login)
    return 0


def _new_password(password: str) -> Callable[[Account], None]:
    def change(account: Account) -> None:
        account.password, account.stamp = password, secrets.token_hex(8)

    return change


def _password() -> str:
    """Asked twice of a person; one line of what is piped in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Пароль: ")
    if first != getpass.getpass("Ещё раз: "):
        raise ConfigError(["пароль: введён по-разному"])
    return first


def _notes(account: Account) -> list[str]:
    notes = ["вход закрыт"] if account.disabled else []
    if account.scope:
        notes.append("область: " + ", ".join(account.scope))
    if account.tokens:
        notes.append("ключи: " + ", ".join(token.name for token in account.tokens))
    return notes

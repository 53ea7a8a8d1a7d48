"""``nabat destinations``: who can be told of alerts, and a test message to one of them, sent from here and now."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys

from monitor.cli.common import add_config, config_of
from monitor.clock import Clock, SystemClock
from monitor.config import Config
from monitor.deliver.channels.base import NotSent
from monitor.deliver.message import Message, message_id
from monitor.deliver.text import Texts
from monitor.model.errors import ConfigError
from monitor.problems import advice, quoted
from monitor.profile.load import load_profile
from monitor.profile.model import Profile
from monitor.runtime.delivery import Delivery, delivery_of


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("destinations", help="адресаты тревог: список и проверка связи")
    actions = parser.add_subparsers(title="действия", metavar="ДЕЙСТВИЕ", required=True)
    actions.add_parser("list", help="показать всех").set_defaults(name="")
    test = actions.add_parser("test", help="отправить проверочное сообщение; тревоги и журнал это не затрагивает")
    test.add_argument("name", help="имя из файла [deliver] destinations_file")
    for action in actions.choices.values():
        add_config(action)
        action.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Returns 0, or 1 where the receiver did not take the message."""
    config = config_of(args)
    return asyncio.run(_run(config, load_profile(config.nabat.region), args.name, SystemClock()))


async def _run(config: Config, profile: Profile, name: str, clock: Clock) -> int:
    delivery = delivery_of(config, [profile])
    try:
        if name:
            return await _test(delivery, profile, name, clock)
        if not delivery.destinations:
            print("Адресатов нет: их файл называют в [deliver] destinations_file.", file=sys.stderr)
        for one in delivery.destinations.values():
            print("\t".join((one.name, one.channel, f"от уровня {one.level}")))
        return 0
    finally:
        await delivery.close()


async def _test(delivery: Delivery, profile: Profile, name: str, clock: Clock) -> int:
    known = delivery.destinations
    if name not in known:
        near = advice(name, known) if known else "файл адресатов не задан"
        raise ConfigError([f"{quoted(name)}: такого адресата нет; {near}"])
    now = clock.now()
    # A person tries as often as they like: each try is a message of its own.
    found = message_id("test", profile.id, name, secrets.token_hex(8))
    message = Message(found, profile.id, name, known[name].channel, "test", "", "none", "notice", now, "{}", 0)
    try:
        await delivery.channels[name].send(Texts({profile.id: profile}).letter(message, now))
    except NotSent as error:
        print(f"{name}: не доставлено: {error.detail}")
        return 1
    print(f"{name}: доставлено")
    return 0

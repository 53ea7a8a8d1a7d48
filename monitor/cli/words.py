"""What argparse says to people, in Russian: it asks gettext for each of its sentences, and here is who answers.

A sentence that a newer Python words differently stays as it is: help in English is better than none.
"""

from __future__ import annotations

import argparse
from typing import Final

_WORDS: Final = {
    "usage: ": "как вызывать: ",
    "positional arguments": "аргументы",
    "options": "ключи",
    "show this help message and exit": "показать эту справку и выйти",
    "%(prog)s: error: %(message)s\n": "%(prog)s: ошибка: %(message)s\n",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "the following arguments are required: %s": "не хватает: %s",
    "one of the arguments %s is required": "нужно одно из: %s",
    "unrecognized arguments: %s": "лишнее: %s",
    "not allowed with argument %s": "нельзя вместе с %s",
    "ignored explicit argument %r": "значение %r здесь не нужно",
    "expected one argument": "нужно одно значение",
    "expected at most one argument": "нужно не больше одного значения",
    "expected at least one argument": "нужно хотя бы одно значение",
    "expected %s argument": "нужно значений: %s",
    "expected %s arguments": "нужно значений: %s",
    "ambiguous option: %(option)s could match %(matches)s": "неясно, что значит %(option)s: %(matches)s",
    "invalid %(type)s value: %(value)r": "%(value)r: нужно число",
    "invalid choice: %(value)r (choose from %(choices)s)": "%(value)r не подходит; возможно: %(choices)s",
}


def russian() -> None:
    """From here on all parsers of this process speak Russian."""
    for name, answer in (("_", _word), ("ngettext", _counted)):
        setattr(argparse, name, answer)


def _word(text: str) -> str:
    return _WORDS.get(text, text)


def _counted(one: str, many: str, number: int) -> str:
    return _word(one if number == 1 else many)


def describe(parser: argparse.ArgumentParser) -> None:
    """Every command says in its own help what the list of commands says of it, unless it says more itself."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for choice in action._get_subactions():
                command = action.choices[choice.dest]
                words = choice.help or ""
                command.description = command.description or f"{words[:1].upper()}{words[1:]}."
                describe(command)

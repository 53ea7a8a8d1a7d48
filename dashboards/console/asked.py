"""Parameters of a request's address: read, or refused with what they may be."""

from __future__ import annotations

from aiohttp import web

from dashboards.console.refusals import Refused


def number(request: web.Request, name: str, usual: int, least: int, most: int) -> int:
    text = request.query.get(name, str(usual))
    if not text.isascii() or not text.isdecimal() or len(text) > 9 or not least <= int(text) <= most:
        raise Refused(400, f"Параметр {name} должен быть числом от {least} до {most}")
    return int(text)


def choice(request: web.Request, name: str, choices: tuple[str, ...]) -> str:
    """The first choice is the usual one."""
    value = request.query.get(name, choices[0])
    if value not in choices:
        raise Refused(400, f"Параметр {name}: одно из {', '.join(choices)}")
    return value

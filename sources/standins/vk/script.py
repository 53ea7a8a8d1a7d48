"""Just the VKScript that Nabat sends: ``return [API.method({…}),…];``"""

from __future__ import annotations

import json
import re
from typing import Any

from sources.standins.vk.methods import VkError

CALLS = 25
_CALL = re.compile(r"API\.([a-z]+\.[a-zA-Z]+)\(")


def calls_of(code: str) -> list[tuple[str, dict[str, str]]]:
    """Methods and parameters in order. Raises VkError as VK does for code that it does not understand, or that calls too much."""
    code = code.strip()
    if not (code.startswith("return [") and code.endswith("];")):
        raise VkError(12, "Unable to compile code: ';' expected")
    rest = code[len("return [") : -len("];")]
    calls = []
    while rest:
        match = _CALL.match(rest)
        if match is None:
            raise VkError(12, "Unable to compile code: unexpected token")
        arguments, end = _object(rest[match.end() :])
        calls.append((match[1], {name: str(value) for name, value in arguments.items()}))
        rest = rest[match.end() + end :]
        if not rest.startswith(")"):
            raise VkError(12, "Unable to compile code: ')' expected")
        rest = rest[1:].removeprefix(",")
    if len(calls) > CALLS:
        raise VkError(13, "Runtime error occurred during code invocation: Too many api calls")
    return calls


def _object(text: str) -> tuple[dict[str, Any], int]:
    try:
        value, end = json.JSONDecoder().raw_decode(text)
    except ValueError:
        raise VkError(12, "Unable to compile code: unexpected token") from None
    if not isinstance(value, dict):
        raise VkError(12, "Unable to compile code: object expected")
    return value, end

"""A stand-in VK on loopback: tokens with their kinds, limits and troubles, over methods of a world; see sources.standins.faults.

Limits are VK's: three requests a second for tokens of users and services, twenty for those of communities (error 6), daily quotas by
method (error 29), calls inside of execute counted one by one. What was asked is counted before it is judged, so that ``exceeded``
names every request that a client should not have sent.

Inside of execute calls fail by themselves (``inside_rate``, drawn with ``inside_seed``): with an error beside the answers, without
one, with all that follow them, or with the whole script.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import orjson
from aiohttp import web

from sources.standins.counting import Counts
from sources.standins.faults import Faults, running
from sources.standins.vk.methods import Methods, VkError
from sources.standins.vk.script import calls_of
from sources.standins.vk.world import VkWorld

TokenKind = Literal["user", "service", "community"]
RATES: Mapping[TokenKind, int] = {"user": 3, "service": 3, "community": 20}
QUOTAS: Mapping[str, int] = {"wall.get": 5000, "wall.search": 1000, "newsfeed.search": 1000}
DAY = 86_400.0
ANSWER_BYTES = 5_000_000
INSIDE: Final = ("error", "silent", "cut", "script")
_READ = ("wall.get", "wall.getById", "wall.getComments", "newsfeed.search")


@dataclass
class FakeToken:
    """``trouble``: an error that VK answers to all that this token asks (14: captcha, 5: dead, 17: validation), 0: none."""

    kind: TokenKind
    trouble: int = 0


@dataclass
class Asked:
    """One request as it came: what was called (execute with its inner calls), and the error that it got (0: none)."""

    token: str
    method: str
    params: Mapping[str, str]
    error: int = 0
    inner: list[str] = field(default_factory=list)


class FakeVk:
    """``clock`` gives seconds; by default the machine's. ``answers`` are the last ones, method and body, as they were sent."""

    def __init__(
        self,
        world: VkWorld,
        tokens: Mapping[str, FakeToken],
        *,
        faults: Faults | None = None,
        clock: Callable[[], float] = time.monotonic,
        quotas: Mapping[str, int] = QUOTAS,
        rates: Mapping[TokenKind, int] = RATES,
        inside_rate: float = 0.0,
        inside_seed: int = 0,
    ) -> None:
        self.tokens = dict(tokens)
        self.faults = faults or Faults()
        self.counts = Counts(clock)
        self.asked: list[Asked] = []
        self.answers: list[tuple[str, Any]] = []
        self.exceeded: Counter[str] = Counter()
        self.keep_answers = False
        self.keep_asked = True
        self._methods = Methods(world)
        self._quotas = quotas
        self._rates = rates
        self.inside_rate = inside_rate
        self._inside = random.Random(inside_seed)

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self.faults.middleware], client_max_size=10_000_000)
        app.router.add_route("*", "/method/{method}", self._handle)
        return app

    async def _handle(self, request: web.Request) -> web.Response:
        form = await request.post() if request.method == "POST" else {}
        params = {**request.query, **{name: str(value) for name, value in form.items()}}
        method = request.match_info["method"]
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or params.get("access_token", "")
        asked = Asked(token, method, params)
        if self.keep_asked:
            self.asked.append(asked)
        try:
            answer = self._answer(asked)
        except VkError as error:
            asked.error = error.code
            told = [{"key": "method", "value": method}, *({"key": key, "value": value} for key, value in params.items())]
            answer = {"error": {"error_code": error.code, "error_msg": error.message, "request_params": told, **error.extra}}
        if self.keep_answers:
            self.answers.append((method, answer))
        return web.Response(body=orjson.dumps(answer), content_type="application/json", charset="utf-8")

    def _answer(self, asked: Asked) -> dict[str, Any]:
        token = self.tokens.get(asked.token)
        if token is None:
            raise VkError(5, "User authorization failed: invalid access_token (4).")
        if self.counts.hit(asked.token) > self._rates[token.kind]:
            self.exceeded["rate"] += 1
            raise VkError(6, "Too many requests per second")
        if "v" not in asked.params:
            raise VkError(8, "Invalid request: v (version) is required")
        if token.trouble == 14:
            raise VkError(14, "Captcha needed", captcha_sid="239633676097", captcha_img="https://example.invalid/captcha")
        if token.trouble:
            raise VkError(token.trouble, "Access is refused for this token")
        _permit(token.kind, asked.method)
        if asked.method == "execute":
            return self._execute(asked)
        self._charge(asked.token, asked.method)
        return {"response": self._methods.call(asked.method, asked.params)}

    def _execute(self, asked: Asked) -> dict[str, Any]:
        answers: list[Any] = []
        errors: list[dict[str, Any]] = []
        for method, params in calls_of(asked.params.get("code", "")):
            asked.inner.append(method)
            trouble = self._inside.choice(INSIDE) if self.inside_rate and self._inside.random() < self.inside_rate else ""
            if trouble:
                self.faults.seen[f"execute: {trouble}"] += 1
            try:
                self._charge(asked.token, method)
                if trouble == "script":
                    raise VkError(13, "Runtime error occurred during code invocation")
                if trouble == "cut":
                    break
                if trouble == "error":
                    raise VkError(10, "Internal server error")
                answers.append(False if trouble == "silent" else self._methods.call(method, params))
            except VkError as error:
                if error.code == 13:
                    raise
                answers.append(False)
                errors.append({"method": method, "error_code": error.code, "error_msg": error.message})
        if errors:
            errors.append({**errors[0], "method": "execute"})
        if len(orjson.dumps(answers)) > ANSWER_BYTES:
            raise VkError(13, "Runtime error occurred during code invocation: response size is too big")
        return {"response": answers, **({"execute_errors": errors} if errors else {})}

    def _charge(self, token: str, method: str) -> None:
        key = f"{token} {method}"
        self.counts.hit(key)
        if method in self._quotas and self.counts.within(key, DAY) > self._quotas[method]:
            self.exceeded[method] += 1
            raise VkError(29, "Rate limit reached")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Gives the address of the methods, as the configuration has it."""
        async with running(self.app()) as address:
            yield f"{address}/method"


def _permit(kind: TokenKind, method: str) -> None:
    if kind == "community" and method in _READ:
        raise VkError(27, "Group authorization failed: method is unavailable with group auth.")
    if kind == "service" and method == "execute":
        raise VkError(28, "Application authorization failed: method is unavailable with service token.")

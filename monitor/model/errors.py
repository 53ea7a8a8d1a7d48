"""The closed tree of errors, with what to do encoded.

NabatError
├── ConfigError            what people wrote is wrong: says file, line, what, and what to do; nothing is retried
├── RetryableError         passing trouble outside; try again after ``retry_after`` seconds
│   ├── SinkBackpressure   a sink can't take more: stop reading, keep everything
│   └── SourceUnavailable  a network does not answer or limits us
├── SourceRefused          a network refuses for good (gone, forbidden): no retry, the source's state says why
└── LogError               the log refuses: another identity, an offset out of range
"""

from __future__ import annotations

from typing import Literal


class NabatError(Exception):
    """Root of all errors that Nabat raises on purpose."""


class ConfigError(NabatError):
    """Something a person wrote is wrong. ``problems`` are complete messages, ``file:line: what is wrong; what to do``."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class AddressTaken(ConfigError):
    """Nothing can be listened on at an address; ``where`` and why it can't. Whoever has another way to set it says so instead."""

    def __init__(self, where: str, why: str, advice: str) -> None:
        super().__init__([f"адрес {where} не занять ({why}); {advice}"])
        self.where = where
        self.why = why


class RetryableError(NabatError):
    """Passing trouble; ``retry_after`` seconds is the least wait that makes sense."""

    def __init__(self, message: str, retry_after: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class SinkBackpressure(RetryableError):
    """The sink can't take more now. Whoever gets this keeps the rows and brings the same bytes again."""


class SourceUnavailable(RetryableError):
    """The network does not answer, limits us, or answers nonsense for the moment; ``state`` says which of them."""

    def __init__(
        self, message: str, retry_after: float = 1.0, state: Literal["unavailable", "limited", "broken"] = "unavailable"
    ) -> None:
        super().__init__(message, retry_after)
        self.state = state


class SourceRefused(NabatError):
    """The network refuses this source for good; ``state`` is the source's visible state (``forbidden`` or ``gone``)."""

    def __init__(self, message: str, state: Literal["forbidden", "gone"] = "forbidden") -> None:
        super().__init__(message)
        self.state = state


class LogError(NabatError):
    """The log refuses: another identity or layout, an offset outside its range."""

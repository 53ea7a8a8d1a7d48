"""A mail server on a loopback port that keeps what it is given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """``got``: whom each letter was for, and the letter."""

    def __init__(self) -> None:
        self.got: list[tuple[str, EmailMessage]] = []
        self.port = 0
        self.news = asyncio.Event()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        letter = message_from_bytes(envelope.content or b"", policy=default)  # type: ignore[arg-type]
        assert isinstance(letter, EmailMessage)
        self.got.append((envelope.rcpt_tos[0], letter))
        self.news.set()
        return "250 OK"

    async def arrived(self, count: int) -> list[tuple[str, EmailMessage]]:
        """Waits (real time) until so many letters are there."""
        async with asyncio.timeout(30):
            while len(self.got) < count:
                self.news.clear()
                await self.news.wait()
        return self.got

    @asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(self, hostname="mail.example"), "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self.port
        finally:
            server.close()

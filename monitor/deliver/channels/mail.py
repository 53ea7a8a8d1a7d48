"""E-mail by the authority's own SMTP server: plain text and HTML, one recipient a letter."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import Literal

import aiosmtplib

from monitor.deliver.channels.base import Letter, Line, NotSent, cut, plain, unlinked

SUBJECT = 150
Security = Literal["starttls", "tls", "none"]


@dataclass(slots=True, frozen=True)
class Server:
    """Where letters are handed in. ``timeout`` in seconds; ``ca_file``: authority of its certificate, empty: the system's."""

    host: str
    port: int
    sender: str
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    timeout: float = 30.0


class Mail:
    """Letters to ``address``. The id of the letter is that of the message, so that mail programs know a repeat."""

    def __init__(self, server: Server, address: str) -> None:
        self._server = server
        self._address = address

    async def send(self, letter: Letter) -> str:
        """Returns when the server has taken the letter; whether a person's box did, it alone learns."""
        server = self._server
        context = ssl.create_default_context(cafile=server.ca_file or None) if server.security != "none" else None
        try:
            await aiosmtplib.send(
                self.message(letter),
                sender=server.sender,
                recipients=[self._address],
                hostname=server.host,
                port=server.port,
                username=server.user or None,
                password=server.password or None,
                use_tls=server.security == "tls",
                start_tls=server.security == "starttls",
                tls_context=context,
                timeout=server.timeout,
            )
        except aiosmtplib.SMTPException as error:
            raise _failure(error) from None
        except (OSError, TimeoutError):
            raise NotSent("unreachable", "почтовый сервер недоступен") from None
        return ""

    async def close(self) -> None:
        """Each letter has a connection of its own."""

    def message(self, letter: Letter) -> EmailMessage:
        """The letter as it goes out. No header takes a line break, whatever a title says."""
        message = EmailMessage(policy=SMTP)
        message["Subject"] = cut(" ".join(plain(f"{letter.title}").split()), SUBJECT)
        message["From"] = self._server.sender
        message["To"] = self._address
        message["Date"] = format_datetime(datetime.fromtimestamp(letter.at / 1000, UTC))
        message["Message-ID"] = f"<{letter.id}@{self._server.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content("\n".join(_text(line) for line in letter.card) + "\n")
        message.add_alternative("".join(_html(line) for line in letter.card), subtype="html")
        return message


def _text(line: Line) -> str:
    if line.kind == "link":
        return line.text
    text = unlinked(line.text)
    return f"> {text}".replace("\n", "\n> ") if line.kind == "quote" else text


def _html(line: Line) -> str:
    if line.kind == "link":
        return f'<p><a href="{escape(line.text)}">Открыть в Набате</a></p>'
    tag = {"title": "h2", "quote": "blockquote"}.get(line.kind, "p")
    return f"<{tag}>{escape(unlinked(line.text))}</{tag}>"


def _failure(error: aiosmtplib.SMTPException) -> NotSent:
    """By the server's code: 4xx for now, 5xx for good; what it says beside it is not quoted, it may name the recipient."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        codes = [refused.code for refused in error.recipients]
        return NotSent("refused" if codes and min(codes) >= 500 else "limited", f"почтовый сервер не принял адрес: {codes[:1]}")
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return NotSent("forbidden", f"почтовый сервер не принял имя и пароль: {error.code}")
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return NotSent("refused" if error.code >= 500 else "limited", f"почтовый сервер ответил {error.code}")
    return NotSent("unreachable", "почтовый сервер недоступен")

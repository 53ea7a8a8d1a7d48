"""The channels against receivers on loopback: what arrives, what becomes of faults, and what a hostile post can't do."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.policy import default
from typing import Any

import orjson
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from monitor.deliver.channels.base import Channel, Letter, NotSent
from monitor.deliver.channels.mail import Mail, Server
from monitor.deliver.channels.max import Max
from monitor.deliver.channels.sms import Gateway, Sms
from monitor.deliver.channels.telegram import Telegram
from monitor.deliver.channels.webhook import Webhook
from monitor.deliver.planner import Planner
from monitor.deliver.text import Texts
from monitor.profile.load import load_profile
from sources.http.client import HttpClient, HttpSettings
from tests.fakes.delivery.receivers import Receivers, links, visible
from tests.monitor.deliver.alerts import HOSTILE, NOW, alert, destinations, event, planned
from tests.sources.serving import client

SECRETS = [bytes(range(24)), bytes(range(32))]
TEXTS = Texts({"samara": load_profile("samara")}, "https://nabat.example")


def letter(repeat: bool = False, **changes: Any) -> Letter:
    message = planned(Planner(destinations(chat="telegram"), {}, {}), alert(1, **changes))[0]
    message.repeat = repeat
    return TEXTS.letter(message, NOW)


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    async with client() as made:
        yield made


@pytest.fixture
async def receivers() -> AsyncIterator[Receivers]:
    found = Receivers(lambda: NOW, SECRETS[:1])
    async with found.running():
        yield found


def channels(http: HttpClient, receivers: Receivers) -> dict[str, Channel]:
    url = receivers.url
    return {
        "/bot123:abc/sendMessage": Telegram(http, url, "123:abc", "-1001"),
        "/messages": Max(http, url, "123:abc", "77"),
        "/sms": Sms(http, Gateway(f"{url}/sms", id_field="id"), "+79990000000"),
        "/hook": Webhook(http, f"{url}/hook", SECRETS),
    }


async def test_each_receiver_takes_what_it_is_sent(http: HttpClient, receivers: Receivers) -> None:
    for channel in channels(http, receivers).values():
        await channel.send(letter())
    telegram, max_, sms, hook = receivers.got
    for got in (telegram, max_):
        assert visible(got.text).startswith("Срочно: Опасно: прорыв трубы, ул. Мира, 1\n")
        assert "Авторов: 2" in visible(got.text)
        assert links(got.text) == ["https://nabat.example/#alert=urgent%3Avk%3A-1_1"]
        assert not got.quiet
    assert (telegram.to, max_.to, sms.to) == ("-1001", "77", "+79990000000")
    assert len(sms.text) <= 201
    assert sms.text.startswith("Срочно: Опасно: прорыв трубы")
    assert sms.headers["id"] == letter().id
    assert hook.text.encode() == event(alert(1))
    assert hook.headers["webhook-id"] == letter().id
    assert hook.headers["nabat-repeat"] == "false"


@pytest.mark.parametrize(("fault", "reason", "rest"), [
    ("500", "server", 0), ("429", "limited", 30), ("403", "forbidden", 0), ("400", "refused", 0), ("reset", "unreachable", 1),
    ("lost", "unreachable", 1),
])  # fmt: skip
async def test_faults_are_told_apart_and_nothing_is_quoted(
    http: HttpClient, receivers: Receivers, fault: Any, reason: str, rest: float
) -> None:
    for path, channel in channels(http, receivers).items():
        receivers.faults[path] = deque([fault])
        with pytest.raises(NotSent) as failed:
            await channel.send(letter())
        assert failed.value.reason == reason, path
        assert failed.value.retry_after == rest
        assert failed.value.uncertain == (reason in ("server", "unreachable"))
        for secret in ("123:abc", "secret detail", "прорыв", path):
            assert secret not in failed.value.detail


async def test_a_wrong_token_and_a_wrong_chat_want_a_person(http: HttpClient, receivers: Receivers) -> None:
    for channel in (
        Telegram(http, receivers.url, "9:x", "1"),
        Telegram(http, receivers.url, "123:abc", "404"),
        Max(http, receivers.url, "other", "1"),
    ):
        with pytest.raises(NotSent) as failed:
            await channel.send(letter())
        assert failed.value.reason == "forbidden"


async def test_addresses_inside_are_not_asked(receivers: Receivers) -> None:
    async with client(HttpSettings()) as public:
        with pytest.raises(NotSent) as failed:
            await Webhook(public, f"{receivers.url}/hook", SECRETS).send(letter())
    assert failed.value.reason == "forbidden"
    assert receivers.asked == []


async def test_two_secrets_sign_while_one_replaces_the_other(http: HttpClient, receivers: Receivers) -> None:
    hook = Webhook(http, f"{receivers.url}/hook", SECRETS)
    for known in (SECRETS[:1], SECRETS[1:], SECRETS):
        receivers.secrets = known
        await hook.send(letter())
    receivers.secrets = [b"x" * 24]
    with pytest.raises(NotSent):
        await hook.send(letter())
    assert len(receivers.got) == 3


async def test_a_hostile_post_stays_a_text(http: HttpClient, receivers: Receivers) -> None:
    hostile = letter(text=HOSTILE, title=HOSTILE, examples=orjson.dumps([HOSTILE]).decode(), words=orjson.dumps([HOSTILE]).decode())
    for channel in channels(http, receivers).values():
        await channel.send(hostile)
    telegram, max_, sms, _ = receivers.got
    for got in (telegram, max_):
        assert links(got.text) == ["https://nabat.example/#alert=urgent%3Avk%3A-1_1"]
        assert "<script>alert(1)</" in visible(got.text)
    for text in (visible(telegram.text), visible(max_.text).replace("https://nabat", ""), sms.text):
        for live in ("http://", "evil.example", "@admin", "/start", "\r", "\x00", "\u202e"):
            assert live not in text


async def test_a_long_text_is_cut_between_lines(http: HttpClient, receivers: Receivers) -> None:
    await Telegram(http, receivers.url, "123:abc", "1").send(letter(examples=orjson.dumps(["&<>" * 200] * 30).decode()))
    assert len(receivers.got[0].text) <= 4000


class Inbox:
    """A mail server's end: letters, and what it says to them."""

    def __init__(self) -> None:
        self.letters: list[Envelope] = []
        self.answer = "250 OK"
        self.refuses = ""

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answer.startswith("250"):
            self.letters.append(envelope)
        return self.answer


@pytest.fixture
async def inbox() -> AsyncIterator[tuple[Inbox, Server]]:
    found = Inbox()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(found, hostname="mail.example"), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield found, Server("127.0.0.1", port, "nabat@region.example", security="none", timeout=5.0)
    server.close()


async def test_a_letter_by_mail(inbox: tuple[Inbox, Server]) -> None:
    box, server = inbox
    hostile = letter(text=HOSTILE, title=f"Тема\r\nBcc: evil@example.org {HOSTILE}", examples=orjson.dumps([HOSTILE]).decode())
    await Mail(server, "duty@region.example").send(hostile)
    envelope = box.letters[0]
    assert envelope.rcpt_tos == ["duty@region.example"]
    assert isinstance(envelope.content, bytes)
    mail = message_from_bytes(envelope.content, policy=default)
    assert mail["Bcc"] is None
    assert mail["To"] == "duty@region.example"
    assert mail["Subject"].startswith("Срочно: Тема Bcc: evil@example.org")
    assert mail["Message-ID"] == f"<{hostile.id}@region.example>"
    parts = {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
    assert "<script" not in parts["text/html"]
    assert "&lt;script&gt;" in parts["text/html"]
    for text in parts.values():
        assert "evil.example" not in text
        assert "https://nabat.example/#alert=" in text


@pytest.mark.parametrize(("rcpt", "data", "reason"), [
    ("550 no such user", "", "refused"), ("451 later", "", "limited"), ("", "554 no", "refused"), ("", "452 full", "limited"),
])  # fmt: skip
async def test_a_mail_server_says_no(inbox: tuple[Inbox, Server], rcpt: str, data: str, reason: str) -> None:
    box, server = inbox
    box.refuses, box.answer = rcpt, data or box.answer
    with pytest.raises(NotSent) as failed:
        await Mail(server, "duty@region.example").send(letter())
    assert failed.value.reason == reason
    assert "region.example" not in failed.value.detail


async def test_no_mail_server() -> None:
    with pytest.raises(NotSent) as failed:
        await Mail(Server("127.0.0.1", 1, "a@b.example", security="none"), "duty@region.example").send(letter())
    assert failed.value.reason == "unreachable"


def test_a_repeat_says_so() -> None:
    again = letter(repeat=True)
    assert again.id == letter().id
    assert again.title.startswith("Повтор. Срочно")
    assert again.short.startswith("Повтор. Срочно")
    assert again.card[0].text == again.title

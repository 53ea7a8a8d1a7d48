"""The sections of delivery: pace, mail server, SMS gateway. The destinations stand in a file of their own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from monitor.config.option import Option
from monitor.config.secret import Secret

NO_SECRET = Secret()


@dataclass(slots=True, frozen=True)
class Deliver:
    """Delivery of alerts to people and other systems."""

    destinations_file: Annotated[Path | None, Option("Файл с адресатами; пусто: никого не оповещать.")] = None
    console_url: Annotated[str, Option("Адрес пульта, каким его открывают люди, для ссылок в сообщениях; пусто: без ссылок.")] = ""
    people_messages: Annotated[
        int,
        Option("Сколько отдельных тревог за people_minutes получает один адресат-человек; дальше идут сводки.", (1, 1000)),
    ] = 20
    people_minutes: Annotated[int, Option("За какое время считаются people_messages, минуты.", (1, 1440))] = 60
    summary_minutes: Annotated[int, Option("Время между двумя сводками, минуты; при опасности впятеро меньше.", (1, 1440))] = 10
    retry_seconds: Annotated[float, Option("Пауза после первой неудачи, секунды; каждая следующая вдвое длиннее.", (0.1, 3600))] = 5.0
    retry_longest_seconds: Annotated[float, Option("Самая долгая пауза между попытками, секунды.", (1, 86_400))] = 300.0
    heartbeat_url: Annotated[
        str,
        Option("Внешний адрес, который спрашивают, пока все стадии работают; замолчали — он поднимет тревогу; пусто: нет."),
    ] = ""
    heartbeat_seconds: Annotated[float, Option("Время между двумя такими запросами, секунды.", (1, 86_400))] = 60.0
    expire_hours: Annotated[int, Option("Сколько часов пытаться доставить сообщение.", (1, 720))] = 24


@dataclass(slots=True, frozen=True)
class Mail:
    """The mail server that takes letters to destinations by e-mail."""

    host: Annotated[str, Option("Имя почтового сервера; пусто: почты нет.")] = ""
    port: Annotated[int, Option("Его порт.", (1, 65_535))] = 587
    security: Annotated[str, Option("Как защищено соединение.", choices=("starttls", "tls", "none"))] = "starttls"
    ca_file: Annotated[Path | None, Option("Чем заверен его сертификат; пусто: тем, чему доверяет система.")] = None
    sender: Annotated[str, Option("С какого адреса письма.")] = ""
    user: Annotated[str, Option("Пользователь сервера; пусто: входить не нужно.")] = ""
    password: Annotated[Secret, Option("Пароль пользователя.")] = NO_SECRET
    password_file: Annotated[Path | None, Option("Файл с паролем, вместо password.")] = None
    timeout: Annotated[float, Option("Сколько секунд ждать, пока сервер примет письмо.", (1, 600))] = 30.0


@dataclass(slots=True, frozen=True)
class Sms:
    """The HTTP endpoint of a gateway that takes SMS. It is asked as networks are: see networks.allow_private."""

    url: Annotated[str, Option("Адрес, который принимает POST; пусто: SMS нет.")] = ""
    format: Annotated[str, Option("Вид запроса.", choices=("form", "json"))] = "form"
    phone_field: Annotated[str, Option("Имя поля с номером телефона.")] = "phone"
    text_field: Annotated[str, Option("Имя поля с текстом.")] = "text"
    id_field: Annotated[str, Option("Имя поля с id сообщения, по которому узнают повтор; пусто: не слать.")] = ""
    extra: Annotated[str, Option("Прочие поля, имя=значение через запятую, например имя отправителя.")] = ""
    password: Annotated[Secret, Option("Значение заголовка Authorization, например Bearer …; пусто: не слать.")] = NO_SECRET
    password_file: Annotated[Path | None, Option("Файл с этим значением, вместо password.")] = None

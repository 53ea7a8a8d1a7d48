"""The sections of the networks: where they are reached and how far they may be asked. Tokens stand in a file of their own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from monitor.config.option import Option


@dataclass(slots=True, frozen=True)
class Networks:
    """What all networks share: tokens, and what the crawler may ask."""

    tokens_file: Annotated[Path | None, Option("Файл с токенами сетей.")] = None
    allow_private: Annotated[
        str, Option("Частные адреса, к которым обращаться можно: сети через запятую, например 10.20.0.0/16.")
    ] = ""
    timeout: Annotated[float, Option("Сколько секунд ждать ответа сети.", (1, 600))] = 20.0
    answer_bytes: Annotated[int, Option("Наибольший размер ответа, байты, распакованного.", (10_000, 100_000_000))] = 10_000_000
    proxy: Annotated[
        str, Option("Прокси для всех запросов к сетям (http://host:port); пусто: без него. Прокси из окружения не берутся.")
    ] = ""


@dataclass(slots=True, frozen=True)
class Vk:
    """VK: walls, comments, searches, Callback API."""

    api: Annotated[str, Option("Адрес методов API.")] = "https://api.vk.ru/method"
    version: Annotated[str, Option("Версия API.")] = "5.199"
    first_days: Annotated[int, Option("На сколько дней назад читать новую для Набата стену с комментариями.", (0, 365))] = 7
    follow_days: Annotated[int, Option("До какого возраста перечитываются записи за пределами последней сотни, дни.", (0, 365))] = 30
    search_hours: Annotated[int, Option("На сколько часов назад смотрит первый поиск.", (1, 720))] = 24
    officials: Annotated[
        str,
        Option(
            "Номера учётных записей, которые отвечают за ведомства помимо официальных источников (сообщества: -1), через запятую."
        ),
    ] = ""
    # VK does not say whether walls of an execute count once: so each counts, and a request for many saves rate, no quota. Ten get
    # their whole hundred posts within the 5 MB of an answer; of more each would be seen less deep.
    walls_a_request: Annotated[
        int,
        Option("Сколько стен читать одним запросом токена пользователя (execute); больше 10 — менее глубоко.", (1, 25)),
    ] = 10
    user_rate: Annotated[float, Option("Запросов в секунду у токена пользователя.", (0.01, 100))] = 3.0
    service_rate: Annotated[float, Option("Запросов в секунду у сервисного токена.", (0.01, 100))] = 3.0
    community_rate: Annotated[float, Option("Запросов в секунду у токена сообщества.", (0.01, 100))] = 20.0
    wall_get_day: Annotated[int, Option("Вызовов wall.get у токена за сутки.", (1, 10_000_000))] = 5000
    wall_search_day: Annotated[int, Option("Вызовов wall.search у токена за сутки.", (1, 10_000_000))] = 1000
    newsfeed_search_day: Annotated[int, Option("Вызовов newsfeed.search у токена за сутки.", (1, 10_000_000))] = 1000


@dataclass(slots=True, frozen=True)
class Telegram:
    """Telegram: public previews, Bot API, and MTProto with the extra nabat[telegram]."""

    preview: Annotated[str, Option("Адрес открытых страниц каналов.")] = "https://t.me"
    api: Annotated[str, Option("Адрес Bot API.")] = "https://api.telegram.org"
    preview_rate: Annotated[float, Option("Запросов открытых страниц в секунду.", (0.01, 100))] = 1.0
    bot_rate: Annotated[float, Option("Запросов в секунду у токена бота.", (0.01, 100))] = 30.0
    history_hours: Annotated[float, Option("На сколько часов назад читать канал в первый раз.", (0, 87_600))] = 24.0
    reread_hours: Annotated[float, Option("До какого возраста перечитывать записи ради правок и удалений, часы.", (0, 720))] = 48.0
    poll_seconds: Annotated[int, Option("Сколько секунд Bot API ждёт нового.", (0, 50))] = 25
    officials: Annotated[
        str, Option("Номера пользователей и чатов, которые отвечают за ведомства там, где читает бот, через запятую.")
    ] = ""


@dataclass(slots=True, frozen=True)
class Odnoklassniki:
    """Odnoklassniki: topics of groups and their comments."""

    api: Annotated[str, Option("Адрес API.")] = "https://api.ok.ru/fb.do"
    rate: Annotated[float, Option("Запросов в секунду у токена.", (0.01, 100))] = 1.0
    poll_seconds: Annotated[float, Option("Между двумя чтениями списка тем группы, секунды.", (10, 86_400))] = 300.0
    depth_hours: Annotated[float, Option("На сколько часов назад читать группу в первый раз.", (1, 8_760))] = 72.0
    edit_hours: Annotated[float, Option("До какого возраста сверять комментарии ради правок и удалений, часы.", (0, 336))] = 6.0
    time_zone: Annotated[str, Option("Часовой пояс дат комментариев: сеть даёт их без него.")] = "Europe/Moscow"
    topic_fields: Annotated[str, Option("Какие поля тем запрашивать, через запятую; пусто: те, что сеть даёт сама.")] = ""


@dataclass(slots=True, frozen=True)
class Max:
    """The messenger MAX. Its certificates are issued by the Russian national authority, which the system must trust."""

    api: Annotated[str, Option("Адрес Bot API.")] = "https://platform-api2.max.ru"
    rate: Annotated[float, Option("Запросов в секунду у токена.", (0.01, 100))] = 2.0
    history_hours: Annotated[float, Option("На сколько часов назад читать чат в первый раз.", (0, 87_600))] = 24.0
    poll_seconds: Annotated[int, Option("Сколько секунд Bot API ждёт нового.", (0, 30))] = 25
    officials: Annotated[str, Option("Номера пользователей, которые отвечают за ведомства, через запятую.")] = ""


@dataclass(slots=True, frozen=True)
class Rss:
    """RSS and Atom feeds."""

    host_rate: Annotated[float, Option("Запросов в секунду к одному узлу.", (0.001, 100))] = 1.0
    poll_seconds: Annotated[float, Option("Между двумя чтениями ленты, секунды.", (10, 86_400))] = 600.0
    feed_bytes: Annotated[int, Option("Наибольший размер ленты, байты, распакованной.", (10_000, 20_000_000))] = 4_000_000
    time_zone: Annotated[str, Option("Часовой пояс дат, в которых он не назван.")] = "Europe/Moscow"


@dataclass(slots=True, frozen=True)
class Appeals:
    """Appeals from exports of other systems: files, a watched folder, an HTTP endpoint, signed webhooks."""

    host_rate: Annotated[float, Option("Запросов в секунду к одному адресу.", (0.001, 100))] = 1.0
    mappings: Annotated[Path | None, Option("Папка описаний, которые названы в адресах таких источников; пусто: текущая папка.")] = (
        None
    )
    settle_seconds: Annotated[
        float, Option("Выгрузка, которая не менялась столько секунд, считается целой и читается.", (0, 86_400))
    ] = 15.0
    file_bytes: Annotated[
        int, Option("Наибольший размер файла XLSX или JSON, байты; у CSV и JSONL предела нет.", (10_000, 1_000_000_000))
    ] = 50_000_000
    unpacked_bytes: Annotated[int, Option("Наибольший размер файла XLSX, байты, распакованного.", (100_000, 10_000_000_000))] = (
        200_000_000
    )


@dataclass(slots=True, frozen=True)
class Push:
    """The receiver of what networks send themselves: Callback API, webhooks."""

    host: Annotated[str, Option("На каком адресе слушать; снаружи — через прокси с TLS.")] = "127.0.0.1"
    port: Annotated[int, Option("На каком порту слушать; 0: ничего не принимать.", (0, 65_535))] = 0
    body_bytes: Annotated[int, Option("Наибольший размер запроса, байты.", (1_000, 100_000_000))] = 2_000_000
    timeout: Annotated[float, Option("Сколько секунд ждать запрос целиком.", (0.1, 600))] = 10.0
    connections: Annotated[int, Option("Сколько соединений сразу; лишние обрываются.", (1, 10_000))] = 128
    remember: Annotated[int, Option("Сколько событий помнить, чтобы не принять повтор.", (0, 10_000_000))] = 100_000

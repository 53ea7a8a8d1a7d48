"""The configuration reference: a complete TOML file with every key, its default and what it does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from monitor.config.option import Key, keys
from monitor.config.secret import Secret
from monitor.config.sections import SECTIONS

HEAD = """\
# Настройки Набата: каждый ключ и его значение по умолчанию. Оставьте строки, которые меняете.
# Переменная окружения NABAT_РАЗДЕЛ__КЛЮЧ (например, NABAT_CONSOLE__PORT=8621) важнее файла.
# Пути — относительно этого файла, в переменных окружения — относительно текущей папки.
"""
TITLES = {
    "nabat": "Что под наблюдением и где лежат данные.",
    "log": "Журнал между стадиями.",
    "kafka": "Журнал кластера. Без кластера он свой, встроенный.",
    "cluster": "Общее для рабочих процессов кластера.",
    "clickhouse": "Хранилище результатов.",
    "console": "Пульт.",
    "crawl": "Чтение источников.",
    "networks": "Общее для всех сетей: токены и к чему можно обращаться.",
    "vk": "ВКонтакте: стены, комментарии, поиск, Callback API.",
    "telegram": "Telegram: открытые страницы каналов, Bot API и MTProto (пакет nabat[telegram]).",
    "odnoklassniki": "Одноклассники: темы групп и комментарии к ним.",
    "max": "Мессенджер MAX. Его сертификаты выдал Национальный удостоверяющий центр: система должна ему доверять.",
    "rss": "Ленты RSS и Atom.",
    "appeals": "Обращения других систем: выгрузки, папка, адрес HTTP, подписанные вебхуки.",
    "push": "Приём того, что сети присылают сами: Callback API, вебхуки.",
    "triage": "Первая стадия: известные сообщения, точные повторы, смысл текстов.",
    "watch": "Вторая стадия: похожие тексты, инциденты, ряды, сроки, тревоги.",
    "spikes": "Когда рост — тревога. Неожиданность — в децибелах: 40 — один случай на десять тысяч отсчётов одного ряда.",
    "privacy": "Ключи, которые защищают людей.",
    "watchdog": "Замечает вставшую стадию.",
    "metrics": "Где процессы кластера отдают /metrics; без кластера они рядом с пультом.",
    "deliver": "Оповещение людей и других систем.",
    "mail": "Почтовый сервер для писем адресатам.",
    "sms": "Адрес HTTP шлюза, который принимает SMS. К нему обращаются как к сетям: см. networks.allow_private.",
}
"""What a section is about, as users read it."""


def defaults_toml() -> str:
    """The text of the reference; loading it gives the defaults."""
    parts = [HEAD]
    for name, section in SECTIONS.items():
        parts.append(f"\n# {TITLES[name]}\n[{name}]\n")
        parts.extend(f"{_comment(key)}{key.name} = {_toml(key.default)}\n" for key in keys(section))
    return "".join(parts)


def _comment(key: Key) -> str:
    limits = ""
    if key.option.choices:
        limits = f" Одно из: {', '.join(key.option.choices)}."
    elif key.type in (int, float):
        low, high = key.option.limits
        limits = f" От {low:_} до {high:_}."
    return f"# {key.option.doc}{limits}\n"


def _toml(value: Any) -> str:
    if value is None or isinstance(value, Secret):
        return '""'
    if isinstance(value, int):
        return f"{value:_}" if value >= 10_000 else str(value)
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value.as_posix() if isinstance(value, Path) else value)

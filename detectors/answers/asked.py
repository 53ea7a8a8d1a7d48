"""What an official answer asks the citizen for: the details without which, it says, nothing can be done.

Told by a sentence that asks («уточните», «просим направить», «по какому адресу») and by what stands behind it. «Обращайтесь по
адресу» and «сообщите по телефону» ask for neither.
"""

from __future__ import annotations

import re
from typing import Final, Literal, get_args

from detectors.text import clean

Detail = Literal["address", "photo", "phone", "date", "route", "account", "name"]
DETAILS: Final[tuple[Detail, ...]] = get_args(Detail)

LONGEST: Final = 20_000
"""Characters of an answer that are read."""
_END = re.compile(r"[.!?;\n](?=\s|$)|\n")
_WANT = (
    "уточн|указ|укаж|сообщ|напи|пришл|присл|направ|отправ|предостав|прилож|прикреп|назв|назов|остав|подскаж|подсказ|скин|выслать|вышл|"
    "опиш|описать|дополн|конкретизир"
)
_ASKS = re.compile(
    "|".join(
        (
            rf"\b(?:{_WANT})\w*те\b",
            r"\b(?:прос\w+|прошу|необходим\w*|нужно|требуется|можете|могли бы|для \w+)\b.{0,60}?"
            rf"\b(?:{_WANT})\w*(?:ть|ти|вив)\b",
            r"\bне (?:указан\w*|хватает|приложен\w*|назван\w*|видим)\b",
            r"\b(?:нужен|нужны|нужна|необходим\w*|отсутству\w+)\b",
        )
    )
)
"""Where a sentence begins to ask."""
_BEHIND: Final = 200
_WHERE: Final[tuple[tuple[Detail, tuple[str, ...]], ...]] = (
    (
        "address",
        (
            r"(?<!на )(?<!по )(?<!электронный )\bадрес[аов]?\b(?! (?:электронн|эл |почт|e-?mail))",
            r"\bномер\w* (?:дома|подъезда|квартиры)\b",
            r"\b(?:местоположени|геолокаци|координат)\w*",
            r"\b(?:какой|какая|какую|название|названием) (?:это )?(?:улиц|дом)\w*",
            r"\bулицу\b",
            r"\b(?:точное место|место (?:съемки|происшествия))\b",
        ),
    ),
    ("photo", (r"\b(?:фото|видео|скриншот|снимк)\w*", r"\bснимок\b")),
    (
        "phone",
        (r"\bномера? телефона\b", r"(?<!на )(?<!по )\bтелефон\b", r"\bконтактн\w+", r"(?<!на )\bконтакты\b", r"\bномер для связи\b"),
    ),
    ("date", (r"\b(?:дат[уыа]|время|число)\b", r"\bкогда (?:это|именно|произош\w+|был\w*|случил\w+)")),
    (
        "route",
        (
            r"\bмаршрут\w*",
            r"\bномера? (?:автобуса|троллейбуса|трамвая|маршрутки|машины|автомобиля)\b",
            r"\b(?:гос\.? ?|бортов\w+ )номер\w*",
        ),
    ),
    ("account", (r"\bлицев\w+ счет\w*", r"\bномер (?:счета|заявки|обращения|договора)\b")),
    ("name", (r"\bфио\b", r"\bф\. ?и\. ?о\b", r"\bфамили\w+", r"\bимя\b", r"\bкак к вам обращаться\b")),
)
_DETAILS: Final = tuple((detail, re.compile("|".join(patterns))) for detail, patterns in _WHERE)
_ASKED: Final[tuple[tuple[Detail, str], ...]] = (
    ("address", r"\bпо какому адресу\b|\bкакой (?:у вас )?(?:точный )?адрес\b|\bна какой улице\b|\bо? ?как(?:ом доме|ой дом)\b"),
    ("route", r"\bкакой (?:номер )?(?:маршрут|автобус)\w*|\b(?:на|о) каком маршруте\b"),
    ("date", r"\bкогда (?:именно )?(?:это )?(?:было|произошло|случилось)\b|\bкакого числа\b|\bв какое время\b"),
)
_QUESTIONS: Final = tuple((detail, re.compile(pattern)) for detail, pattern in _ASKED)


def asked(text: str) -> list[Detail]:
    """The details that an answer asks for, in the order of DETAILS; none where it asks for nothing."""
    found: set[Detail] = set()
    read = clean(text[:LONGEST]).lower()
    for sentence in _END.split(read):
        asks = _ASKS.search(sentence)
        if asks is not None:
            behind = sentence[asks.start() : asks.end() + _BEHIND]
            found.update(detail for detail, pattern in _DETAILS if pattern.search(behind))
        found.update(detail for detail, pattern in _QUESTIONS if pattern.search(sentence))
    return [detail for detail in DETAILS if detail in found]

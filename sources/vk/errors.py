"""VK's errors as data: what each says of the token that asked, and of the source that was asked for.

Codes: https://dev.vk.com/reference/errors and the errors.json of VK's API schema 5.199.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from monitor.model.errors import SourceRefused, SourceUnavailable
from sources.wire import Outcome

Effect = Literal["again", "forbidden", "gone"]
"""What becomes of the source: it is asked again after ``wait``, or it refuses us, or it is not there."""


class Meaning(NamedTuple):
    """``wait`` is in seconds; the least that makes sense before the source is asked again, and the token's rest where it has one."""

    outcome: Outcome
    effect: Effect
    wait: float
    message: str


_DEAD: Final = "получите новый токен и впишите его в файл токенов"
_PERSON: Final = "войдите в VK под этой учётной записью и подтвердите вход, или замените токен"
# A token was the reason: the next one may be asked at once.
_NEXT: Final = 1.0

_TOKEN: Final[dict[int, tuple[Outcome, float, str]]] = {
    2: ("dead", _NEXT, "приложение токена отключено: включите его в настройках или замените токен"),
    4: ("dead", _NEXT, f"неверная подпись: {_DEAD}"),
    5: ("dead", _NEXT, f"токен недействителен: {_DEAD}"),
    6: ("rate", _NEXT, "слишком много запросов в секунду: запрос будет повторён"),
    9: ("flood", 600.0, "слишком много одинаковых запросов: запрос будет повторён позже"),
    11: ("dead", _NEXT, "приложение токена в тестовом режиме: включите его"),
    14: ("captcha", _NEXT, f"VK требует ввести код с картинки: {_PERSON}"),
    16: ("dead", _NEXT, "токен принимается только по HTTPS: проверьте [vk] api"),
    17: ("captcha", _NEXT, f"VK требует подтвердить вход: {_PERSON}"),
    20: ("dead", _NEXT, f"приложению токена этот метод не разрешён: {_DEAD}"),
    21: ("dead", _NEXT, f"приложению токена этот метод не разрешён: {_DEAD}"),
    24: ("captcha", _NEXT, f"VK требует подтверждения: {_PERSON}"),
    25: ("captcha", _NEXT, f"VK требует подтвердить токен: {_PERSON}"),
    27: ("dead", _NEXT, "токен сообщества не даёт читать стены: нужен сервисный токен или токен пользователя"),
    28: ("dead", _NEXT, "сервисный токен не подходит для этого метода: нужен токен пользователя"),
    29: ("quota", _NEXT, "суточная квота токена исчерпана: чтение продолжится другим токеном или завтра"),
    38: ("dead", _NEXT, f"приложение токена удалено: {_DEAD}"),
    41: ("captcha", _NEXT, f"VK требует завершить регистрацию: {_PERSON}"),
    42: ("dead", _NEXT, "с этого IP-адреса токен не принимается: проверьте настройки приложения"),
    101: ("dead", _NEXT, f"неверный идентификатор приложения: {_DEAD}"),
    1114: ("dead", _NEXT, f"срок токена истёк: {_DEAD}"),
    1116: ("dead", _NEXT, f"токен недействителен: {_DEAD}"),
    1117: ("dead", _NEXT, f"срок токена истёк: {_DEAD}"),
    1118: ("dead", _NEXT, f"токен выдан для другого IP-адреса: {_DEAD}"),
    3300: ("captcha", _NEXT, f"VK требует пройти проверку «я не робот»: {_PERSON}"),
    3301: ("captcha", _NEXT, f"VK требует подтвердить телефон: {_PERSON}"),
    3302: ("captcha", _NEXT, f"VK требует подтвердить пароль: {_PERSON}"),
    3303: ("captcha", _NEXT, f"VK требует код из приложения: {_PERSON}"),
    3304: ("captcha", _NEXT, f"VK требует подтвердить почту: {_PERSON}"),
    3609: ("dead", _NEXT, f"токен нужно продлить: {_DEAD}"),
    3610: ("dead", _NEXT, f"учётная запись токена удалена: {_DEAD}"),
}
_SOURCE: Final[dict[int, tuple[Effect, str]]] = {
    7: ("forbidden", "доступ запрещён: проверьте, что страница открыта"),
    15: ("forbidden", "стена закрыта: она отключена или видна только участникам"),
    18: ("gone", "страница удалена или заблокирована: замените адрес или уберите источник"),
    19: ("gone", "содержимое заблокировано: замените адрес или уберите источник"),
    30: ("forbidden", "профиль закрыт: читать можно только открытые страницы"),
    37: ("gone", "страница заблокирована: замените адрес или уберите источник"),
    39: ("gone", "такой страницы нет: проверьте адрес источника"),
    40: ("gone", "такого сообщества нет: проверьте адрес источника"),
    100: ("gone", "VK не принял параметры: проверьте адрес источника"),
    113: ("gone", "неверный номер или имя страницы: проверьте адрес источника"),
    125: ("gone", "неверный номер сообщества: проверьте адрес источника"),
    203: ("forbidden", "доступ к сообществу закрыт: оно частное"),
    210: ("forbidden", "доступ к записи закрыт"),
    211: ("forbidden", "доступ к комментарию закрыт"),
    212: ("forbidden", "комментарии к записи закрыты"),
    213: ("forbidden", "комментарии к записи закрыты"),
}
_SERVICE: Final[dict[int, tuple[float, str]]] = {
    1: (30.0, "неизвестная ошибка на стороне VK: запрос будет повторён"),
    3: (3600.0, "VK не знает этого метода: проверьте [vk] version и [vk] api"),
    8: (600.0, "VK не принял запрос: проверьте [vk] version"),
    10: (30.0, "внутренняя ошибка VK: запрос будет повторён"),
    12: (600.0, "VK не принял код execute"),
    13: (60.0, "ошибка выполнения execute: запрос будет повторён по частям"),
    23: (3600.0, "VK отключил этот метод: проверьте [vk] version"),
    33: (3600.0, "VK ещё не поддерживает этот метод: проверьте [vk] version"),
    34: (3600.0, "версия API устарела: обновите [vk] version"),
    35: (3600.0, "версия API устарела: обновите [vk] version"),
    36: (10.0, "VK не успел ответить: запрос будет повторён"),
    43: (600.0, "раздел временно недоступен: запрос будет повторён"),
}

ERRORS: Final[dict[int, Meaning]] = {
    **{code: Meaning(outcome, "again", wait, message) for code, (outcome, wait, message) in _TOKEN.items()},
    **{code: Meaning("failed", effect, 0.0, message) for code, (effect, message) in _SOURCE.items()},
    **{code: Meaning("failed", "again", wait, message) for code, (wait, message) in _SERVICE.items()},
}
UNKNOWN: Final = Meaning("failed", "again", 60.0, "ошибка, которой нет в описании API: запрос будет повторён")


def meaning_of(code: int) -> Meaning:
    return ERRORS.get(code, UNKNOWN)


def error_of(code: int, token: str = "") -> SourceRefused | SourceUnavailable:
    """The error that a crawler understands; ``token`` is the name of the token that asked, told where the token is the reason."""
    meaning = meaning_of(code)
    whose = f" (токен «{token}»)" if token and code in _TOKEN else ""
    message = f"VK, ошибка {code}: {meaning.message}{whose}"
    if meaning.effect == "again":
        return SourceUnavailable(message, meaning.wait, "limited" if code in _TOKEN else "unavailable")
    return SourceRefused(message, state=meaning.effect)

"""Errors of the API and what to do about them, as data.

Codes and meanings are those of the API's clients (gazay/odnoklassniki lists them all); waits are ours, for nothing is published. What
the API says in words is never repeated: with a wrong signature it quotes the whole request.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from sources.wire import Outcome

Effect = Literal["later", "closed", "gone", "refused"]
"""later: ask again after ``wait``. closed, gone: of the object that was asked for, be it a group or one topic of it. refused: what is
asked of it is wrong, and asking again does not make it right.
"""


class Action(NamedTuple):
    """``outcome`` is told to the budget with ``wait`` seconds; ``text`` is for people."""

    outcome: Outcome
    effect: Effect
    text: str
    wait: float = 0.0


UNKNOWN: Final = Action("failed", "later", "неизвестная ошибка", 60.0)

ACTIONS: Final[dict[int, Action]] = {
    1: Action("failed", "later", "неизвестная ошибка на их стороне", 30.0),
    2: Action("failed", "later", "временно недоступны", 60.0),
    3: Action("failed", "refused", "такого метода нет"),
    4: Action("failed", "refused", "запрос не принят"),
    7: Action("flood", "later", "действие временно заблокировано", 600.0),
    8: Action("flood", "later", "слишком частые обращения", 60.0),
    9: Action("rate", "later", "адрес этой машины временно заблокирован", 3600.0),
    10: Action("failed", "closed", "нет прав"),
    11: Action("quota", "later", "исчерпан лимит обращений", 3600.0),
    100: Action("failed", "refused", "неверный параметр запроса"),
    101: Action("dead", "later", "ключ приложения не принят"),
    102: Action("dead", "later", "срок токена истёк"),
    103: Action("dead", "later", "токен не принят"),
    104: Action("dead", "later", "подпись не принята: проверьте секретный ключ"),
    105: Action("dead", "later", "подпись не принята: проверьте секретный ключ"),
    106: Action("failed", "gone", "обсуждения нет"),
    110: Action("failed", "gone", "пользователя нет"),
    160: Action("failed", "gone", "группы нет"),
    200: Action("failed", "closed", "приложению нужны права VALUABLE_ACCESS и GROUP_CONTENT, их даёт поддержка Одноклассников"),
    210: Action("dead", "later", "приложение отключено"),
    300: Action("failed", "gone", "не найдено"),
    401: Action("dead", "later", "токен не принят"),
    402: Action("captcha", "later", "нужен человек: вход просит капчу"),
    403: Action("captcha", "later", "нужен человек: вход просит подтверждения"),
    451: Action("dead", "later", "метод не вызывается с таким токеном"),
    453: Action("dead", "later", "метод требует токена с сессией"),
    455: Action("failed", "closed", "доступ ограничен владельцем"),
    456: Action("failed", "closed", "доступ ограничен группой"),
    457: Action("failed", "closed", "доступ без разрешения закрыт"),
    458: Action("failed", "closed", "доступ ограничен настройками приватности"),
    700: Action("failed", "gone", "комментария нет"),
    702: Action("failed", "gone", "комментарий удалён"),
    704: Action("failed", "later", "не успели ответить", 30.0),
    9999: Action("failed", "later", "сбой на их стороне", 60.0),
}


class ObjectError(Exception):
    """What was asked for is closed, gone or not to be asked so; the caller knows whether it was the group or one topic of it."""

    def __init__(self, action: Action, code: int) -> None:
        super().__init__(f"Одноклассники: {action.text} (код {code})")
        self.effect = action.effect

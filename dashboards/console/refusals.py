"""How a request is refused: JSON ``{"error", "hint"}`` in Russian, which tells nothing of the inside."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from monitor.model.codec import encode

_ERRORS = {
    400: ("Запрос не понят", "Проверьте параметры запроса"),
    401: ("Нужно войти", "Введите логин и пароль"),
    403: ("Запрос отклонён", "Откройте пульт по адресу этого компьютера и повторите действие на его странице"),
    404: ("Здесь ничего нет", "Проверьте адрес: возможно, запись удалена"),
    405: ("Так сюда обращаться нельзя", "Обновите страницу"),
    408: ("Слишком медленно", "Запрос не пришёл целиком за отведённое время; повторите"),
    409: ("Запись изменилась", "Посмотрите её нынешнее состояние и решите снова"),
    413: ("Запрос слишком велик", "Предел — 64 кБ"),
    415: ("Ожидается JSON", "Укажите Content-Type: application/json"),
    421: ("Неизвестное имя сервера", "Откройте пульт по адресу 127.0.0.1 или добавьте имя в настройки пульта"),
    429: ("Слишком часто", "Повторите позже"),
    503: ("Сервер занят", "Повторите через несколько секунд"),
}
_INTERNAL = ("Внутренняя ошибка", "Повторите; если не помогло — смотрите журнал программы")


class Refused(Exception):
    """The request ends here: HTTP status, what is wrong, what to do (each defaults to the status's usual words)."""

    def __init__(self, status: int, error: str = "", hint: str = "") -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.hint = hint


def answer(value: Any, status: int = 200) -> web.Response:
    return web.Response(body=encode(value), status=status, content_type="application/json", charset="utf-8")


def failure(status: int, error: str = "", hint: str = "") -> web.Response:
    """An error as the page and other clients get it."""
    usual = _ERRORS.get(status, _INTERNAL)
    return answer({"error": error or usual[0], "hint": hint or usual[1]}, status)

"""Comments that say nothing by themselves and all with what they answer: «у нас тоже», «на Ленина та же история», «когда сделают?».

Which appeal that is, and whether it is one, is known to the watch stage: here a short comment gets the kind that it then has, and the
place that it names itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from detectors.classifier.place import Places
from detectors.text import clean
from monitor.model.post import Post
from monitor.model.verdict import Kind, Verdict

WORDS = 10
"""A longer comment says itself what it is about."""
SCORE = 500
"""Of 1000: as certain as the weakest appeal."""

_SIGNS = frozenset(
    "тоже также так та то те такая такое такой такие аналогично аналогичная аналогичный поддерживаю поддерживаем присоединяюсь "
    "присоединяемся плюс плюсую всех везде пор никто ничего воз день неделя неделю месяц год сутки опять снова когда сколько доколе "
    "почему куда кто что есть чем какие какой сделали починили убрали включили дали устранили исправили ответили спасибо примите "
    "только нет прежнему кому будет жалобу".encode("cp1251").split()
)
"""Every echo has one of these words."""
_DONE = r"(?:сделали|починили|убрали|включили|дали|устранили|исправили|помогли|решили|вывезли|отремонтировали|почистили)"
_WILL = (
    r"(?:сделают|сделаете|починят|уберут|включат|дадут|исправят|устранят|решат|решится|закончат|закончится|будет|будут|ждать|уже|"
    r"вывезут|почистят|отремонтируют|приедут|начнут|обещают|примут)"
)
_THANKS = re.compile(rf"\bспасибо\b.*\b{_DONE}\b|\b{_DONE}\b.*\b(?:спасибо|благодар\w*|наконец)\b")
_QUESTION = re.compile(
    "|".join(
        (
            rf"^(?:\w+ ){{0,2}}когда\b.*\b{_WILL}\b",
            r"^когда(?: же)?$",
            r"\bсколько (?:можно|еще|ждать|это)\b",
            r"\bдоколе\b",
            r"^(?:\w+ ){0,2}почему (?:до сих|никто|ничего|так|не|опять|все еще)\b",
            r"\b(?:куда|кому) (?:звонить|жаловаться|обращаться|обратиться|писать)\b",
            r"\bкто (?:отвечает|ответит|виноват|будет)\b",
            r"\bчто (?:делать|решили|слышно|там|ответили|говорят|в итоге)\b",
            r"\bесть (?:ли )?(?:новости|результат\w*|ответ|сдвиги|изменения)\b",
            r"\bчем (?:все )?(?:закончилось|кончилось)\b",
            r"\bкак(?:ие|ой) (?:сроки|срок|меры)\b",
            rf"^(?:ну )?(?:что |так |и )*{_DONE} (?:или нет|уже|ли)\b",
        )
    )
)
_COMPLAINT = re.compile(
    "|".join(
        (
            r"\bу (?:нас|меня|всех|соседей)\b.*\b(?:тоже|также|так же)\b",
            r"\b(?:тоже|также|так же)\b.*\bу нас\b",
            r"^(?:тоже|так же|также) (?:нет|не)\b",
            r"^тоже$",
            r"^(?:а |и |да )?(?:на|в|по) (?:\w+ ){1,3}(?:тоже|так же)\b",
            r"\bто(?:же)? самое\b|\bто же самое\b",
            r"\bи у нас\b",
            r"\b(?:та|те) же\b",
            r"\bтак(?:ая|ое|ой|ие) же\b",
            r"\bтакая (?:история|беда|ситуация|проблема|картина)\b",
            r"\bаналогичн\w*\b",
            r"\b(?:поддерживаю|поддерживаем|присоединяюсь|присоединяемся|плюсую)\b",
            r"\bне только у (?:вас|тебя)\b",
            r"\b(?:у всех|везде) так\b",
            r"\bдо сих пор\b",
            r"\bпо прежнему\b",
            r"\bвсе еще (?:нет|не)\b",
            r"\bтак и не\b",
            r"\bничего не (?:сделали|изменилось|поменялось|делают|делается)\b",
            r"\bникто не (?:приехал|пришел|приходил|сделал|убирает|чистит|отвечает|реагирует)\b",
            r"\bвоз и ныне\b",
            r"\b(?:второй|вторую|третий|третью|четвертый|четвертую|пятый|пятую|год) (?:день|неделю|месяц|год|сутки|подряд)\b",
            r"\b\d+ ?(?:й|ый|я|ую)? (?:день|неделю|неделя|месяц|сутки)\b",
            r"\bпримите меры\b",
            r"^(?:опять|снова) (?:нет|не)\b",
        )
    )
)
_NOTHING = re.compile(r"\bтоже (?:мне|хочу|хотим|верно|вариант|так думаю|дело|неплохо|правильно|красиво)\b|\bчто то же\b")
_PLUS = re.compile(r"\+ ?(?:1|один|много|100|\++)?[!. ]*$")


class Echoes:
    """Finds echoes for one profile; ``places`` are its places."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def hear(
        self, posts: Sequence[Post], words: Sequence[Sequence[bytes]], territories: Sequence[str], verdicts: list[Verdict]
    ) -> None:
        """Gives the echoes among these posts, which say no theme themselves, a verdict with ``echo``."""
        for at, (post, found) in enumerate(zip(posts, words, strict=True)):
            if len(found) > WORDS or not (post.reply_to or post.thread) or verdicts[at].filtered:
                continue
            if (_SIGNS.isdisjoint(found) and post.text[:1] != "+") or not _bare(verdicts[at]) or not answers(post):
                continue
            kind = _kind(post.text)
            if not kind:
                continue
            if verdicts[at].appeal:
                verdicts[at].echo = verdicts[at].kind
            else:
                place = self._places.find(post.text, post.place, territories[at])
                verdicts[at] = Verdict(score=SCORE, place=place, echo=kind)


def answers(post: Post) -> str:
    """The post that this one answers, if it answers another."""
    target = post.reply_to or post.thread
    return target if target != post.id else ""


def _bare(verdict: Verdict) -> bool:
    """True for what names no problem of its own."""
    return not verdict.theme or verdict.theme.endswith(".other")


def _kind(text: str) -> Kind | None:
    if _PLUS.match(text):
        return "complaint"
    read = " ".join(re.findall(r"[0-9a-zа-я]+", clean(text).lower()))
    if _NOTHING.search(read):
        return None
    if _THANKS.search(read):
        return "thanks"
    if _QUESTION.search(read) or (read.startswith("когда") and "?" in text):
        return "question"
    return "complaint" if _COMPLAINT.search(read) else None

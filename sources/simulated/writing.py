"""Texts of simulated people: composed of fragments, then made as untidy as people write."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from monitor.model.verdict import Kind, Quality
from sources.simulated.draw import Draw
from sources.simulated.phrases import Theme, phrases

# Stands for the address while the rest is made untidy: people misspell all but where they live.
_WHERE: Final = "\x01"
_ENDS: Final = (".", ".", ".", ".", "!", "!!!", "...", ".")
_FLOORS: Final = tuple(map(str, range(3, 17)))
_LETTERS: Final = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
_MARKS: Final = ("!", ".", ".", ",", "\n")
_TRAP: Final = "~ "
_TRAPS: Final = 8
"""Per cent of the texts that may have a line which complaints could have written."""
_WITHDRAWN: Final = ("Вопрос решён, всем спасибо", "Неактуально, удалю позже", "Уже всё нашли, спасибо кто откликнулся")

_Stock = tuple[tuple[str, int], ...]
"""Sentences with their numbers of words."""


class Writer:
    """Writes texts of about ``mean_words`` words (a third to double of it)."""

    def __init__(self, mean_words: int = 35) -> None:
        stock = phrases()
        self._parts = stock.parts
        self._openings = stock.parts["greeting"] + stock.parts["opening"]
        self._details = {kind: _counted(lines) for kind, lines in stock.details.items()}
        topics = tuple(topic for topic in stock.chatter if topic != "official")
        # Without the lines that complaints could have written, and with them.
        plain = {topic: _counted(line for line in stock.chatter[topic] if not line.startswith(_TRAP)) for topic in topics}
        self._chatter = {topic: _counted(line.removeprefix(_TRAP) for line in stock.chatter[topic]) for topic in topics}
        self._topics = tuple((first, second) for first in topics for second in topics if first != second)
        self._plain = {pair: plain[pair[0]] + plain[pair[1]] for pair in self._topics}
        self._mixed = {pair: self._chatter[pair[0]] + self._chatter[pair[1]] for pair in self._topics}
        self._one_topic = plain
        self._official = _counted(stock.chatter["official"])
        self._replies = stock.replies
        self._misspellings = tuple(tuple(line.rsplit(" ", 1)) for line in stock.parts["misspelling"])
        # A sentence more than the target is written half of the time: the target is lower by half a sentence.
        self._least = max(4, mean_words * 10 // 35 - 2)
        self._spread = (mean_words - 4 - self._least) * 4 // 3

    def appeal(self, draw: Draw, theme: Theme, kind: Kind, where: str) -> str:
        """An appeal about a theme; ``where`` (may be empty) is woven in."""
        lines = theme.lines[kind]
        clause = self._filled(draw, draw.pick(lines))
        end = "?" if kind == "question" else draw.pick(_ENDS)
        sentences = [draw.pick(self._openings)] if draw.chance(50) else []
        shape = draw.below(4) if where else 4
        if shape == 0:
            sentences.append(f"{_WHERE} {clause}{end}")
        elif shape == 1:
            sentences.append(f"{_capital(clause)}, {_WHERE}{end}")
        elif shape == 2:
            sentences.append(f"{_capital(clause)} ({_WHERE}){end}")
        else:
            sentences.append(f"{_capital(clause)}{end}")
            if where:
                plain = theme.address and not where.startswith(("по адресу", "адрес", "дом"))
                sentences.append(f"{draw.pick(('Это', 'Дом', 'Адрес:', 'Живём'))} {_WHERE}" if plain else _WHERE)
        if kind == "complaint" and len(lines) > 1 and draw.chance(35):
            sentences.append(_capital(self._filled(draw, draw.pick(lines))))
        self._lengthen(draw, sentences, self._details[kind])
        if draw.chance(30):
            sentences.append(draw.pick(self._parts["closing"]))
        return self._styled(draw, sentences).replace(_WHERE, where)

    def chatter(self, draw: Draw) -> str:
        """Small talk, advertisements, jokes, reactions: no appeal."""
        pair = draw.pick(self._topics)
        topic = pair[0]
        sentences = [draw.pick(self._parts["greeting"])] if draw.chance(25) else []
        # Half of the texts stay with their topic, the others digress.
        plain = self._one_topic[topic] if draw.chance(50) else self._plain[pair]
        self._lengthen(draw, sentences, self._mixed[pair] if draw.chance(_TRAPS) else plain)
        if topic in ("sale", "services", "lost") and draw.chance(30):
            sentences.append(f"Тел. 8 (900) 000-{10 + draw.below(90)}-{10 + draw.below(90)}")
        return self._styled(draw, sentences)

    def announcement(self, draw: Draw) -> str:
        """What an official account tells its readers."""
        sentences: list[str] = []
        self._lengthen(draw, sentences, self._official)
        return ". ".join(sentences) + "."

    def reply(self, draw: Draw, quality: Quality) -> str:
        """An official answer."""
        text = draw.pick(self._replies[quality])
        if "{" in text:
            date = f"{1 + draw.below(28)}.{1 + draw.below(12):02}"
            unit = draw.pick(("подрядчик", "аварийная бригада", "дорожная служба", "управляющая компания"))
            text = text.replace("{time}", f"{8 + draw.below(14)}:00").replace("{date}", date).replace("{unit}", unit)
        return _capital(text) + "."

    def edited(self, draw: Draw, text: str, kind: str) -> tuple[str, bool]:
        """A later version of a text, and whether it is an appeal no more."""
        if kind != "chatter" and draw.chance(15):
            return draw.pick(_WITHDRAWN), True
        lines = self._details.get(kind) or self._chatter["reaction"]
        return f"{text}\nUPD: {draw.pick(lines)[0]}", False

    def copied(self, draw: Draw, text: str) -> str:
        """The text as somebody else posts it again: as it is, with a header, cut, or misspelt."""
        form = draw.below(4)
        if form == 0:
            return text
        if form == 1:
            return f"{draw.pick(self._parts['header'])}\n{text}"
        if form == 2:
            words = text.split(" ")
            return " ".join(words[: max(8, len(words) * (70 + draw.below(25)) // 100)]) + "…"
        return self._misspelt(draw, text)

    def _lengthen(self, draw: Draw, sentences: list[str], stock: _Stock) -> None:
        """Adds sentences until the text is long enough, none twice."""
        wanted = self._least + draw.below(self._spread) // 2 + draw.below(self._spread)
        words = 0
        for sentence in sentences:
            words += sentence.count(" ") + 1
        size = len(stock)
        used = 0
        while words < wanted:
            place = draw.below(size)
            while used >> place & 1:
                place = (place + 1) % size
            sentence, count = stock[place]
            sentences.append(sentence)
            words += count
            used |= 1 << place
            if used + 1 == 1 << size:
                return

    def _filled(self, draw: Draw, line: str) -> str:
        if "{" not in line:
            return line
        parts = self._parts
        return (
            line.replace("{d}", draw.pick(parts["since"]))
            .replace("{ago}", draw.pick(parts["ago"]))
            .replace("{t}", draw.pick(parts["time"]))
            .replace("{r}", draw.pick(parts["route"]))
            .replace("{n}", str(1 + draw.below(90)))
            .replace("{p}", str(1 + draw.below(8)))
            .replace("{f}", draw.pick(_FLOORS))
        )

    def _styled(self, draw: Draw, sentences: list[str]) -> str:
        # One draw for all habits: style, mark, emoji, slang, misspelling.
        habits = draw.below(1 << 31)
        style = habits % 100
        if style < 12:
            text = " ".join([sentence.rstrip(".!") for sentence in sentences]).lower()
        else:
            text = _joined(sentences, _MARKS[habits // 100 % 5])
        if style >= 96:
            text = text.upper()
        if habits // 500 % 100 < 18:
            text = f"{text} {draw.pick(self._parts['emoji']) * (1 + draw.below(3))}"
        if habits // 50_000 % 100 < 8:
            text = f"{draw.pick(self._parts['slang'])} {text}"
        return self._misspelt(draw, text) if habits // 5_000_000 % 100 < 18 else text

    def _misspelt(self, draw: Draw, text: str) -> str:
        changed = text
        for _ in range(3):
            right, wrong = draw.pick(self._misspellings)
            if right in changed:
                changed = changed.replace(right, wrong, 1)
        for _ in range(6):
            place = 1 + draw.below(max(1, len(changed) - 3))
            begin = changed.rfind(" ", 0, place) + 1
            pair = changed[place : place + 2]
            # Names and numbers stay as they are: another house would be another text.
            if changed[begin] in _LETTERS and place > begin and len(pair) == 2 and pair[0] in _LETTERS and pair[1] in _LETTERS:
                return changed[:place] + pair[1] + pair[0] + changed[place + 2 :]
        return changed


def _counted(lines: Iterable[str]) -> _Stock:
    return tuple((line, line.count(" ") + 1) for line in lines)


def _joined(sentences: list[str], mark: str) -> str:
    """Sentences one after the other, each with an end; ``mark`` comes after the first one, which is often a greeting."""
    if mark == "\n":
        return "\n".join(sentences)
    ended = [sentence if sentence[-1] in ".!?" else sentence + "." for sentence in sentences]
    if mark != "." and sentences[0][-1] not in ".!?":
        ended[0] = sentences[0] + mark
    return " ".join(ended)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]

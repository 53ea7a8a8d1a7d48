"""The normal form of a post: its own words, without what reposting puts around them.

Dropped are HTML, links, mentions, hashtags, and at both ends the phrases of forwarding ("репост!", "перешлите всем", "админ,
опубликуйте анонимно", "показать полностью") and greetings.
"""

from __future__ import annotations

import re
from functools import cache

from detectors.duplicates.fold import fold
from detectors.words import unmarked

LONGEST = 8000
"""Characters of a post that are looked at: bounds the time that one post can take."""

_LINK = re.compile(r"(?:https?://|www\.|vk\.com/|t\.me/|ok\.ru/)\S*", re.IGNORECASE)
_VK_MENTION = re.compile(r"\[(?:club|public|id)\d+\|[^\]]*\]")
_TAG = re.compile(r"(?<!\w)[@#*]\w[\w@.]*")
# People group and date with any sign ("20,5", "12.05.2021", "18:30") and drop it again; a sign between digits is no detail.
_SPLIT_NUMBER = re.compile("([0-9])[.,!?:;]+(?=[0-9])")
# A number is one word with the letter of its house, whatever else is glued to it is another: "д42" is "д 42", "14 а" is "14а".
# (A search that begins with a repeat tries every letter of a text.)
_NUMBER_WORD = re.compile(rb"[0-9][0-9]*+(?:(?:[a-z\xe0-\xff]| [\xe0-\xe3])(?![a-z\xe0-\xff]))?")
_GLUED = re.compile(rb"[0-9](?:[a-z\xe0-\xff]| [\xe0-\xe3](?![a-z\xe0-\xff])|(?<=[a-z\xe0-\xff][0-9]))")

_PLEASE = "(?:пожалуйста|плиз|пжл|прошу)"
_EVERYONE = "(?:всем|друзьям|знакомым|соседям|дальше|по группам|в группы|пожалуйста|кто может)"
_FORWARDING = (
    f"(?:(?:прошу|нужен|сделайте|срочно|срочный|большой|максимальный|макс) )*(?:репост|репостните|репостим|репосты)(?: {_EVERYONE})*",
    f"(?:перешлите|пересылайте|перешли|передайте|поделитесь|распространите|разошлите|разносим)(?: {_EVERYONE})+",
    f"(?:админ|админы|админка|модератор|уважаемый админ)(?: {_PLEASE})?"
    "(?: (?:опубликуйте|опубликуй|разместите|выложите|выложи|пропустите|можно))?"
    f"(?: {_PLEASE})?(?: (?:анонимно|анон|на стене|в группе))*",
    "(?:опубликуйте|разместите|выложите|можно) (?:анонимно|анон)",
    "(?:анонимно|анон)",
    "(?:взято )?из (?:соседней|соседнеи|другой|этой|чужой) (?:группы|беседы)",
    "(?:переслано|переслали|пересланное сообщение|скопировано|копирую)(?: (?:из|от) (?:группы|соседей|чата|беседы))?",
    "forwarded(?: from| message)?",
    "rt",
    "(?:показать|читать) (?:полностью|далее|дальше|еще)",
    "(?:всем )?(?:добрый|доброе|доброй|доброго) (?:день|дня|вечер|вечера|утро|утра|ночи|времени суток)",
    "(?:здравствуйте|здравствуй|приветствую|всем привет|всем здравствуйте|привет)",
    "(?:друзья|соседи|земляки|дорогие друзья|внимание)",
)


def _apart(word: re.Match[bytes]) -> bytes:
    return b" " + word[0].replace(b" ", b"") + b" "


def _folded(phrase: str) -> bytes:
    """A phrase's pattern with its words folded as the texts are, its syntax kept."""
    return re.sub(r"\w+", lambda word: fold(word[0]).decode("cp1251"), phrase).encode("cp1251")


_WORD = re.compile(rb"[a-z\xe0-\xff]+")
_PHRASES = [_folded(phrase) for phrase in _FORWARDING]
_ANY = b"(?:" + b"|".join(_PHRASES) + b")"
_TAIL = re.compile(b" " + _ANY + b"(?: " + _ANY + b")*$")
_TAIL_REACH = 80
"""Bytes at the end in which phrases are looked for: a search that ends in ``$`` tries every start."""
_SAID = frozenset(_WORD.findall(_ANY))
"""The words of the phrases: a text that begins and ends with others has none of them there."""
_DIGITS = b"0123456789"


@cache
def _begun(word: bytes) -> re.Pattern[bytes]:
    """The phrases that can begin with a word of theirs."""
    return re.compile(b"(?:" + b"|".join(phrase for phrase in _PHRASES if word in _WORD.findall(phrase)) + b")(?: |$)")


def normal_form(text: str) -> bytes:
    """The words of a post, folded (see fold), single spaces between; empty if there are none."""
    text = unmarked(text[:LONGEST])
    if "/" in text or "www" in text:
        text = _LINK.sub(" ", text)
    if "[" in text:
        text = _VK_MENTION.sub(" ", text)
    if "@" in text or "#" in text or "*" in text:
        text = _TAG.sub(" ", text)
    words = fold(text)
    numbered = len(words.translate(None, _DIGITS)) < len(words)
    if numbered and _SPLIT_NUMBER.search(text) is not None:
        words = fold(_SPLIT_NUMBER.sub(r"\1", text))
    while (first := words.partition(b" ")[0]) in _SAID and (head := _begun(first).match(words)) is not None:
        words = words[head.end() :]
    if words[words.rfind(b" ") + 1 :] in _SAID and (tail := _TAIL.search(words, max(0, len(words) - _TAIL_REACH))) is not None:
        words = words[: tail.start()]
    if numbered and _GLUED.search(words) is not None:
        words = b" ".join(_NUMBER_WORD.sub(_apart, words).split())
    return words

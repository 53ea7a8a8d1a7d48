"""``nabat classify FILE.jsonl``: kind, theme, place, body and urgency of every text of a plain file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson

from detectors.answers.asked import asked
from detectors.classifier import RuleClassifier
from detectors.model.model import Model, load_file
from monitor.cli.explained import explained
from monitor.cli.texts import Texts
from monitor.model.errors import ConfigError
from monitor.model.post import Post
from monitor.model.verdict import Verdict
from monitor.profile.load import load_profile

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "classify",
        help="определить вид, тему, место и исполнителя сообщений в файле",
        description="Пишет в stdout по строке на сообщение: обращение ли это, вид, группа, тема, территория, исполнитель, срочность.",
    )
    parser.add_argument("file", metavar="FILE.jsonl", help='по строке на сообщение: {"id", "text"}; - = stdin')
    parser.add_argument("--region", metavar="R", help="профиль региона: имя или папка; без него место и исполнитель не определяются")
    parser.add_argument("--model", metavar="M", type=Path, help="модель, обученная на данных региона (nabat train)")
    parser.add_argument(
        "--replies",
        action="store_true",
        help='в файле официальные ответы: {"id", "quality", "asks"}: качество ответа и что в нём просят уточнить',
    )
    parser.add_argument("--explain", action="store_true", help="вместо JSON написать словами, что решено и почему")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Exit status: 0, 1 if a line could not be read. ConfigError, OSError if the model, the profile or the file could not."""
    model = _model(args.model) if args.model else None
    profile = load_profile(args.region) if args.region else None
    classifier = RuleClassifier(profile, model=model)

    def line(key: str, text: str, verdict: Verdict, territory: str) -> bytes:
        if args.explain:
            why, form = classifier.why(text, verdict.urgency), classifier.by_form(text, verdict.place.territory)
            return explained(key, text, verdict, territory, profile, why, form).encode()
        return orjson.dumps(_row(key, verdict, territory), option=orjson.OPT_APPEND_NEWLINE)

    judge = partial(_answers, classifier) if args.replies else partial(_verdicts, classifier, line=line)
    if args.file == "-":
        return judge(sys.stdin.buffer, "-")
    with open(args.file, "rb") as lines:
        return judge(lines, args.file)


def _model(path: Path) -> Model:
    try:
        return load_file(path)
    except ValueError:
        raise ConfigError([f"{path}: это не модель или модель другой версии; сделайте её заново: nabat train"]) from None


def _answers(classifier: RuleClassifier, lines: BinaryIO, name: str) -> int:
    out = sys.stdout.buffer
    texts = Texts(lines, name)
    for key, text in texts:
        (quality,) = classifier.judge([Post(key, text, official=True)])
        row = {"id": orjson.Fragment(key), "quality": quality, "asks": asked(text) if quality != "redirect" else []}
        out.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    out.flush()
    return texts.status


def _verdicts(classifier: RuleClassifier, lines: BinaryIO, name: str, line: Callable[[str, str, Verdict, str], bytes]) -> int:
    out = sys.stdout.buffer
    texts = Texts(lines, name)
    for key, text in texts:
        (verdict,) = classifier.classify([Post(key, text)], "")
        # Chatter has no place in the stream, where most posts are chatter; who asks about a file wants to know it.
        territory = verdict.place.territory if verdict.appeal else classifier.territory(text)
        out.write(line(key, text, verdict, territory))
    out.flush()
    return texts.status


def _row(key: str, verdict: Verdict, territory: str) -> dict[str, Any]:
    return {
        "id": orjson.Fragment(key),
        "appeal": verdict.appeal,
        "kind": verdict.kind,
        "score": verdict.score / 1000,
        "group": verdict.group,
        "theme": verdict.theme,
        "themes": [{"theme": theme, "score": score / 1000} for theme, score in verdict.themes],
        "territory": territory,
        "body": verdict.body,
        "bodies": [{"body": body, "score": score / 1000} for body, score in verdict.bodies],
        "urgency": int(verdict.urgency),
    }

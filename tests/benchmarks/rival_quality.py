"""How well the script of ``nabat bench hot-path`` finds appeals and their groups, with words and with letters as features.

It is taught our own corpus, as the shipped model is, and judged by the same scorer on the same texts as ``nabat classify``:

    python -m tests.benchmarks.rival_quality DATA

DATA is a folder with ``data`` (labelled appeals, comments) and ``tools`` (their scorers).
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from detectors.model.build import corpus
from monitor.bench.rival import CHATTER, GRAMS, Rival
from monitor.model.codec import encode
from monitor.model.post import Page, Post

_TAG = re.compile(r"<[^>]+>")


def judged(rival: Rival, texts: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Rows as the scorer reads them, of (id, text)."""
    posts = [Post(id=id, text=_TAG.sub(" ", text)) for id, text in texts]
    run = rival.begin("appeals")
    run.take([encode(Page(source="s", region="r", network="vk", fetched_at=1, posts=posts))])
    return [{"id": row["id"], "appeal": row["appeal"], "group": row["label"] if row["appeal"] else ""} for row in run.figures.rows]


def main(data: Path) -> None:
    training = [(one.text, one.group or CHATTER) for one in corpus()]
    appeals = data / "data/appeals/kursk_train.jsonl"
    files = {"appeals": appeals, "comments": data / "data/background/comments.jsonl", "perm": data / "data/appeals/perm_texts.jsonl"}
    for grams in GRAMS:
        rival = Rival(training, grams)
        with tempfile.TemporaryDirectory() as work:
            found = {name: Path(work, f"{name}.jsonl") for name in files}
            for name, path in files.items():
                given = map(json.loads, path.read_text().splitlines())
                rows = judged(rival, ((str(row.get("id", at)), row["text"]) for at, row in enumerate(given)))
                found[name].write_text("".join(json.dumps(row) + "\n" for row in rows))
            groups = data / "data/appeals/kursk_groups.json"
            score = [sys.executable, data / "tools/score_classify.py", appeals, found["appeals"]]
            print(f"the script, {grams}:", flush=True)
            subprocess.run([*map(str, score), "--groups", str(groups), "--background", str(found["comments"])], check=True)
            perm = [json.loads(line)["appeal"] for line in found["perm"].read_text().splitlines()]
            print(f"perm_texts: appeal recall {sum(perm) / len(perm):.3f} of {len(perm)}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

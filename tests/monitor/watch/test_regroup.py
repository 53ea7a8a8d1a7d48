"""People split, join and take apart, and the machine does not undo it."""

from __future__ import annotations

import orjson

from monitor.model.incident import Appeal, Reply
from monitor.model.rows import AppealRow, IncidentEventRow, IncidentRow, ReplyRow
from monitor.model.verdict import Place, Verdict
from monitor.model.watch import Action, ActionKind, Findings, Version, WatchRecord
from monitor.watch.stage import Watch
from sources.simulated.world import World
from tests.crash.region import EPOCH, MINUTE, REGION, START, use, watch
from tests.crash.stages import watch_record

TEXTS = (
    "Третий день без тепла, дети в куртках",
    "Холодно в квартире, батареи ледяные",
    "Когда дадут отопление? Замерзаем всем подъездом",
    "В спальне тринадцать градусов, обогреватель не спасает",
)


class Desk:
    """Watch with appeals of one street, and the rows as they stand."""

    def __init__(self, world: World) -> None:
        self.stage: Watch = watch(world)
        self.world = world
        self.appeals: dict[str, AppealRow] = {}
        self.incidents: dict[str, IncidentRow] = {}
        self.replies: dict[str, ReplyRow] = {}
        self.told: list[str] = []
        self._offset = 0
        self._pages = 0
        self.take(use())

    def take(self, record: WatchRecord) -> None:
        for row in self.stage.process([watch_record(self._offset, record)]).rows:
            if isinstance(row, AppealRow):
                self.appeals[row.id] = row
            elif isinstance(row, IncidentRow):
                self.incidents[row.id] = row
            elif isinstance(row, ReplyRow):
                self.replies[row.id] = row
            elif isinstance(row, IncidentEventRow) and row.kind == "action":
                self.told.append(str(orjson.loads(row.detail)["conflict"]))
        self._offset += 1

    def find(self, appeals: list[Appeal], replies: list[Reply], versions: list[Version]) -> None:
        self._pages += 1
        at = START + self._pages * MINUTE
        self.take(Findings((EPOCH, 0, self._pages), REGION, "s", at, at, 1, appeals=appeals, replies=replies, versions=versions))

    def appeal(self, name: str, house: str, street: str = "мира") -> Appeal:
        verdict = Verdict("complaint", 900, "housing", "housing.heating", place=Place("grad-1", "", street, house), body="b")
        text = f"{TEXTS[int(name[1:]) % len(TEXTS)]}, {street} {house}"
        return Appeal(name, text, START + self._pages * MINUTE, START, "s", "sim", verdict, author=name)

    def write(self, name: str, house: str, street: str = "мира") -> str:
        self.find([self.appeal(name, house, street)], [], [])
        return self.appeals[name].incident

    def act(self, kind: ActionKind, subject: str, into: str = "", based_on: str = "") -> str:
        version = based_on or str(self.appeals[subject].version if subject in self.appeals else 1)
        self.take(Action(f"a{self._offset}", kind, REGION, subject, version, "operator", START, into=into))
        return self.told[-1]

    def restart(self) -> None:
        state = self.stage.dump(REGION)
        self.stage = watch(self.world)
        self.stage.load(REGION, state, 0)


def test_an_appeal_that_was_split_off_stays_apart(region: World) -> None:
    desk = Desk(region)
    first = desk.write("p1", "5")
    assert desk.write("p2", "5") == first
    desk.find([], [Reply("r", "p2", "Приняли", START, "s", "formal")], [])
    assert desk.act("split", "p2") == ""
    own = desk.appeals["p2"].incident
    assert own != first
    assert (desk.incidents[own].members, desk.incidents[first].members) == (1, 1)
    assert (desk.replies["r"].incident, desk.incidents[own].last_reply, desk.incidents[first].last_reply) == (own, "formal", "")
    assert desk.incidents[own].deadline > 0
    desk.restart()
    desk.find([], [], [Version("p2", 2, "edited", desk.appeal("p2", "5"))])
    assert desk.appeals["p2"].incident == own
    assert desk.write("p3", "5") == first
    assert desk.act("split", "p2") == "alone"


def test_what_was_joined_stays_joined(region: World) -> None:
    desk = Desk(region)
    first, second = desk.write("p1", "5"), desk.write("p2", "9", "садовая")
    assert first != second
    assert desk.act("join", second, first) == ""
    assert {row.incident for row in desk.appeals.values()} == {first}
    assert (desk.incidents[first].members, desk.incidents[first].authors) == (2, 2)
    assert (desk.incidents[second].status, desk.incidents[second].members) == ("void", 0)
    desk.restart()
    assert desk.write("p3", "9", "садовая") == first
    assert desk.write("p4", "5") == first
    assert desk.act("join", second, first) == "gone"
    assert desk.act("join", first, first) == "same"
    assert desk.act("join", first, "nothing") == "gone"


def test_a_house_that_was_taken_out_of_a_cause_stays_out(region: World) -> None:
    desk = Desk(region)
    names = [desk.write(f"p{house}", house) for house in "123"]
    assert {desk.incidents[name].parent for name in names} == {names[0]}
    assert desk.incidents[names[0]].cause == "одна авария: 3 адреса без тепла за 1 час"
    assert desk.act("apart", names[2]) == ""
    assert desk.incidents[names[2]].parent == ""
    assert desk.incidents[names[0]].cause == "одна авария: 2 адреса без тепла за 1 час"
    desk.restart()
    desk.write("p9", "3")
    assert desk.incidents[names[2]].parent == ""
    assert desk.act("apart", names[2]) == "alone"


def test_a_split_of_what_has_changed_is_a_conflict(region: World) -> None:
    desk = Desk(region)
    desk.write("p1", "5")
    desk.write("p2", "5")
    assert desk.act("split", "p2", based_on="7") == "changed"
    assert desk.act("split", "nobody", based_on="7") == "unknown"

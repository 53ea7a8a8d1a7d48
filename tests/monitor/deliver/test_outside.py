"""What systems outside are told: that somebody on duty did something, never who."""

from __future__ import annotations

import json

import pytest

from monitor.deliver.outside import SOMEBODY, outside
from monitor.outgoing import write
from monitor.outgoing.read import read
from tests.monitor.deliver.alerts import alert


@pytest.mark.parametrize("note", ["Закрыл anna.k: учения", "Инцидент закрыл anna.k: тепло дали", "Плановые работы: до 18:00."])
def test_no_login_goes_outside(note: str) -> None:
    people = dict.fromkeys(SOMEBODY, "anna.k")
    event = write.alert(alert(1, note=note, **people), write.moment(1)).value
    told = outside(event.decode())
    assert b"anna" in event
    assert b"anna" not in told
    before, after = json.loads(event), json.loads(told)
    changed = {name: after["data"][name] for name in after["data"] if after["data"][name] != before["data"][name]}
    assert changed == SOMEBODY | ({"note": note.replace("anna.k", "оператор")} if "anna" in note else {})
    assert {name: before[name] for name in before if name != "data"} == {name: after[name] for name in after if name != "data"}
    assert read("alerts", told).data == read("alerts", outside(event.decode())).data


def test_what_nobody_did_stays_empty_and_what_is_no_event_stays_as_it_is() -> None:
    event = write.alert(alert(1), write.moment(1)).value
    assert outside(event.decode()) == event
    assert outside("{}") == b"{}"

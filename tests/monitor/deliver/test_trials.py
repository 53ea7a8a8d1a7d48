"""A test message and a message sent once more: both stand in the journal and go the way of all others."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from monitor.cli.main import main
from tests.fakes.delivery.receivers import Receivers
from tests.monitor.deliver.alerts import alert
from tests.monitor.deliver.test_restarts import House, house

__all__ = ["house"]


async def test_a_destination_is_tried_and_a_message_comes_once_more(house: House) -> None:
    async with house.running() as runner:
        assert {one["name"]: one["failing"] for one in runner.trials.destinations()} == {
            "desk": False,
            "deputy": False,
            "head": False,
        }
        assert await runner.trials.test("samara", "nobody") == ""
        assert await runner.trials.test("samara", "head")
        assert await house.arrived(1) == [("head", "Проверка связи: Самарская область")]
        await house.tell(alert(1))
        await house.arrived(2)
        # It is in the journal as sent a moment after it has arrived.
        told = "SELECT id FROM current_deliveries WHERE attempt = 0 AND kind = 'alert' AND status = 'sent'"
        async with asyncio.timeout(60):
            while not (rows := await house.reader.query(told)):  # noqa: ASYNC110 (the store tells nobody)
                await asyncio.sleep(0.02)
        assert await runner.trials.resend("samara", "msg_none") == ""
        assert await runner.trials.resend("kursk", rows[0]["id"]) == ""
        again = await runner.trials.resend("samara", rows[0]["id"])
        assert again not in ("", rows[0]["id"])
        await house.arrived(3)
    assert house.got[2] == ("desk", f"Повтор. {house.got[1][1]}")
    # A restart knows that all of it was sent.
    async with house.running():
        await house.tell(alert(2))
        await house.arrived(4)
    assert len(house.got) == 4


@pytest.mark.parametrize(("fault", "code", "said"), [([], 0, "chat: доставлено"), (["500"], 1, "chat: не доставлено")])
def test_the_command(fault: list[str], code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import threading
    from collections import deque

    receivers, stop = Receivers(lambda: 0), asyncio.Event()
    started, loop = threading.Event(), asyncio.new_event_loop()
    receivers.faults["/bot123:abc/sendMessage"] = deque(fault)  # type: ignore[arg-type]

    async def serve() -> None:
        async with receivers.running():
            started.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    started.wait(10)
    try:
        (tmp_path / "to.toml").write_text('[[destination]]\nname = "chat"\nchannel = "telegram"\naddress = "1"\ntoken = "123:abc"\n')
        (tmp_path / "nabat.toml").write_text(
            f'[networks]\nallow_private = "127.0.0.0/8"\n[telegram]\napi = "{receivers.url}"\n'
            '[deliver]\ndestinations_file = "to.toml"\n'
        )
        config = ["--config", str(tmp_path / "nabat.toml")]
        assert main(["destinations", "test", "chat", *config]) == code
        assert said in capsys.readouterr().out
        assert main(["destinations", "list", *config]) == 0
        assert "chat\ttelegram" in capsys.readouterr().out
        assert main(["destinations", "test", "cat", *config]) == 2
        assert "chat" in capsys.readouterr().err
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
    assert len(receivers.got) == 1 - len(fault)

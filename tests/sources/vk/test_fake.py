"""The fake is faithful: every answer keeps to VK's schema, and limits and kinds of tokens are what VK documents.

The published schema is not part of the project; NABAT_VK_SCHEMA names its folder. Without it the small one of the fake is used.
"""

from __future__ import annotations

from typing import Any

import aiohttp
import orjson
import pytest
from jsonschema import ValidationError

from monitor.model.post import Attachment
from sources.standins.held import Shelf
from sources.standins.vk.server import FakeToken, FakeVk
from sources.standins.vk.world import Wall, Walls
from tests.fakes.vk import schema
from tests.sources.vk.town import MINUTE, NOON, OWNER, Town, photo, town


def furnish(here: Town) -> None:
    """One of everything that the fake can say."""
    wall = here.world.wall(OWNER)
    assert wall is not None
    first = here.post("Нет воды", place="ул. Ленина, 5", likes=3)
    wall.extra[first] = {"signer_id": 77, "marked_as_ads": 1}
    wall.pinned = here.post("Правила")
    here.post("Смотрите", repost_of="-7_8", official=True)
    poll = Attachment("poll", "-101_5", "", "Кто за?: да / нет")
    link = Attachment("link", "", "https://example.org/", "Новость")
    here.post("Голосуем", attachments=[poll, link, photo(1), Attachment("video", "-101_2"), Attachment("doc", "-101_3")])
    edited = here.post("Опечатка")
    here.now += MINUTE
    here.edit(edited, "Без опечатки")
    top = here.comment(first, "Комментарий", attachments=[photo(2)])
    for place in range(12):
        here.comment(first, f"Ответ {place}", answers=top)
    stub = here.comment(first, "Удалят")
    here.comment(first, "Ответ", answers=stub)
    here.delete(stub)
    here.shelf.open("-303", "Закрытая")
    here.world.add(Wall(-303, "closed", "closed"))


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("wall.get", {"owner_id": OWNER, "count": 100}),
        ("wall.getById", {"posts": f"{OWNER}_1,{OWNER}_2,{OWNER}_999"}),
        ("wall.getComments", {"owner_id": OWNER, "post_id": 1, "count": 100, "thread_items_count": 10, "need_likes": 1}),
        ("wall.getComments", {"owner_id": OWNER, "post_id": 1, "comment_id": 6, "count": 100}),
        ("newsfeed.search", {"q": "воды", "count": 1}),
        ("newsfeed.search", {"q": "о", "count": 1}),
        ("groups.getById", {"group_ids": "101,closed", "fields": "members_count"}),
    ],
)
async def test_answers_keep_to_the_schema(method: str, params: dict[str, Any]) -> None:
    async with town() as here:
        furnish(here)
        answer = await ask(here, method, params)
        assert "error" not in answer
        schema.hold(method, answer)


async def test_errors_keep_to_the_schema() -> None:
    async with town() as here:
        furnish(here)
        here.server.tokens["c1"] = FakeToken("service", 14)
        asked = [
            ("wall.get", {"owner_id": -303}, "s1", 15),
            ("wall.get", {"owner_id": -9}, "s1", 100),
            ("wall.get", {"owner_id": OWNER}, "c1", 14),
            ("wall.get", {"owner_id": OWNER}, "stolen", 5),
            ("wall.post", {"owner_id": OWNER}, "s1", 3),
        ]
        for method, params, token, code in asked:
            answer = await ask(here, method, params, token)
            assert answer["error"]["error_code"] == code
            schema.hold(method, answer)


async def test_all_that_the_adapter_is_told_keeps_to_the_schema() -> None:
    async with town() as here:
        furnish(here)
        await here.read()
        await here.read(here.source("search:воды", "feed"))
        assert {method for method, _ in here.server.answers} == {"wall.get", "wall.getComments", "newsfeed.search"}
        for method, answer in here.server.answers:
            schema.hold(method, answer)


def test_the_schemas_can_fail() -> None:
    answer = {"response": {"count": 1, "items": [{"id": "1"}]}}
    for validator in schema.validators("wall.get"):
        assert list(validator.iter_errors(answer))
    with pytest.raises(ValidationError):
        schema.hold("execute", {"response": [False, answer["response"]]})


@pytest.mark.parametrize(
    ("kind", "method", "code"),
    [
        ("community", "wall.get", 27),
        ("community", "wall.getComments", 27),
        ("community", "newsfeed.search", 27),
        ("service", "execute", 28),
        ("service", "wall.get", 0),
        ("user", "execute", 0),
    ],
)
async def test_not_every_token_may_call_everything(kind: Any, method: str, code: int) -> None:
    async with town() as here:
        here.server.tokens["t"] = FakeToken(kind)
        answer = await ask(here, method, {"owner_id": OWNER, "code": f'return [API.wall.get({{"owner_id":{OWNER}}})];'}, "t")
        assert answer.get("error", {}).get("error_code", 0) == code


async def test_rates_and_quotas_are_kept_by_the_fake_itself() -> None:
    shelf = Shelf()
    shelf.open(str(OWNER))
    time = [100.0]
    fake = FakeVk(
        Walls(shelf, lambda: NOON, [Wall(OWNER)]), {"s1": FakeToken("service")}, clock=lambda: time[0], quotas={"wall.get": 5}
    )
    codes = []
    async with fake.running() as url, aiohttp.ClientSession() as session:
        for step in (0.0, 0.4, 0.4, 0.1, 0.2, 1.0, 1.0, 1.0, 86_400.0):
            time[0] += step
            params = {"owner_id": str(OWNER), "v": "5.199", "access_token": "s1"}
            async with session.post(f"{url}/wall.get", data=params) as answer:
                codes.append(orjson.loads(await answer.read()).get("error", {}).get("error_code", 0))
    assert codes == [0, 0, 0, 6, 6, 0, 0, 29, 0]
    assert fake.exceeded == {"rate": 2, "wall.get": 1}
    assert fake.counts.most("s1", 1.0) == 4


async def test_calls_inside_of_execute_are_counted_one_by_one() -> None:
    async with town(quotas={"wall.get": 2}) as here:
        call = f'API.wall.get({{"owner_id":{OWNER}}})'
        answer = await ask(here, "execute", {"code": f"return [{','.join([call] * 3)}];"}, "u1")
        assert [bool(part) for part in answer["response"]] == [True, True, False]
        assert [error["error_code"] for error in answer["execute_errors"]] == [29, 29]
        assert [error["method"] for error in answer["execute_errors"]] == ["wall.get", "execute"]
        for code, number in (
            (f"return [{','.join([call] * 26)}];", 13),
            ("return API.wall.get();", 12),
            ("return [API.wall.get(x)];", 12),
        ):
            assert (await ask(here, "execute", {"code": code}, "u1"))["error"]["error_code"] == number


async def test_comments_are_previews_unless_asked_for_whole() -> None:
    async with town() as here:
        number = here.post("Нет воды")
        here.comment(number, "о" * 200)
        params = {"owner_id": OWNER, "post_id": number}
        assert len((await ask(here, "wall.getComments", params))["response"]["items"][0]["text"]) == 90
        whole = await ask(here, "wall.getComments", {**params, "preview_length": 0})
        assert len(whole["response"]["items"][0]["text"]) == 200


async def ask(here: Town, method: str, params: dict[str, Any], token: str = "s1") -> Any:
    form = {"v": "5.199", **{name: str(value) for name, value in params.items()}}
    answer = await here.http.post(f"{here.settings.api}/{method}", form=form, headers={"Authorization": f"Bearer {token}"})
    return orjson.loads(answer.body)

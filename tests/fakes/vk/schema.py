"""Schemas that answers of the fake are held to: a small one for what Nabat reads, and VK's own where its folder is at hand.

VK's (https://github.com/VKCOM/vk-api-schema, JSON, one folder a section) writes ``"required": true`` beside a property, as draft 3
had it, and everything else as draft 7: ``required`` is turned into draft 7's lists here.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

_BASE = "http://schema.invalid/"
_INTEGER: dict[str, Any] = {"type": "integer"}
_TEXT: dict[str, Any] = {"type": "string"}
_FLAG: dict[str, Any] = {"enum": [0, 1]}
_COUNT: dict[str, Any] = {"type": "object", "required": ["count"], "properties": {"count": {"type": "integer", "minimum": 0}}}
_THING = {"type": "object", "required": ["id", "owner_id"], "properties": {"id": _INTEGER, "owner_id": _INTEGER}}
_ATTACHED = {
    "type": "object",
    "required": ["type"],
    "properties": {
        "type": _TEXT,
        "photo": _THING,
        "video": _THING,
        "doc": _THING,
        "poll": {**_THING, "required": ["id", "owner_id", "question", "answers"]},
        "link": {"type": "object", "required": ["url"], "properties": {"url": _TEXT, "title": _TEXT}},
    },
}
_POST: dict[str, Any] = {
    "type": "object",
    "required": ["id", "owner_id", "from_id", "date", "text", "post_type", "comments"],
    "properties": {
        "id": {"type": "integer", "minimum": 1},
        "owner_id": _INTEGER,
        "from_id": _INTEGER,
        "signer_id": _INTEGER,
        "date": {"type": "integer", "minimum": 1},
        "edited": {"type": "integer", "minimum": 1},
        "text": _TEXT,
        "post_type": _TEXT,
        "is_pinned": _FLAG,
        "marked_as_ads": _FLAG,
        "copy_history": {"type": "array", "items": {"type": "object", "required": ["id", "owner_id", "text"]}},
        "attachments": {"type": "array", "items": _ATTACHED},
        "comments": _COUNT,
        "likes": _COUNT,
        "reposts": _COUNT,
        "views": _COUNT,
    },
}
_COMMENT: dict[str, Any] = {
    "type": "object",
    "required": ["id", "from_id", "date", "text"],
    "properties": {
        "id": {"type": "integer", "minimum": 1},
        "from_id": _INTEGER,
        "date": {"type": "integer", "minimum": 1},
        "text": _TEXT,
        "deleted": {"type": "boolean"},
        "parents_stack": {"type": "array", "items": _INTEGER},
        "reply_to_comment": _INTEGER,
        "attachments": {"type": "array", "items": _ATTACHED},
        "thread": {
            "type": "object",
            "required": ["count", "items"],
            "properties": {"count": _INTEGER, "items": {"type": "array", "maxItems": 10, "items": {"$ref": "#/definitions/comment"}}},
        },
    },
}
_GROUP = {"type": "object", "required": ["id", "name", "screen_name", "is_closed"], "properties": {"id": {"minimum": 1}}}


def _items(item: dict[str, Any], most: int, *required: str) -> dict[str, Any]:
    items = {"type": "array", "maxItems": most, "items": item}
    return {
        "type": "object",
        "required": ["response"],
        "definitions": {"comment": _COMMENT},
        "properties": {
            "response": {
                "type": "object",
                "required": ["items", *required],
                "properties": {"items": items, "count": _INTEGER, "next_from": _TEXT},
            }
        },
    }


SMALL: dict[str, dict[str, Any]] = {
    "wall.get": _items(_POST, 100, "count"),
    "wall.getById": _items(_POST, 100),
    "wall.getComments": _items(_COMMENT, 100, "count", "current_level_count"),
    "newsfeed.search": _items(_POST, 200, "count"),
    "groups.getById": {
        "required": ["response"],
        "properties": {"response": {"required": ["groups"], "properties": {"groups": {"items": _GROUP}}}},
    },
    "error": {
        "required": ["error"],
        "properties": {
            "error": {
                "required": ["error_code", "error_msg"],
                "properties": {
                    "error_code": _INTEGER,
                    "error_msg": _TEXT,
                    "request_params": {"items": {"required": ["key", "value"], "properties": {"key": _TEXT, "value": _TEXT}}},
                },
            }
        },
    },
}
_RESPONSES = {
    "wall.get": "wall/responses.json#/definitions/wall_get_response",
    "wall.getById": "wall/responses.json#/definitions/wall_getById_response",
    "wall.getComments": "wall/responses.json#/definitions/wall_getComments_response",
    "newsfeed.search": "newsfeed/responses.json#/definitions/newsfeed_search_response",
    "groups.getById": "groups/responses.json#/definitions/groups_getById_object_response",
}


FOLDER: Final = os.environ.get("NABAT_VK_SCHEMA")
"""Where VK's own schema is, which is no part of the project."""


@cache
def small(method: str) -> Draft7Validator:
    return Draft7Validator(SMALL[method])


def validators(method: str) -> list[Draft7Validator]:
    """All that an answer of the method is held to."""
    return [small(method), *([published(Path(FOLDER), method)] if FOLDER else [])]


def hold(method: str, answer: Any) -> None:
    """Raises ValidationError for an answer, as it was sent, that VK would not give; of execute all parts are looked at."""
    if "error" not in answer and method == "execute":
        for part in answer["response"]:
            if part:
                hold("wall.get", {"response": part})
        return
    for validator in validators("error" if "error" in answer else method):
        validator.validate(answer)


@cache
def published(folder: Path, method: str) -> Draft7Validator:
    """VK's schema of a method's answer (``error``: of an error's body)."""
    if method == "error":
        target = {"properties": {"error": {"$ref": f"{_BASE}base/objects.json#/definitions/base_error"}}}
        return Draft7Validator(target, registry=_registry(folder))
    return Draft7Validator({"$ref": f"{_BASE}{_RESPONSES[method]}"}, registry=_registry(folder))


def event(folder: Path, name: str) -> Draft7Validator:
    """VK's schema of the object of a Callback event, such as ``callback_wall_reply_new``."""
    return Draft7Validator({"$ref": f"{_BASE}callback/objects.json#/definitions/{name}"}, registry=_registry(folder))


@cache
def _registry(folder: Path) -> Registry[Any]:
    resources = []
    for path in sorted(folder.rglob("*.json")):
        content = _draft7(json.loads(path.read_bytes()))
        content.pop("$schema", None)
        name = f"{_BASE}{path.relative_to(folder).as_posix()}"
        resources.append((name, DRAFT7.create_resource(content)))
    return Registry().with_resources(resources)


def _draft7(node: Any) -> Any:
    if isinstance(node, list):
        return [_draft7(one) for one in node]
    if not isinstance(node, dict):
        return node
    # ``additionalProperties`` would forbid what VK adds to the same object by ``allOf``.
    dropped = ("required", "additionalProperties")
    made = {key: _draft7(value) for key, value in node.items() if not (key in dropped and isinstance(value, bool))}
    properties = node.get("properties")
    if isinstance(properties, dict):
        # ``inner_type`` is told apart by VK's clients alone: its servers do not send it in every version.
        required = [
            name
            for name, value in properties.items()
            if isinstance(value, dict) and value.get("required") is True and name != "inner_type"
        ]
        if required:
            made["required"] = required
    return made

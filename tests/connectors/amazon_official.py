"""A judge of exchanges: Amazon's own API models (Swagger 2.0), read from files that are not part of this project."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft4Validator

from ponte.domain.message import Answer, Request, Response

MODELS = (
    "listingsItems_2021-08-01.json",
    "definitionsProductTypes_2020-09-01.json",
    "listingsRestrictions_2021-08-01.json",
)


class Judge:
    """Looks at each exchange and keeps what the models forbid. What no model knows is `outside`."""

    def __init__(self, folder: Path) -> None:
        self._operations = [row for name in MODELS for row in _operations(json.loads((folder / name).read_text()))]
        self.violations: list[str] = []
        self.judged: list[tuple[str, int]] = []
        self.outside: list[str] = []

    def look(self, request: Request, answer: Answer) -> None:
        path = urlsplit(request.path).path
        known = [row for row in self._operations if row[0] == request.method and row[1].fullmatch(path)]
        if not known or not isinstance(answer, Response):
            self.outside.append(f"{request.method} {path}")
            return
        _, _, operation, definitions = known[0]
        self.judged.append((operation["operationId"], answer.status))
        found = [*_of_request(request, operation, definitions), *_of_answer(answer, operation, definitions)]
        self.violations += [f"{operation['operationId']} {answer.status}: {one}" for one in found]


def _operations(model: dict[str, Any]):
    for path, methods in model["paths"].items():
        pattern = re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))
        for method, operation in methods.items():
            if method != "parameters":
                yield method.upper(), pattern, operation, model["definitions"]


def _errors(value: Any, schema: dict[str, Any], definitions: dict[str, Any]):
    validator = Draft4Validator({**schema, "definitions": definitions})
    yield from (f"{list(one.absolute_path)}: {one.message[:200]}" for one in validator.iter_errors(value))


def _of_request(request: Request, operation: dict[str, Any], definitions: dict[str, Any]):
    told, known = dict(request.query), {one["name"]: one for one in operation["parameters"]}
    yield from (f"{name} is no parameter" for name in told if known.get(name, {}).get("in") != "query")
    for name, one in known.items():
        if one["in"] == "body":
            yield from _errors(request.json, one["schema"], definitions)
        elif one["in"] == "query" and name in told:
            yield from _of_parameter(name, told[name], one)
        elif one["in"] == "query" and one.get("required"):
            yield f"{name} is missing"


def _of_parameter(name: str, value: str, one: dict[str, Any]):
    values = value.split(",") if one["type"] == "array" else [value]
    allowed = one.get("items", one).get("enum")
    if allowed and set(values) - set(allowed):
        yield f"{name}: {value} is not in {allowed}"
    if len(values) > one.get("maxItems", len(values)):
        yield f"{name}: more than {one['maxItems']} values"


def _of_answer(answer: Response, operation: dict[str, Any], definitions: dict[str, Any]):
    told = operation["responses"].get(str(answer.status))
    if told is None:
        yield "no such status in the model"
        return
    yield from _errors(answer.json(), told["schema"], definitions)
    yield from (f"no header {name}" for name in told.get("headers", {}) if name.lower() not in answer.headers)
    if "x-amzn-ratelimit-limit" in answer.headers and "x-amzn-RateLimit-Limit" not in told.get("headers", {}):
        yield "a rate header where the model has none"

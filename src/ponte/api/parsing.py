"""How bodies are read: strict JSON only."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from ninja.parser import Parser
from ninja.types import DictStrAny

from ponte.api.refusals import RefusedError
from ponte.domain.message import UNREADABLE, parse_json


class StrictParser(Parser):
    """UTF-8, no NaN, no endless depth; whatever else comes is refused as unreadable."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        parsed = parse_json(request.body)
        if parsed is UNREADABLE:
            raise RefusedError("bad-json")
        return cast("DictStrAny", parsed)

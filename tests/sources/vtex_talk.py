"""Feeds answers to a conversation, one after the other, and keeps what it asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ponte.domain.message import Answer, Conversation, Request, Response


def answer(body: Any = None, status: int = 200, **headers: str) -> Response:
    """An answer with a JSON body; bytes are sent as they are, header names take _ for -."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status, {name.replace("_", "-"): value for name, value in headers.items()}, sent)


def talk(conversation: Conversation[Any], *answers: Answer) -> tuple[Any, list[Request]]:
    """The result and the requests; fails when the conversation wants more answers or leaves some."""
    left = list(answers)
    result, asked = talk_to(conversation, lambda _request: left.pop(0))
    assert not left, "answers nobody asked for"
    return result, asked


def talk_to(conversation: Conversation[Any], respond: Callable[[Request], Answer]) -> tuple[Any, list[Request]]:
    """The result and the requests of a conversation with a function for the other side."""
    asked: list[Request] = []
    try:
        request = next(conversation)
        while True:
            asked.append(request)
            request = conversation.send(respond(request))
    except StopIteration as end:
        return end.value, asked

"""Plays a conversation: a script gives the answers, the requests are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ponte.domain.message import Answer, Conversation, Request

MAX_REQUESTS = 50
Script = Callable[[int, Request], Answer]


@dataclass(frozen=True, slots=True)
class Played:
    """What was asked, and what the conversation returned."""

    requests: tuple[Request, ...]
    result: Any


def play(conversation: Conversation[Any], script: Script) -> Played:
    """Run a conversation to its end. Fails when it asks more than `MAX_REQUESTS` times or yields no request."""
    requests: list[Request] = []
    answer: Answer | None = None
    while len(requests) <= MAX_REQUESTS:
        try:
            request = next(conversation) if answer is None else conversation.send(answer)
        except StopIteration as end:
            return Played(tuple(requests), end.value)
        assert isinstance(request, Request), f"a conversation yields requests, this one yielded {type(request)}"
        requests.append(request)
        answer = script(len(requests) - 1, request)
    conversation.close()
    raise AssertionError(f"more than {MAX_REQUESTS} requests; the last was {requests[-1].endpoint}")


def always(answer: Answer) -> Script:
    return lambda _place, _request: answer


def first_then(answers: Sequence[Answer], rest: Answer) -> Script:
    """Give these answers in order, then `rest` for ever."""
    return lambda place, _request: answers[place] if place < len(answers) else rest

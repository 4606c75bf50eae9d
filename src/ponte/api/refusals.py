"""What the API answers when it does not do what was asked: RFC 9457 problem details, in the caller's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson
from django.http import HttpRequest, HttpResponse

from ponte.api.language import DEFAULT, language_of
from ponte.api.refusal_texts import TEXTS

CONTENT_TYPE = "application/problem+json"
CHALLENGE = 'Bearer realm="ponte"'


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that cannot be taken: where it is (`body.ids.0`, `query.from`) and why."""

    field: str
    reason: str


class RefusedError(Exception):
    """A request that is answered with a problem. `name` is a key of `refusal_texts.TEXTS`; `params` fill its text."""

    def __init__(
        self,
        name: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **params: object,
    ) -> None:
        super().__init__(name)
        self.name = name
        self.errors = errors
        self.headers = headers or {}
        self.params = params


def not_found() -> RefusedError:
    """Return the refusal for what does not exist, or does not for this caller: nobody can tell the two apart."""
    return RefusedError("not-found")


def bad_query(field: str, reason: str) -> RefusedError:
    return RefusedError("bad-query", errors=[FieldError(f"query.{field}", reason)])


def refusal(request: HttpRequest, refused: RefusedError) -> HttpResponse:
    """Return the answer: {type, title, status, detail, instance, errors}."""
    text = TEXTS[refused.name]
    language = language_of(request)
    title, detail = text.words.get(language) or text.words[DEFAULT]
    body = {
        "type": f"urn:ponte:problem:{refused.name}",
        "title": title,
        "status": text.status,
        "detail": detail.format_map(refused.params),
        "instance": request.path,
        "errors": [{"field": error.field, "reason": error.reason} for error in refused.errors],
    }
    response = HttpResponse(orjson.dumps(body), status=text.status, content_type=CONTENT_TYPE)
    response["Content-Language"] = language
    response["Cache-Control"] = "no-store"
    if text.status == 401:
        response["WWW-Authenticate"] = CHALLENGE
    for name, value in refused.headers.items():
        response[name] = value
    return response

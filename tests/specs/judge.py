"""The judge: openapi-core says what a document forbids of an exchange; nothing here decides what is right."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from jsonschema_path import SchemaPath
from openapi_core import V30RequestValidator, V30ResponseValidator, V31RequestValidator, V31ResponseValidator
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.responses.exceptions import ResponseNotFound
from openapi_core.validation.request.exceptions import MissingRequiredParameter, ParameterValidationError
from openapi_core.validation.response.exceptions import HeaderValidationError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from specs.documents import followed
from specs.swagger import METHODS
from specs.wire import Exchange

HOST = "http://marketplace.example"
# A file or a report is a string in OpenAPI; openapi-core keeps it as bytes, and then misses the string.
FILES = {
    "application/octet-stream": lambda content, **_: content.decode("latin-1"),
    "text/csv": lambda content, **_: content.decode("utf-8"),
}


class Kind(StrEnum):
    """What a violation is about."""

    NO_OPERATION = "no such operation"
    MISSING_PARAMETER = "missing parameter"
    PARAMETER = "parameter"
    UNKNOWN_PARAMETER = "unknown parameter"
    ASKED = "request body"
    SECURITY = "credentials"
    STATUS = "undeclared status"
    TOLD = "answer body"
    HEADER = "answer header"
    UNKNOWN_FIELD = "unknown field"


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that a document forbids. `operation` is "PUT /items/{id}"."""

    operation: str
    status: int
    kind: Kind
    words: str

    def __str__(self) -> str:
        return f"{self.operation} {self.status}: {self.kind}: {self.words}"


class _Asked:
    """A request in the shape that openapi-core takes."""

    def __init__(self, exchange: Exchange, pattern: str, named: Mapping[str, str]) -> None:
        self.host_url, self.path, self.path_pattern = HOST, exchange.path, pattern
        self.method = exchange.method.lower()
        self.body = exchange.asked or None
        self.content_type = exchange.asked_headers.get("content-type", "")
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(exchange.query),
            header=Headers(list(exchange.asked_headers.items())),
            path=dict(named),
        )


class _Told:
    """An answer in that shape."""

    def __init__(self, exchange: Exchange) -> None:
        self.status_code, self.data = exchange.status, exchange.told or None
        self.headers = Headers(list(exchange.told_headers.items()))
        self.content_type = exchange.told_headers.get("content-type", "").lower()


class Operation:
    """One operation of a document, with its own pair of validators.

    Args:
        closed: what the document does not name is a violation too, though OpenAPI lets everybody add fields.
    """

    def __init__(self, document: dict[str, Any], pattern: str, method: str, *, closed: bool) -> None:
        item = document["paths"][pattern]
        self.name = f"{method.upper()} {pattern}"
        self.method = method.upper()
        self._pattern = pattern
        self._expression = re.compile(re.sub(r"\\\{([^}]*)\\\}", "([^/]+)", re.escape(pattern)))
        self._names = re.findall(r"\{([^}]*)\}", pattern)
        operation = item[method]
        told = (*item.get("parameters", ()), *operation.get("parameters", ()))
        parameters = [followed(one, document) for one in told]
        self._query = {one["name"] for one in parameters if one["in"] == "query"}
        self.declares = frozenset(int(status) for status in operation["responses"] if status.isdigit())
        # A document of one operation: the address decides nothing that is not decided here.
        kept = {method: operation, "parameters": item.get("parameters", [])}
        own = {**document, "servers": [{"url": HOST}], "paths": {pattern: kept}}
        spec = SchemaPath.from_dict(own)
        of_3_1 = document["openapi"].startswith("3.1")
        asks, tells = (
            (V31RequestValidator, V31ResponseValidator) if of_3_1 else (V30RequestValidator, V30ResponseValidator)
        )
        self._asks = asks(spec, forbid_unspecified_additional_properties=closed, extra_media_type_deserializers=FILES)
        self._tells = tells(
            spec, forbid_unspecified_additional_properties=closed, extra_media_type_deserializers=FILES
        )

    def named(self, exchange: Exchange) -> dict[str, str] | None:
        """Return the path's parameters; None where it is another operation's."""
        found = self._expression.fullmatch(exchange.path)
        if found is None or exchange.method != self.method:
            return None
        return dict(zip(self._names, found.groups(), strict=True))

    def judged(self, exchange: Exchange, named: Mapping[str, str]) -> Iterator[Violation]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # a parameter that the document calls deprecated
            asked = _Asked(exchange, self._pattern, named)
            for name in sorted({name for name, _ in exchange.query} - self._query):
                yield self._violation(exchange, Kind.UNKNOWN_PARAMETER, name)
            for error in () if exchange.is_spoilt else self._asks.iter_errors(asked):
                yield from self._violations(exchange, error, Kind.ASKED)
            answered = self._tells.iter_errors(asked, _Told(exchange)) if exchange.status else ()
            for error in answered:
                yield from self._violations(exchange, error, Kind.TOLD)

    def _violations(self, exchange: Exchange, error: Exception, side: Kind) -> Iterator[Violation]:
        kind = _kind(error, side)
        found = getattr(error.__cause__, "schema_errors", None)
        if not found:
            cause = f" ({error.__cause__})" if error.__cause__ else ""
            yield self._violation(exchange, kind, f"{error}{cause}")
        for one in found or ():
            place = "/".join(str(step) for step in one.absolute_path)
            extra = one.message.startswith("Additional properties") and kind in {Kind.ASKED, Kind.TOLD}
            words = f"{place or '(whole)'}: {one.message[:300]}"
            yield self._violation(exchange, Kind.UNKNOWN_FIELD if extra else kind, words)

    def _violation(self, exchange: Exchange, kind: Kind, words: str) -> Violation:
        return Violation(self.name, exchange.status, kind, words)


def _kind(error: Exception, side: Kind) -> Kind:
    match error:
        case MissingRequiredParameter():
            return Kind.MISSING_PARAMETER
        case ParameterValidationError():
            return Kind.PARAMETER
        case HeaderValidationError():
            return Kind.HEADER
        case ResponseNotFound():
            return Kind.STATUS
    return Kind.SECURITY if "Security" in type(error).__name__ else side


class Judge:
    """Knows the operations of a marketplace's documents.

    Args:
        documents: OpenAPI 3, `documents.readable`.
        closed: fields that no document names are violations.
    """

    def __init__(self, documents: list[dict[str, Any]], *, closed: bool = False) -> None:
        self._rows = [
            (document, pattern, method)
            for document in documents
            for pattern, item in document["paths"].items()
            for method in item
            if method in METHODS
        ]
        self._closed = closed
        self._made: dict[int, Operation] = {}
        self._expressions = [
            (method.upper(), re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(pattern))), pattern)
            for _, pattern, method in self._rows
        ]

    def operation(self, method: str, path: str) -> Operation | None:
        """Return the operation of a request (or of a label, "/items/{id}"); None where no document has it."""
        rows = [
            (len(re.sub(r"\{[^}]*\}", "", pattern)), -place)
            for place, (verb, expression, pattern) in enumerate(self._expressions)
            if verb == method and expression.fullmatch(path)
        ]
        if not rows:
            return None
        place = -max(rows)[1]
        if place not in self._made:
            document, pattern, verb = self._rows[place]
            self._made[place] = Operation(document, pattern, verb, closed=self._closed)
        return self._made[place]

    def judged(self, exchange: Exchange) -> tuple[Violation, ...]:
        """Return what is forbidden of an exchange. One of no document is a violation by itself."""
        operation = self.operation(exchange.method, exchange.path)
        if operation is None:
            name = f"{exchange.method} {exchange.path}"
            return (Violation(name, exchange.status, Kind.NO_OPERATION, "in none of the documents"),)
        return tuple(operation.judged(exchange, operation.named(exchange) or {}))

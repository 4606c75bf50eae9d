"""The shapes of requests and answers, as the OpenAPI document shows them. Unknown fields are refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field

from ponte.db.filters import Bucket

MAX_IDS = 1_000
BIGGEST_ID = 2**63 - 1


def storable(text: str) -> str:
    """Refuse what no database keeps: NUL and half characters."""
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("has characters that cannot be stored")
    return text


Text = Annotated[str, AfterValidator(storable), Field(strict=True, max_length=200)]
RecordId = Annotated[int, Field(strict=True, ge=1, le=BIGGEST_ID)]


class Strict(Schema):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Headline(Strict):
    """The problem to read first."""

    class_: str = Field(alias="class")
    subject: str
    code: str
    title: str
    fix: str
    stage: str


class ProblemOut(Strict):
    """One reason why not. `message` is what the other side said, never translated; `fix` is `steps` as one text."""

    class_: str = Field(alias="class")
    stage: str
    subject: str
    code: str
    severity: Literal["error", "warning"]
    retry: Literal["A", "D", "F", "N"]
    http_status: int | None
    message: str
    title: str
    meaning: str
    fix: str
    steps: list[str]


class IntegrationOut(Strict):
    """One (channel, kind, SKU) with its last result."""

    id: int
    store: str
    channel: str
    connector: str
    kind: str
    sku: str
    product_id: str
    name: str
    ean: str
    status: Literal["pending", "success", "alert", "error"]
    phase: Literal["idle", "queued", "processing", "waiting"]
    headline: Headline | None
    problems: list[ProblemOut]
    attempts: int
    requested_at: datetime
    processed_at: datetime | None
    next_attempt_at: datetime | None
    removed_at: datetime | None
    actions: list[Literal["reprocess", "remove", "restore"]]


class IntegrationPage(Strict):
    items: list[IntegrationOut]
    next: str | None


class ExchangeOut(Strict):
    """One request and its answer, redacted before it was stored."""

    place: int
    side: str
    method: str
    url: str
    endpoint: str
    request_headers: dict[str, Any]
    request_body: str
    status: int | None
    response_headers: dict[str, Any]
    response_body: str
    failure: str
    started_at: datetime
    took_ms: int


class AttemptOut(Strict):
    """One try."""

    number: int
    trigger: str
    actor: str | None
    task: str
    result: str
    status: str
    http_status: int | None
    problems: list[ProblemOut]
    started_at: datetime
    ended_at: datetime | None
    offer: Any
    provenance: list[dict[str, Any]]
    exchanges: list[ExchangeOut]


class AttemptPage(Strict):
    items: list[AttemptOut]
    next: str | None


class ReprocessOut(Strict):
    """`queued`: it entered the queue now. `already`: it was being processed, and goes first."""

    result: Literal["queued", "already"]
    message: str
    integration: IntegrationOut


class FilterIn(Strict):
    """The same names as in the list's address."""

    status: Bucket | None = None
    channel: Text | None = None
    q: Text | None = None
    from_: date | None = Field(None, alias="from")
    to: date | None = None
    period: Text | None = None
    cause: Text | None = None
    code: Text | None = None
    stage: Text | None = None
    category: Text | None = None
    brand: Text | None = None
    action: Annotated[int, Field(strict=True, ge=1)] | None = None
    sku: Annotated[list[Text], Field(max_length=500)] | None = None


class ActionIn(Strict):
    """What to do with many: exactly one of `ids` and `filter`; an empty filter means every record listed.

    `trial`: so many are tried first, and the rest waits for a person when all of them fail again. `changed_only`
    leaves out what would fail again because neither VTEX nor the mapping changed since.
    """

    verb: Literal["reprocess", "remove"]
    ids: Annotated[list[RecordId], Field(min_length=1, max_length=MAX_IDS)] | None = None
    filter: FilterIn | None = None
    per_second: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | None = None
    trial: Annotated[int, Field(strict=True, ge=0, le=100)] = 0
    changed_only: bool = False


class PaceIn(Strict):
    """How many a second an action queues; null: as fast as it can."""

    per_second: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | None


class ActionOutcomes(Strict):
    """How what it queued ended."""

    success: int
    alert: int
    error: int


class ActionOut(Strict):
    """An action on many, and how far it is. `changes` lists what may be done with it now.

    `planned` is how many were in sight when it began (null: too many to count), `done` how many it applied to:
    `queued` now and `already` in the queue. `outstanding` have no result yet. `reason` says why it stands still.
    """

    id: int
    verb: str
    state: Literal["running", "trying", "paused", "cancelled", "done"]
    reason: str
    selection: dict[str, Any]
    planned: int | None
    done: int
    queued: int
    already: int
    skipped: int
    outstanding: int
    outcomes: ActionOutcomes
    trial: int
    per_second: int | None
    undo_of: int | None
    undone_by: int | None
    by: str | None
    created_at: datetime
    ended_at: datetime | None
    changes: list[Literal["pause", "resume", "cancel", "pace", "undo"]]


class ActionPage(Strict):
    items: list[ActionOut]
    next: str | None


class CauseOut(Strict):
    """Records of one channel with the same headline. `value` is in cents; `by` is null where nobody decided."""

    id: int
    fingerprint: str
    channel: str
    count: int
    value: int
    severity: str
    state: Literal["open", "known", "ignored", "resolved"]
    since: datetime
    by: str | None
    ignored_until: datetime | None
    ignored_above: int | None
    returns: int
    first_at: datetime
    last_at: datetime
    headline: Headline
    message: str


class CauseStateIn(Strict):
    """The state to put a cause into; `until` and `above` say how long it is ignored, none of them: for ever."""

    state: Literal["open", "known", "ignored", "resolved"]
    until: AwareDatetime | None = None
    above: Annotated[int, Field(strict=True, ge=1, le=BIGGEST_ID)] | None = None


class CausePage(Strict):
    items: list[CauseOut]
    next: str | None


class CodeOut(Strict):
    """What a marketplace said and no rule knows. `why`: no class at all, or only a general rule's."""

    why: Literal["unknown", "general"]
    connector: str
    code: str
    message: str
    count: int
    channels: list[str]
    first_at: datetime
    last_at: datetime
    now: str
    suggestion: str | None


class CodePage(Strict):
    items: list[CodeOut]
    next: None


class LaneOut(Strict):
    """The queue of one kind. `breaker_until` is set while the circuit is open."""

    kind: str
    state: Literal["open", "paused", "disconnected"]
    reason: dict[str, Any] | None
    since: datetime | None
    breaker_until: datetime | None


class ChannelOut(Strict):
    code: str
    name: str
    connector: str
    affiliate_id: str
    trade_policy: str
    state: Literal["open", "paused", "disconnected"]
    lanes: list[LaneOut]
    counts: dict[str, int]


class ChannelPage(Strict):
    items: list[ChannelOut]
    next: None


class TestOut(Strict):
    """What "test connection" found."""

    __test__ = False  # pytest would take the name for a test

    ok: bool
    problems: list[ProblemOut]


class SummaryOut(Strict):
    """How many records are in each bucket, of the store and of each channel."""

    store: str
    counts: dict[str, int]
    channels: dict[str, dict[str, int]]


class RefusalField(Strict):
    field: str
    reason: str


class Refusal(Strict):
    """RFC 9457 problem details (application/problem+json)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[RefusalField]

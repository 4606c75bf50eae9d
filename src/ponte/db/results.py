"""Writes what runs came to: attempts, exchanges, integrations, problems; many rows per statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from ponte.db import links
from ponte.db.links import NewLink
from ponte.db.records import listing_to_json, problem_to_json, provenance_to_json
from ponte.db.search import searchable
from ponte.db.sql import fetch, insert_many, marks, rows_of_marks, run, update_many
from ponte.domain.fingerprint import fingerprint
from ponte.domain.lifecycle import AttemptResult, Hold, Verdict
from ponte.domain.offer import Offer
from ponte.domain.outcome import Listing
from ponte.domain.problem import Problem, headline
from ponte.domain.sku import Sku
from ponte.net.converse import Passed

MAX_PROBLEMS = 50
MAX_SEARCH_TEXT = 2_000
MAX_VALUE = 10**15


@dataclass(frozen=True, slots=True)
class Ended:
    """How one attempt ended."""

    attempt_id: int
    name: AttemptResult
    status: str
    problems: tuple[Problem, ...]
    passed: Sequence[Passed] = ()
    offer: Offer | None = None

    @property
    def http_status(self) -> int | None:
        """Return the last status that was answered."""
        return next((one.status for one in reversed(self.passed) if one.status is not None), None)


@dataclass(frozen=True, slots=True)
class Change:
    """What changes in one integration; without a `verdict` the shown result stays.

    `creating` is "keep", "renew" (a doubt there is begins now), "begin" (there is one from now), "clear" or "";
    `digest` "" or a doubt makes the next send happen whatever was accepted before; `forgotten` drops the listing.
    `how` says that the listing is new to the record, and how it came; `hold` is the wish that stands from now.
    """

    id: int
    verdict: Verdict | None = None
    sku: Sku | None = None
    listing: Listing | None = None
    digest: str | None = None
    forgotten: bool = False
    creating: str = ""
    next_at: datetime | None = None
    shown_again: bool = False
    queue_again: bool = False
    how: str = ""
    hold: Hold | None = None
    sheet: str = ""


def dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


def digests(ids: Sequence[int]) -> dict[int, str]:
    """Return what stands in the digests' place now. The rows are locked already."""
    if not ids:
        return {}
    return dict(fetch(f"SELECT id, offer_digest FROM db_integration WHERE id IN ({marks(len(ids))})", ids))


def open_attempts(rows: Sequence[Sequence[Any]]) -> dict[int, int]:
    """Put attempts on record before anything is sent; returns {integration: attempt}.

    A row is (integration, channel, number, trigger, actor, task, started_at, epoch, generation, runner).
    """
    found = fetch(
        f"""INSERT INTO db_attempt (integration_id, channel_id, number, trigger, actor_id, task, started_at, epoch,
                generation, runner, result, status, problems, provenance)
            VALUES {", ".join([f"({marks(10)}, 'open', '', '[]', '[]')"] * len(rows))}
            RETURNING integration_id, id""",
        [value for row in rows for value in row],
    )
    return {int(integration_id): int(attempt_id) for integration_id, attempt_id in found}


def end_attempts(ended: Sequence[Ended], now: datetime) -> None:
    """Close attempts. One that a newer epoch has called interrupted says what became of it all the same."""
    columns = ("result", "status", "problems", "http_status", "ended_at", "offer", "provenance")
    update_many(
        "db_attempt",
        dict.fromkeys(columns, "%s"),
        [
            (
                item.name.value,
                item.status,
                dumps([problem_to_json(problem) for problem in item.problems[:MAX_PROBLEMS]]),
                item.http_status,
                now,
                dumps(dict(item.offer.payload)) if item.offer else None,
                dumps([provenance_to_json(line) for line in item.offer.provenance]) if item.offer else "[]",
                item.attempt_id,
            )
            for item in ended
        ],
    )


def forget_attempts(attempts: Mapping[int, int], *, undoubted: Sequence[int]) -> None:
    """Take back attempts ({integration: attempt}) that were opened and never begun: nothing happened in them.

    `undoubted` are the integrations that were in no doubt about a create before: they are in none now.
    """
    if not attempts:
        return
    run(f"DELETE FROM db_attempt WHERE id IN ({marks(len(attempts))})", [*attempts.values()])
    run(f"UPDATE db_integration SET attempts = attempts - 1 WHERE id IN ({marks(len(attempts))})", [*attempts])
    if undoubted:
        run(f"UPDATE db_integration SET creating_since = NULL WHERE id IN ({marks(len(undoubted))})", undoubted)


def write_exchanges(ended: Sequence[Ended]) -> None:
    """Insert what passed. Plain SQL: the ORM's objects cost four times as much, and there are three per product."""
    insert_many(
        """INSERT INTO db_exchange (attempt_id, place, side, method, url, endpoint, request_headers, request_body,
               status, response_headers, response_body, failure, started_at, took_ms)""",
        [
            (
                item.attempt_id,
                place,
                one.side,
                one.method,
                one.url,
                one.endpoint[:120],
                dumps(one.request_headers),
                one.request_body,
                one.status,
                dumps(one.response_headers),
                one.response_body,
                one.failure,
                one.started_at,
                one.took_ms,
            )
            for item in ended
            for place, one in enumerate(item.passed)
        ],
    )


def change_integrations(changes: Sequence[Change], now: datetime) -> None:
    """Write changes, those with a verdict in one statement: each statement pays for every index of the table."""
    without = [change for change in changes if change.verdict is None]
    _write_facts([change for change in without if change.sku is not None])
    _write_listings([change for change in without if change.listing is not None])
    _write_digests(without)
    _write_verdicts([change for change in changes if change.verdict is not None], now)
    _begin_doubts(changes, now)
    links.link([NewLink(one.id, one.listing.id, one.how) for one in changes if one.listing and one.how], now)
    links.hold({change.id: change.hold for change in changes if change.hold is not None})
    forgotten = [change.id for change in changes if change.forgotten]
    if forgotten:
        ended = [change.id for change in changes if change.forgotten and change.hold is Hold.ENDED]
        links.unlink(ended, "ended", now)
        links.unlink([number for number in forgotten if number not in ended], "gone", now)
        run(
            f"UPDATE db_integration SET listing_id = '', listing = NULL WHERE id IN ({marks(len(forgotten))})",
            forgotten,
        )
    again = [change.id for change in changes if change.queue_again]
    if again:
        run(
            f"""UPDATE db_integration SET status = 'pending', phase = 'queued', updated_at = %s
                WHERE id IN ({marks(len(again))})""",
            [now, *again],
        )


def _write_digests(changes: Sequence[Change]) -> None:
    """Write what comes without a verdict; with one it is written along."""
    update_many(
        "db_integration",
        {"offer_digest": "%s"},
        [(change.digest, change.id) for change in changes if change.digest is not None],
    )
    clear = [change.id for change in changes if change.creating == "clear"]
    if clear:
        run(f"UPDATE db_integration SET creating_since = NULL WHERE id IN ({marks(len(clear))})", clear)


def stock_value(sku: Sku) -> int:
    """Return price times stock in cents; 0 when either is unknown."""
    if not sku.price or not sku.stock:
        return 0
    return max(0, min(int(sku.price * 100) * sku.stock, MAX_VALUE))


def _begin_doubts(changes: Sequence[Change], now: datetime) -> None:
    begin = [change.id for change in changes if change.creating == "begin"]
    if begin:
        run(f"UPDATE db_integration SET creating_since = %s WHERE id IN ({marks(len(begin))})", [now, *begin])
    renew = [change.id for change in changes if change.creating == "renew"]
    if renew:
        run(
            f"""UPDATE db_integration SET creating_since = %s
                WHERE creating_since IS NOT NULL AND id IN ({marks(len(renew))})""",
            [now, *renew],
        )


SHOWN = ("product_id", "name", "ean", "reference", "category", "brand", "stock_value", "sheet")


def _write_facts(changes: Sequence[Change]) -> None:
    """Keep what the list shows of a SKU; the row is only written when something of it changed."""
    rows = [(*_facts(change), change.id) for change in changes]
    update_many("db_integration", dict.fromkeys((*SHOWN, "image_url"), "%s"), rows, if_other=SHOWN)


def _facts(change: Change) -> tuple[str | int | None, ...]:
    """Return the values of SHOWN and the picture; without a SKU nothing, which changes nothing."""
    sku = change.sku
    if sku is None:
        return (None,) * (len(SHOWN) + 1)
    return (
        sku.product_id[:40],
        sku.name[:300],
        sku.ean[:40],
        sku.reference[:100],
        " › ".join(sku.category_names)[:300],
        sku.brand[:120],
        stock_value(sku),
        change.sheet[:160],
        sku.images[0].url[:500] if sku.images else "",
    )


def _write_listings(changes: Sequence[Change]) -> None:
    update_many(
        "db_integration",
        {"listing_id": "%s", "listing": "%s"},
        [(*_listing(change), change.id) for change in changes],
    )


def _listing(change: Change) -> tuple[str | None, str | None]:
    listing = change.listing
    return (None, None) if listing is None else (listing.id[:80], dumps(listing_to_json(listing)))


VERDICT = dict.fromkeys(
    (
        "status",
        "phase",
        "headline_class",
        "headline_subject",
        "headline_code",
        "headline_stage",
        "fingerprint",
        "problems",
        "processed_at",
        "updated_at",
        "next_attempt_at",
    ),
    "%s",
) | {
    "removed_at": "CASE WHEN %s THEN NULL ELSE removed_at END",
    "offer_digest": "COALESCE(%s, offer_digest)",
    "creating_since": "CASE WHEN %s THEN NULL ELSE creating_since END",
    "search_text": "COALESCE(%s, search_text)",
    **{column: f"COALESCE(%s, {column})" for column in (*SHOWN, "image_url", "listing_id", "listing", "linked")},
}


def _write_verdicts(changes: Sequence[Change], now: datetime) -> None:
    rows = []
    for change in changes:
        verdict = change.verdict
        assert verdict is not None
        first = headline(verdict.problems)
        problems = [problem_to_json(problem) for problem in verdict.problems[:MAX_PROBLEMS]]
        rows.append(
            (
                verdict.status.value,
                verdict.phase.value,
                *(_headline(first) if first else ("", "", "", "", "")),
                dumps(problems),
                now,
                now,
                change.next_at,
                change.shown_again,
                change.digest,
                change.creating == "clear",
                _search_text(change, verdict.problems),
                *_facts(change),
                *_listing(change),
                (change.how or None) if change.listing else None,
                change.id,
            )
        )
    update_many("db_integration", VERDICT, rows)


def _headline(problem: Problem) -> tuple[str, str, str, str, str]:
    return (
        problem.kind.name,
        problem.subject[:200],
        problem.code[:120],
        problem.stage.value,
        fingerprint(problem),
    )


def _search_text(change: Change, problems: Sequence[Problem]) -> str | None:
    """Return the words a record is found by, folded; None keeps the ones there are (VTEX did not answer)."""
    sku = change.sku
    if sku is None:
        return None
    listing = change.listing.id if change.listing else ""
    words = [sku.id, sku.product_id, sku.ean, sku.reference, sku.name, listing]
    words += [f"{problem.code} {problem.subject} {problem.message[:400]}" for problem in problems[:5]]
    return searchable(words, MAX_SEARCH_TEXT)


def write_problems(changes: Sequence[Change], channel_id: int) -> None:
    """Replace the current problems of the integrations that have a result."""
    settled = [change for change in changes if change.verdict is not None]
    if not settled:
        return
    ids = [change.id for change in settled]
    run(f"DELETE FROM db_problem WHERE integration_id IN ({marks(len(ids))})", ids)
    rows = [
        value
        for change in settled
        if change.verdict is not None
        for problem in change.verdict.problems[:MAX_PROBLEMS]
        for value in _problem_row(change.id, channel_id, problem)
    ]
    width = 9
    per_statement = width * 900
    for start in range(0, len(rows), per_statement):
        some = rows[start : start + per_statement]
        run(
            f"""INSERT INTO db_problem (integration_id, channel_id, problem_class, stage, severity, subject, code,
                    message, fingerprint) VALUES {rows_of_marks(len(some) // width, width)}""",
            some,
        )


def _problem_row(integration_id: int, channel_id: int, problem: Problem) -> tuple[Any, ...]:
    return (
        integration_id,
        channel_id,
        problem.kind.name,
        problem.stage.value,
        problem.severity.value,
        problem.subject[:200],
        problem.code[:120],
        problem.message[:4000],
        fingerprint(problem),
    )

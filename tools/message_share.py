"""How many real messages get a class of their own: `python tools/message_share.py FILE.jsonl ... [--rest] [--all]`.

A line of a file is a JSON object with `message`, or `code`/`error` and `message` or `message_template`, or a `body`
as a marketplace sends it; or the whole file is one object with `cases` (`endpoint`, `status`, `body`,
`expected_class`). Where the line names an installed connector as `marketplace`, its own table is asked first, as in
life. `--rest` lists what has no class; `--all` lists everything for somebody to judge; the expected class, where
there is one, is compared.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ponte.connectors import Broken, get
from ponte.domain.message import Response
from ponte.domain.outcome import Accepted, Blocked, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass
from ponte.explain.messages import suggest

ENDPOINTS = {"mercadolivre": "POST /items", "amazon": "PUT /listings/2021-08-01/items/{sellerId}/{sku}"}
LISTS = ("cause", "causes", "errors", "issues", "error")


@dataclass(frozen=True)
class Said:
    """One thing that was said, and what it should mean where somebody wrote that down."""

    marketplace: str
    code: str
    message: str
    body: Any = None
    status: int = 400
    endpoint: str = ""
    expected: str = ""


def told(path: Path) -> Iterator[Said]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        data = json.loads(text)
        yield from (_case(data.get("marketplace", ""), case) for case in data["cases"])
        return
    for line in text.splitlines():
        if line.strip():
            yield from _of_line(json.loads(line))


def _case(marketplace: str, case: dict[str, Any]) -> Said:
    code, message = next(_parts(case.get("body")), ("", ""))
    where = case.get("endpoint", "")
    status = int(case.get("status") or 200)
    return Said(marketplace, code, message, case.get("body"), status, where, case.get("expected_class", ""))


def _of_line(row: dict[str, Any]) -> Iterator[Said]:
    marketplace = str(row.get("marketplace", "")).partition(" ")[0]
    if row.get("body") is None:
        code = row.get("code") or row.get("error") or ""
        yield Said(marketplace, str(code), str(row.get("message") or row.get("message_template") or ""))
        return
    whole = not row.get("cause_only")
    for code, message in _parts(row["body"]):
        body = row["body"] if whole else {"message": "", "cause": [row["body"]]}
        yield Said(marketplace, code, message, body, int(row.get("http_status") or 400))


def _parts(body: Any) -> Iterator[tuple[str, str]]:
    """Yield (code, message) of each thing that a body says."""
    if isinstance(body, str):
        yield "", body
    elif isinstance(body, list):
        for one in body:
            yield from _parts(one)
    elif isinstance(body, dict):
        inner = [one for name in LISTS for one in _listed(body.get(name))]
        if inner:
            yield from _parts(inner)
        else:
            code = body.get("code") or body.get("error") or body.get("cause_id") or ""
            yield str(code), str(body.get("message") or body.get("error_description") or body.get("error") or "")


def _listed(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [value]
    return [one for one in value if one] if isinstance(value, list) else []


def understood(said: Said) -> tuple[str, str]:
    """Return the class and who told it: the connector or the words."""
    for problem in _of_connector(said):
        if problem.kind is not ProblemClass.UNKNOWN and (not problem.message or said.message in problem.message):
            return problem.kind.name, "connector"
    found = suggest(said.message, said.code)
    return (found.kind.name, "words") if found else ("", "")


def _of_connector(said: Said) -> tuple[Problem, ...]:
    connector = get(said.marketplace)
    if isinstance(connector, Broken) or said.body is None:
        return ()
    endpoint = said.endpoint or ENDPOINTS.get(said.marketplace, "")
    body = said.body.encode() if isinstance(said.body, str) else json.dumps(said.body).encode()
    match connector.classify(endpoint, Response(said.status, {}, body)):
        case Accepted(_, problems) | Rejected(problems):
            return problems
        case Postponed(problem) | Blocked(problem) | Pending(_, problem):
            return (problem,)


def main(arguments: list[str]) -> int:
    """Print the share per file, then what was asked for."""
    for path in (Path(one) for one in arguments if not one.startswith("--")):
        found = [(said, *understood(said)) for said in _unique(told(path))]
        known = [row for row in found if row[1]]
        by = Counter(source for _, _, source in known)
        print(f"{path.name}: {len(known)} of {len(found)} ({100 * len(known) / max(1, len(found)):.1f} %) {dict(by)}")
        expected = [(said, kind) for said, kind, _ in found if said.expected]
        if expected:
            wrong = [(said, kind) for said, kind in expected if said.expected != kind]
            print(f"  as expected: {len(expected) - len(wrong)} of {len(expected)}")
            for said, kind in wrong:
                print(f"  {said.expected} expected, {kind or '-'}: {said.code} | {said.message[:120]}")
        _list(found, arguments)
    return 0


def _list(found: list[tuple[Said, str, str]], arguments: list[str]) -> None:
    for said, kind, source in found:
        if "--all" in arguments or ("--rest" in arguments and not kind):
            print(f"  {kind or '-':24} {source:9} {said.code[:40]} | {said.message[:160]}")


def _unique(rows: Iterator[Said]) -> Iterator[Said]:
    seen = set()
    for said in rows:
        key = (said.code, said.message, said.expected, said.endpoint if said.expected else "")
        if key not in seen:
            seen.add(key)
            yield said


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

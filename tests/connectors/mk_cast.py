"""The connector, one channel's rules, and products for its tests."""

import json
from dataclasses import replace
from pathlib import Path

from ponte.connectors.exam.recordings import read_recording
from ponte.connectors.exam.samples import ORDINARY
from ponte.connectors.mirakl import Mirakl, manifest
from ponte.domain.mapping_file import parse_mapping
from ponte.domain.message import Response
from ponte.domain.outcome import Accepted, Blocked, Pending, Postponed, Rejected

MK = Mirakl()
RECORDINGS = Path(manifest.__file__).parent / "recordings"
RULES = read_recording(RECORDINGS / "accepted.json").rules


def ruled(*lines: str, **settings: str):
    """Return the ordinary rules with further lines of the mapping file, and other settings."""
    read = parse_mapping("\n".join(("version: 1", "categories:", '  "123": "5611"', *lines)))
    assert read.mapping is not None, read.errors
    return replace(RULES, mapping=read.mapping, settings={**RULES.settings, **settings})


def with_column(code: str, **changes):
    """Return the ordinary rules with one attribute of the operator changed."""
    catalogue = json.loads(json.dumps(RULES.facts["catalogue"]))
    for row in catalogue["attributes"]:
        if row["code"] == code:
            row.update(changes)
    return replace(RULES, facts={"catalogue": catalogue})


def speaker(**changes):
    return replace(ORDINARY, **changes)


def found(sku, rules=RULES):
    """Return what the check finds as "CLASS subject code"; a warning is marked."""
    return [
        f"{one.kind.name} {one.subject} {one.code}{'' if one.blocking else ' warning'}"
        for one in MK.check(sku, rules)
    ]


def classed(outcome) -> list[str]:
    match outcome:
        case Accepted(_, told) | Rejected(told):
            return [one.kind.name for one in told]
        case Postponed(problem) | Blocked(problem) | Pending(_, problem):
            return [problem.kind.name]
    raise AssertionError(outcome)


def answer(body, status=200) -> Response:
    return Response(status, {}, body.encode() if isinstance(body, str) else json.dumps(body).encode())

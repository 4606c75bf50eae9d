"""The registry: every connector, ours or not, is found by the entry point group `ponte.connectors`.

What connectors share, ours and third parties' (the exam refuses other imports): `rulebook` (how every `errors.toml`
is read), `transport` (no answer and its meaning), `outcomes` (problems to an outcome), `shape` (foreign JSON),
`texts`, `endpoints`, `checking` (what every marketplace refuses), `drafts` (names, pictures, price and the draft
made last), `learnt` (sheets read once), `gtin` ("no EAN"), `oauth` (tokens by a form), `words` (sentences of any
marketplace).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from ponte.domain.connector import CONTRACT_VERSION, Connector

GROUP = "ponte.connectors"


@dataclass(frozen=True, slots=True)
class Broken:
    """A connector that is installed and cannot be used; `reason` is for the operator."""

    name: str
    reason: str


def installed() -> dict[str, Connector | Broken]:
    """Return all connectors by code. Read once per process; a broken one is told, never raised."""
    return dict(_installed())


def get(code: str) -> Connector | Broken:
    """Return one connector; `Broken` when it cannot be used or is not installed."""
    return _installed().get(code) or Broken(code, "not installed")


@cache
def _installed() -> dict[str, Connector | Broken]:
    return load(entry_points(group=GROUP))


def load(entries: Iterable[EntryPoint]) -> dict[str, Connector | Broken]:
    """Load entry points. Of two with one name Ponte's own, else the first by target, stands; the other is broken."""
    found: dict[str, Connector | Broken] = {}
    targets: dict[str, str] = {}
    for entry in sorted(entries, key=_precedence):
        if entry.name not in targets:
            targets[entry.name] = entry.value
            found[entry.name] = _load(entry)
        elif targets[entry.name] != entry.value:
            reason = f"another connector has the name {entry.name!r} already ({targets[entry.name]})"
            found[f"{entry.name} ({entry.value})"] = Broken(entry.name, reason)
    return found


def _precedence(entry: EntryPoint) -> tuple[str, bool, str]:
    return entry.name, not entry.value.startswith("ponte."), entry.value


def _load(entry: EntryPoint) -> Connector | Broken:
    try:
        target = entry.load()
        candidate = target() if isinstance(target, type) else target
        return _examined(entry.name, candidate)
    except (Exception, SystemExit) as error:  # noqa: BLE001 -- a third party's code may raise anything while it loads
        return Broken(entry.name, f"{type(error).__name__}: {error}")


def _examined(name: str, candidate: object) -> Connector | Broken:
    version = getattr(getattr(candidate, "manifest", None), "contract_version", None)
    if version != CONTRACT_VERSION:
        return Broken(name, f"made for contract version {version}, this Ponte speaks {CONTRACT_VERSION}")
    if not isinstance(candidate, Connector):
        missing = sorted(verb for verb in VERBS if not hasattr(candidate, verb))
        return Broken(name, f"not a connector: it lacks {', '.join(missing)}")
    if candidate.manifest.code != name:
        return Broken(name, f"its manifest calls it {candidate.manifest.code!r}")
    return candidate


VERBS = (
    "needs",
    "learn",
    "check",
    "map",
    "send",
    "withdraw",
    "follow",
    "refresh",
    "probe",
    "classify",
    "is_expired_token",
    "verbs",
)

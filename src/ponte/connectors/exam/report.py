"""The exam without pytest: every check, with its group, whether it was passed, and why not."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ponte.connectors.exam.cases import cases_of

MAX_REASON = 600


@dataclass(frozen=True, slots=True)
class Checked:
    """One check, of one case where it has a table of them. `reason` is empty when it was passed."""

    group: str
    name: str
    case: str
    reason: str

    @property
    def passed(self) -> bool:
        return not self.reason

    @property
    def sentence(self) -> str:
        return self.name.removeprefix("test_").replace("_", " ")


def examine(connector: Any, **said: Any) -> tuple[Checked, ...]:
    """Let a connector (class or instance) sit the whole exam; `said` are the attributes of `Bench`."""
    # Only here, so that the exam's parts can be imported by those whom the contract is made of.
    from ponte.connectors.contract import GROUPS  # noqa: PLC0415 -- the contract imports what it is made of

    return tuple(_examine(connector, said, GROUPS))


def _examine(connector: Any, said: dict[str, Any], groups: Mapping[str, type]) -> Iterator[Checked]:
    for group, part in groups.items():
        exam = type("Exam", (part,), {"connector": connector, **said})()
        for name, check in inspect.getmembers(part, inspect.isfunction):
            if name.startswith("test_"):
                for arguments in cases_of(check):
                    case = next(iter(arguments.values()), "")
                    yield Checked(group, name, case, _reason(exam, name, arguments))


def _reason(exam: Any, name: str, arguments: dict[str, str]) -> str:
    """Return why a check was not passed."""
    try:
        getattr(exam, name)(**arguments)
    except AssertionError as failed:
        return _short(str(failed) or "it does not hold")
    except Exception as raised:  # noqa: BLE001 -- a third party's code may raise anything; it is what the exam is for
        return _short(f"{type(raised).__name__}: {raised}")
    return ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_REASON else line[:MAX_REASON] + " …"

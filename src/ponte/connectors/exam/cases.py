"""A check over a table of cases: pytest makes a test of each where it runs, `exam.report` asks for them elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

Check = TypeVar("Check", bound=Callable[..., None])
ATTRIBUTE = "exam_cases"


def each(argument: str, values: Iterable[str]) -> Callable[[Check], Check]:
    """Make one check of many: `argument` takes each of the values."""
    told = tuple(values)

    def marked(check: Check) -> Check:
        setattr(check, ATTRIBUTE, (argument, told))
        pytest: Any = sys.modules.get("pytest")
        return pytest.mark.parametrize(argument, told)(check) if pytest else check

    return marked


def cases_of(check: Callable[..., None]) -> tuple[dict[str, str], ...]:
    """Return the arguments of each case; one without arguments for a check that has no table."""
    argument, told = getattr(check, ATTRIBUTE, ("", ()))
    return tuple({argument: value} for value in told) if argument else ({},)

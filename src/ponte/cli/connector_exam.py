"""`ponte connector exam`: lets connectors sit the exam and tells what they passed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from ponte.cli.output import fail
from ponte.ops.logging import one_line

if TYPE_CHECKING:
    from ponte.connectors import Broken
    from ponte.connectors.exam.report import Checked
    from ponte.domain.connector import Connector

SHOWN = 3


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--json", "as_json", is_flag=True, help="One JSON line per connector.")
def exam(names: tuple[str, ...], *, as_json: bool) -> None:
    """Let connectors sit the exam that every connector must pass; all that are installed when none is named.

    The exit code is 0 when all checks are passed.
    """
    from ponte.connectors import installed

    if not __debug__:
        fail("The exam needs Python's assertions: run it without -O.")
    there = installed()
    if missing := [name for name in names if name not in there]:
        fail(f"Not installed: {', '.join(missing)}; installed are {', '.join(sorted(there))}.")
    wanted = {name: there[name] for name in names or sorted(there)}
    passed = [_sit(name, connector, as_json=as_json) for name, connector in wanted.items()]
    if not all(passed):
        raise click.exceptions.Exit(1)


def _sit(name: str, connector: Connector | Broken, *, as_json: bool) -> bool:
    from ponte.connectors import Broken
    from ponte.connectors.exam.report import examine

    if isinstance(connector, Broken):
        click.echo(
            json.dumps({"connector": name, "broken": connector.reason}) if as_json else _broken(name, connector)
        )
        return False
    checks = examine(connector)
    if as_json:
        click.echo(json.dumps(_told(name, checks), ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(name, connector.manifest.name, checks)))
    return all(check.passed for check in checks)


def _broken(name: str, connector: Broken) -> str:
    return one_line(f"{name}: broken, {connector.reason}")


def _told(name: str, checks: Sequence[Checked]) -> dict[str, object]:
    failed = [
        {"group": check.group, "check": check.name, "case": check.case, "reason": check.reason}
        for check in checks
        if not check.passed
    ]
    return {"connector": name, "checks": len(checks), "passed": len(checks) - len(failed), "failed": failed}


def _lines(name: str, title: str, checks: Sequence[Checked]) -> Iterator[str]:
    groups = Counter(check.group for check in checks)
    passed = Counter(check.group for check in checks if check.passed)
    yield one_line(f"{name} ({title}): {passed.total()} of {groups.total()} checks passed")
    yield from (f"  {group.ljust(16)} {passed[group]} of {every}" for group, every in groups.items())
    yield from _to_do([check for check in checks if not check.passed])


def _to_do(failed: Sequence[Checked]) -> Iterator[str]:
    """Yield each reason once, in the order of the exam, with the checks that it is the reason of."""
    for reason in dict.fromkeys(check.reason for check in failed):
        of_one = [check for check in failed if check.reason == reason]
        yield one_line(f"  - {reason}")
        named = list(dict.fromkeys(f"{check.sentence}{f' ({check.case})' if check.case else ''}" for check in of_one))
        more = f", and {len(named) - SHOWN} more" if named[SHOWN:] else ""
        yield one_line(f"      checked by: {', '.join(named[:SHOWN])}{more}")

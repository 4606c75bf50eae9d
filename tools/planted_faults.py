"""Plants faults in connectors and tells which check of the exam catches each: `python tools/planted_faults.py`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "examples/ponte-acme/src")]


def main() -> int:
    """Print the table; the exit code is 1 when a fault was caught by no check, or not by its own."""
    from connectors.plants import FAULTS, said  # noqa: PLC0415 -- found by the path set above
    from ponte.connectors.exam.report import examine  # noqa: PLC0415 -- likewise

    missed = 0
    for connector, check in FAULTS.items():
        failed = {one.name for one in examine(connector, **said(connector)) if not one.passed}
        missed += check not in failed
        print("  ".join((_words(connector).ljust(92), _caught(check, failed))))
    print(f"{len(FAULTS)} faults planted, {len(FAULTS) - missed} caught by the check that is meant for them")
    return 1 if missed else 0


def _words(connector: Any) -> str:
    first = (connector.__doc__ or "").strip().splitlines()
    return f"{connector.__name__}: {first[0]}" if first else connector.__name__


def _caught(check: str, failed: set[str]) -> str:
    if check not in failed:
        return f"NOT CAUGHT by {check}" + (f", but by {', '.join(sorted(failed))}" if failed else "")
    more = len(failed) - 1
    return check.removeprefix("test_") + (f" (and {more} more)" if more else "")


if __name__ == "__main__":
    sys.exit(main())

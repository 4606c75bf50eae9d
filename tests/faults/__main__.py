"""`python -m faults SUITE [--database sqlite|postgresql] [--control] ...`: one JSON line, exit code 1 on a breach."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import traceback

SUITES = ("kills", "zombies", "ambiguous", "poison", "share", "refresh", "breaker", "graceful", "retention")
SIZES = {
    "kills": {"channels": 20, "skus": 600},
    "zombies": {"channels": 10, "skus": 200},
    "ambiguous": {"channels": 4, "skus": 1200},
    "poison": {"channels": 4, "skus": 200},
    "share": {"channels": 20, "skus": 5000},
    "refresh": {"channels": 1, "skus": 40},
    "breaker": {"channels": 2, "skus": 800},
    "graceful": {"channels": 10, "skus": 600},
    "retention": {"channels": 1, "skus": 200},
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m faults", description=__doc__)
    parser.add_argument("suite", choices=SUITES)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--control", action="store_true", help="take a protection away: this must fail")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--stops", type=int, default=50)
    parser.add_argument("--without", choices=("fence", "doubt"), default="fence", help="what zombies' control lacks")
    parser.add_argument("--terms", type=int, default=50)
    parser.add_argument("--lost", type=int, default=200)
    parser.add_argument("--changes", type=int, default=3000)
    parser.add_argument("--channels", type=int, default=0)
    parser.add_argument("--skus", type=int, default=0)
    parser.add_argument("--poison", type=int, default=1)
    parser.add_argument("--gap", type=float, default=0.8, help="mean seconds between two kills")
    parser.add_argument("--outage", type=float, default=30.0)
    parser.add_argument("--lease", type=float, default=10.0)
    parser.add_argument("--heartbeat", type=float, default=3.0)
    parser.add_argument("--limit", type=float, default=240.0, help="seconds until rest must have come")
    parser.add_argument("--seed", type=int, default=7)
    told = parser.parse_args()
    for name, size in SIZES[told.suite].items():
        setattr(told, name, getattr(told, name) or size)
    suite = importlib.import_module(f"faults.suites.{told.suite}")
    try:
        figures = suite.run(told)
    except Exception as error:
        traceback.print_exc()
        figures = {"breaches": {"crashed": f"{type(error).__name__}: {error}"}}
    known = {"suite": told.suite, "database": told.database, "control": told.control, "seed": told.seed}
    print(json.dumps(known | {"ok": not figures["breaches"]} | figures), flush=True)
    sys.exit(1 if figures["breaches"] else 0)


if __name__ == "__main__":
    main()

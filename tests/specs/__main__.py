"""`python -m specs [FOLDER] [--only CODE ...] [--prism]`: exit code 1 on a violation or an operation never asked."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from specs.documents import BESIDE, Sources, known


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m specs", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=BESIDE, help="where the documents are, at any depth")
    parser.add_argument("--only", nargs="+", choices=sorted(known()), default=sorted(known()), metavar="CODE")
    parser.add_argument(
        "--prism", action="store_true", help="let prism judge the run too (needs Node; npx fetches it)"
    )
    told = parser.parse_args()
    folder = told.folder.resolve()
    if not folder.is_dir():
        print(f"There is no folder {folder}: name one that holds the marketplaces' OpenAPI documents.")
        print(f"`make specs SPECS=FOLDER` does. {_where()}")
        sys.exit(2)
    with tempfile.TemporaryDirectory() as data:
        _django(data)
        bad = [code for code in told.only if not _holds(known()[code], folder, by_prism=told.prism)]
    sys.exit(1 if bad else 0)


def _where() -> str:
    told = "; ".join(f"{', '.join(one.files)} from {one.source}" for one in known().values())
    return f"They are not part of this project, for most have no licence for that. Wanted: {told}."


def _django(data: str) -> None:
    """Set Django up: the flows that gather requests know the database; nothing is written there."""
    os.environ["PONTE_DATA"] = data
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ponte.settings")
    import django

    django.setup()


def _holds(sources: Sources, folder: Path, *, by_prism: bool) -> bool:
    from specs.run import played

    missing = sources.missing(folder)
    if missing:
        print(f"{sources.code}: NOT JUDGED, {', '.join(missing)} not found below {folder}; from: {sources.source}")
        return False
    start = time.process_time()
    run = played(sources, folder)
    for line in run.verdict.lines():
        print(line)
    print(f"  {time.process_time() - start:.1f} s of CPU", flush=True)
    if not by_prism:
        return run.verdict.holds
    from specs.prism import second_opinion

    opinion = second_opinion(sources, folder, run.exchanges)
    for line in opinion.lines():
        print(line, flush=True)
    return run.verdict.holds and opinion.holds


if __name__ == "__main__":
    main()

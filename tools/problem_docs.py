"""Writes docs/problems.md from the texts of `ponte.explain`: `python tools/problem_docs.py [--check]`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.explain import label
from ponte.explain.catalogue import entries
from ponte.explain.filling import fill
from ponte.explain.places import place

PAGE = Path(__file__).parents[1] / "docs" / "problems.md"
MARKETPLACE = {"pt-BR": "O marketplace", "en": "The marketplace"}
HEADS = {
    "pt-BR": ("Classe", "O que aparece", "O que quer dizer", "Nova tentativa", "Onde se corrige", "Código VTEX"),
    "en": ("Class", "What is shown", "What it means", "Retry", "Where it is fixed", "VTEX code"),
}
CODE_HEADS = ("Classe / Class", "Código / Code", "pt-BR", "en")
INTRO = """# Problemas / Problems

<!-- Written by tools/problem_docs.py: do not edit. -->

Every reason why a product is not at a marketplace has one of these classes, the same for all connectors. The retry
decides what Ponte does by itself; the VTEX code is the one of VTEX's own log vocabulary.
"""


def page() -> str:
    """Return the whole page."""
    parts = [
        INTRO,
        "## Em português\n",
        *_table(HEADS["pt-BR"], _classes("pt-BR")),
        "\n## In English\n",
        *_table(HEADS["en"], _classes("en")),
        "\n## Códigos com texto próprio / Codes with a text of their own\n",
        "The code counts without regard to case, whole or by what follows its last dot; `stage:` tells a stage.\n",
        *_table(CODE_HEADS, _codes()),
    ]
    return "\n".join(parts) + "\n"


def main(arguments: list[str]) -> int:
    if "--check" not in arguments:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text("utf-8") == page():
        return 0
    print("docs/problems.md is out of date: run python tools/problem_docs.py", file=sys.stderr)
    return 1


def _classes(language: str) -> Iterator[tuple[str, ...]]:
    for kind in ProblemClass:
        entry = entries(language)[kind.name]
        where = label(place(Problem(kind, Stage.SEND)), language)
        meaning = fill(entry.meaning, {"marketplace": MARKETPLACE[language]})
        yield f"`{kind.name}`", entry.title[-1], meaning, label(kind.retry, language), where, kind.vtex_code


def _codes() -> Iterator[tuple[str, ...]]:
    for key, entry in entries("pt-BR").items():
        kind, _, code = key.partition(".")
        if code:
            yield f"`{kind}`", f"`{code}`", entry.title[-1], entries("en")[key].title[-1]


def _table(heads: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield _row(heads)
    yield _row(("---",) * len(heads))
    yield from map(_row, rows)


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Writes docs/connectors/ from manifests, tables of refusals and texts: `python tools/connector_docs.py [--check]`.

A page has, in this order: `about.md` of the connector's folder (by hand), what it can do, its limits, addresses and
settings, its fields, its refusals. What VTEX asks of a connector's documentation is in it (homologation: field
mapping, required and recommended data, known errors and what to do).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from ponte.connectors import Broken, installed
from ponte.domain.connector import Connector, Documents, Limits, Manifest, Refusal
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.explain import explain

FOLDER = Path(__file__).parents[1] / "docs" / "connectors"
MARK = "<!-- Written by tools/connector_docs.py from the connector's manifest and its about.md: do not edit. -->"
OVERVIEW = (
    "What each of the connectors that Ponte brings along can do. Another one is a package:"
    " [Adding a connector](../adding-a-connector.md). *Beta*: made from the marketplace's documents, not yet proved"
    " with a real account."
)
ABILITIES = {
    "oauth": "connects by OAuth, and renews its tokens",
    "follows": "looks after what was sent: refusals that come later are seen",
    "withdraws": "takes off sale, and brings back",
    "learns": "learns categories and the account from the marketplace",
    "ends": "ends listings for good",
    "finds": "finds what stands under a SKU",
    "gathers": "sends many SKUs in one request",
    "suggests": "suggests categories for a title",
    "sheets": "shows what a category asks for",
    "hears": "hears the marketplace's notifications",
    "previews": "asks the marketplace's verdict in a dry run",
}
LISTED = tuple(ability for ability in ABILITIES if ability != "learns")


def pages() -> dict[str, str]:
    """Return every page by its file name."""
    ours = [
        one
        for one in installed().values()
        if not isinstance(one, Broken) and type(one).__module__.startswith("ponte.")
    ]
    found = {f"{one.manifest.code}.md": page(one) for one in sorted(ours, key=lambda one: one.manifest.name)}
    return {"README.md": overview(ours), **found}


def overview(connectors: Iterable[Connector]) -> str:
    """Return the table of all connectors."""
    rows = (_row(one.manifest) for one in sorted(connectors, key=lambda one: one.manifest.name))
    heads = ("Connector", "Code", "Kinds", *LISTED, "Pace", "")
    return "\n".join(("# Connectors\n", f"{MARK}\n", f"{OVERVIEW}\n", *_table(heads, rows))) + "\n"


def page(connector: Connector) -> str:
    """Return one connector's page."""
    manifest = connector.manifest
    beta = "\n**Beta**: made from the marketplace's documents, not yet proved with a real account.\n"
    parts = [
        f"# {manifest.name}\n",
        f"{MARK}\n",
        f"Connector `{manifest.code}`.\n{beta if manifest.beta else ''}",
        _about(connector).replace("\n### ", "\n## "),
        "## What it can do\n",
        *(f"- {words}" for ability, words in ABILITIES.items() if ability in manifest.capabilities),
        *_connection(manifest),
        *_limits(manifest.limits),
        *_fields(manifest),
        *_refusals(connector),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _about(connector: Connector) -> str:
    text = files(type(connector).__module__).joinpath("about.md")
    return text.read_text(encoding="utf-8") if text.is_file() else ""


def _row(manifest: Manifest) -> tuple[str, ...]:
    able = ("yes" if ability in manifest.capabilities else "" for ability in LISTED)
    link = f"[{manifest.name}]({manifest.code}.md)"
    pace = f"{manifest.limits.requests_per_second:g}/s"
    kinds = ", ".join(sorted(manifest.kinds))
    return link, f"`{manifest.code}`", kinds, *able, pace, "beta" if manifest.beta else ""


def _connection(manifest: Manifest) -> Iterator[str]:
    yield "\n## Connection\n"
    hosts = (("", manifest.base_url), *manifest.hosts.items())
    named = ((f"`host_{name}`" if name else "base address", f"`{address}`") for name, address in hosts)
    yield from _table(("Address", "Goes to, unless the channel says otherwise"), named)
    if manifest.settings:
        yield ""
        rows = (
            (
                f"`{one.name}`" + (" (secret)" if one.secret else ""),
                one.label["en"],
                one.label["pt-BR"],
                "yes" if one.required else "no",
                f"`{one.default}`" if one.default else "",
            )
            for one in manifest.settings
        )
        yield from _table(("Setting", "What it is", "No formulário", "Required", "Default"), rows)
    if manifest.presets:
        yield "\nKnown operators, with which the form can be filled:\n"
        rows_of = (
            (one.name, f"`{one.code}`", f"`{one.base_url}`" if one.base_url else "", _said(one.settings))
            for one in manifest.presets
        )
        yield from _table(("Operator", "Code", "Address", "Settings"), rows_of)


def _said(settings: Any) -> str:
    return ", ".join(f"`{name}={value}`" for name, value in settings.items())


def _limits(limits: Limits) -> Iterator[str]:
    yield "\n## Limits\n"
    rows = [
        ("requests", f"{limits.requests_per_second:g} a second, {limits.burst} at once"),
        ("SKUs at work at the same time", str(limits.concurrency)),
    ]
    if limits.search_lag_seconds:
        rows.append(("the search may miss a new listing for", _seconds(limits.search_lag_seconds)))
    if limits.gather:
        joined = f"{limits.gather} at most, sent when nobody has joined for {_seconds(limits.gather_seconds)}"
        rows.append(("SKUs in one request", joined))
    for endpoint, rate in limits.rates.items():
        window = " (kept in the database: restarts and other workers know it)" if rate.every_seconds > 10 else ""
        rows.append((f"`{endpoint}`", f"one each {_seconds(rate.every_seconds)}, {rate.burst} at once{window}"))
    yield from _table(("", ""), rows)
    yield "\nA 429 lowers the pace by itself, and `Retry-After` is obeyed. What waits for a window shows its time."


def _seconds(seconds: float) -> str:
    for length, name in ((3_600.0, "hour"), (60.0, "minute")):
        if seconds >= length and seconds % length == 0:
            return _counted(seconds / length, name)
    return _counted(seconds, "second")


def _counted(number: float, name: str) -> str:
    return f"{number:g} {name}{'' if number == 1 else 's'}"


def _fields(manifest: Manifest) -> Iterator[str]:
    yield "\n## Fields\n"
    yield (
        "A rule of the channel's [mapping](../mapping.md) goes before the standard source. *Required*: without it"
        " nothing is sent; what a category asks for comes on top.\n"
    )
    rows = ((line.vtex, line.marketplace, "yes" if line.required else "no", line.note) for line in manifest.fields)
    yield from _table(("VTEX", manifest.name, "Required", "Transformation"), rows)


def _refusals(connector: Connector) -> Iterator[str]:
    if not isinstance(connector, Documents):
        return
    yield "\n## Refusals\n"
    yield (
        "What a code of the marketplace means to Ponte, and what to do. All classes, and what Ponte does by itself:"
        " [problems.md](../problems.md). A code that is not here is shown as it came.\n"
    )
    rows = (_refusal(codes, line, connector.manifest.name) for line, codes in _grouped(connector.refusals()))
    yield from _table(("Code", "Class", "About", "What it means", "What to do"), rows)


def _grouped(refusals: Iterable[Refusal]) -> Iterator[tuple[Refusal, list[str]]]:
    """Return the codes that mean the same, together."""
    groups: dict[tuple[ProblemClass, str, str], list[Refusal]] = {}
    for line in refusals:
        groups.setdefault((line.kind, line.subject, line.note), []).append(line)
    yield from ((lines[0], [line.code for line in lines]) for lines in groups.values())


def _refusal(codes: list[str], line: Refusal, marketplace: str) -> tuple[str, ...]:
    told = explain(Problem(line.kind, Stage.MARKETPLACE, line.subject), "en", {"marketplace": marketplace})
    shown = ", ".join(f"`{code}`" for code in codes)
    about = f"`{line.subject}`" if line.subject else ""
    return shown, f"`{line.kind.name}`", about, line.note or told.meaning, " ".join(told.fix)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield _line(heads)
    yield _line(("---",) * len(heads))
    yield from map(_line, rows)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in cells)} |"


def main(arguments: list[str]) -> int:
    """Write the pages, or with --check say which are out of date."""
    wanted = pages()
    if "--check" not in arguments:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, text in wanted.items():
            (FOLDER / name).write_text(text, encoding="utf-8")
        return 0
    found = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    stale = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    if stale:
        print(
            f"docs/connectors is out of date ({', '.join(stale)}): run python tools/connector_docs.py",
            file=sys.stderr,
        )
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

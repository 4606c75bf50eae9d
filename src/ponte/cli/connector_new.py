"""`ponte connector new`: writes a package in which a connector can be made."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from string import Template

import click

from ponte.cli.output import fail

CODE = re.compile(r"[a-z][a-z0-9_]{1,30}")
# What is written, and from which template.
PARTS = {
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
    "src/$module/__init__.py": "connector.py",
    "src/$module/errors.toml": "errors.toml",
    "src/$module/py.typed": "",
    "src/$module/recordings/README.md": "recordings.md",
    "tests/test_$code.py": "test_connector.py",
}


@click.command()
@click.argument("name")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write the package (a new folder ponte-NAME).",
)
def new(name: str, folder: Path | None) -> None:
    """Write the package of a new connector; `ponte connector exam` then tells what to do next.

    NAME is the connector's code: 2 to 31 small letters, digits and "_".
    """
    from ponte.connectors import installed

    if not CODE.fullmatch(name):
        fail(f'"{name}" cannot be a connector\'s code: 2 to 31 small letters, digits and "_", a letter first.')
    if name in installed():
        fail(f"There is a connector {name} already.")
    target = folder or Path(f"ponte-{name.replace('_', '-')}")
    if target.exists() and any(target.iterdir()):
        fail(f"{target} is not empty.")
    for path in write_package(name, target):
        click.echo(path)
    click.echo(f"Next: pip install -e {target} (where Ponte is installed), then ponte connector exam {name}")


def write_package(name: str, target: Path) -> list[Path]:
    """Write the package of a connector into a folder; returns the files."""
    said = {
        "code": name,
        "module": f"ponte_{name}",
        "package": f"ponte-{name.replace('_', '-')}",
        "class_name": "".join(part.capitalize() for part in name.split("_")),
    }
    written = []
    for place, template in PARTS.items():
        path = target / Template(place).substitute(said)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template(_text(template)).substitute(said), encoding="utf-8")
        written.append(path)
    return written


def _text(template: str) -> str:
    if not template:
        return ""
    folder = files("ponte.connectors").joinpath("template")
    return folder.joinpath(f"{template}.in").read_text(encoding="utf-8")

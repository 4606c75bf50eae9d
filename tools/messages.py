"""The screens' texts in other languages: gather what is to be translated, check that nothing is missing, compile.

python tools/messages.py gather     bring locale/*/django.po up to date with the sources (needs gettext)
python tools/messages.py compile    write the .mo files (needs gettext)
python tools/messages.py check      exit 1 and name each text that en or es lacks, or whose .mo is behind
"""

from __future__ import annotations

import gettext
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).parents[1] / "src" / "ponte"
LOCALE = SOURCES / "locale"
LANGUAGES = ("en", "es")
ENTRY = re.compile(
    r'^(?:msgctxt (?P<context>".*")\n)?msgid (?P<id>".*(?:\n".*)*)(?P<rest>(?:\nmsg.*(?:\n".*)*)+)', re.MULTILINE
)
PLURAL = re.compile(r'msgid_plural (".*"(?:\n".*")*)')
IN_TEMPLATES = re.compile(r'{% translate "([^"]+)" %}')
IN_CODE = re.compile(r'\b_\(\s*"([^"]+)"\s*\)|\bpgettext_lazy\("\w+", "([^"]+)"\)')
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")


def main(verb: str) -> int:
    """Do one of the three."""
    match verb:
        case "gather":
            return gather()
        case "compile":
            return compile_all()
        case "check":
            missing = list(problems())
            print("\n".join(missing) or "Every text is translated.")
            return 1 if missing else 0
        case _:
            print(__doc__)
            return 2


def gather() -> int:
    """Run Django's makemessages; from a neutral folder of imports, for ours are named like Python's own."""
    languages = [part for language in LANGUAGES for part in ("-l", language)]
    command = [
        sys.executable,
        "-P",
        "-m",
        "django",
        "makemessages",
        *languages,
        "--no-location",
        "--no-wrap",
        "--no-obsolete",
    ]
    return subprocess.run(
        command, cwd=SOURCES, env=os.environ | {"DJANGO_SETTINGS_MODULE": "ponte.settings"}, check=False
    ).returncode


def compile_all() -> int:
    """Compile every .po."""
    for language in LANGUAGES:
        folder = LOCALE / language / "LC_MESSAGES"
        subprocess.run(["msgfmt", "--check-format", "-o", folder / "django.mo", folder / "django.po"], check=True)
    return 0


def problems() -> Iterator[str]:
    """Yield one line for each text that is missing, keeps other placeholders, or is not in the .mo."""
    for language in LANGUAGES:
        folder = LOCALE / language / "LC_MESSAGES"
        with (folder / "django.mo").open("rb") as compiled:
            catalogue = gettext.GNUTranslations(compiled)
        source = (folder / "django.po").read_text(encoding="utf-8")
        if "#, fuzzy" in source:
            yield f"{language}: there are guessed translations (fuzzy)"
        known_texts = {text for _, text, _, _ in entries(source)}
        yield from (f"{language}: not gathered yet: {text!r}" for text in used() if text not in known_texts)
        for context, text, plural, forms in entries(source):
            yield from _flaws(language, text, plural, forms)
            known = catalogue.pgettext(context, text) if context else catalogue.gettext(text)
            if len(forms) == 1 and known != forms[0]:
                yield f"{language}: the .mo is behind for {text!r}"


def used() -> list[str]:
    """Return the whole texts in templates and code (those with placeholders in a template are left to `gather`)."""
    templates = [
        text for path in SOURCES.rglob("*.html") for text in IN_TEMPLATES.findall(path.read_text(encoding="utf-8"))
    ]
    code = [
        found
        for path in (SOURCES / "web").rglob("*.py")
        for found in IN_CODE.findall(path.read_text(encoding="utf-8"))
    ]
    return sorted({*templates, *(text for pair in code for text in pair if text)})


def entries(source: str) -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield (context, source text, its plural or "", translations) of a .po file, without its header."""
    for found in ENTRY.finditer(source):
        text = _joined(found["id"])
        if text:
            forms = re.findall(r'msgstr(?:\[\d\])? ("(?:.*)"(?:\n".*")*)', found["rest"])
            plural = PLURAL.search(found["rest"])
            yield _joined(found["context"] or ""), text, _joined(plural[1] if plural else ""), [*map(_joined, forms)]


def _flaws(language: str, text: str, plural: str, forms: list[str]) -> Iterator[str]:
    allowed = {*PLACEHOLDER.findall(text), *PLACEHOLDER.findall(plural)}
    for form in forms:
        if not form:
            yield f"{language}: no translation of {text!r}"
        elif not set(PLACEHOLDER.findall(form)) <= allowed:
            yield f"{language}: other placeholders in the translation of {text!r}"


def _joined(quoted: str) -> str:
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"', quoted)
    return "".join(parts).replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))

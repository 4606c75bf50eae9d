"""What a marketplace's refusals mean, read from a connector's `errors.toml`. Pure; shared by all connectors.

    RULEBOOK = read_rulebook("ponte.connectors.acme")          # at import: a flaw in the table stops the tests
    rule = RULEBOOK.classify("item.price.invalid", "The price ...", names=("price",))
    kind = rule.kind if rule else ProblemClass.UNKNOWN

The table has sections, each a list of rules. `classify` asks them in this order and returns the first that fits:

    [[state]]      pattern                 what a message says about listing or account, whatever code comes with it
    [[code]]       codes, ids, prefixes    exact codes (without regard to case), numbers, how a code begins
    [[category]]   categories              the enums that some answers carry ("MISSING_ATTRIBUTE")
    [[family]]     pattern                 a pattern over the code, for codes that are not listed
    [[text]]       pattern                 what a message says when no code helped

Last, `last=` may be asked: `ponte.connectors.words.of_any` knows what sentences of any marketplace say.

Exact codes and numbers go before prefixes; the longest prefix wins. Every rule has `class` (a `ProblemClass`), and
may have:

    subject  = "price"          the field it is about; "ids": the connector reads the fields from the answer
    code     = "own_name"       names the case for the screen's texts, where the answer has no code of its own
    severity = "warning"        it never blocks, whatever the answer calls it
    names    = ["EAN"]          fits only when the answer is about one of these fields (`names=` of `classify`)
    pattern  = '...'            in [[code]] and [[category]]: fits only when the message says so, too
    note     = "..."            for the documentation's table (`refusals`)

Where one code has several meanings, the narrower rule stands above the wider. A class may become a closer one by the
field it is about, once that is known (`narrowed`):

    [[narrow]]     class, names, becomes   ATTRIBUTE_MISSING of GTIN is IDENTIFIER_MISSING

Any other section ([[moderation]] ...) holds rules with a pattern, asked by name: `RULEBOOK.told("moderation", text)`.
Patterns are of the dialect of `ponte.domain.pattern`: no group is repeated and a text is looked at up to a limit, so
no answer can make one slow. A table is checked whole when it is read (`RulebookError`): classes, keys, patterns, a
code that an earlier rule without conditions takes already.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeAlias

from ponte.domain.connector import Refusal
from ponte.domain.pattern import PatternError, SafePattern
from ponte.domain.problem import ProblemClass, Severity

IDS = "ids"
SECTIONS = ("state", "code", "category", "family", "text")
_KEYS = frozenset({"class", "subject", "code", "severity", "names", "pattern", "note"})
_EXACT: Mapping[str, frozenset[str]] = {
    "code": frozenset({"codes", "ids", "prefixes"}),
    "category": frozenset({"categories"}),
}


class RulebookError(ValueError):
    """A flaw in a table: the section, which rule of it, and what is wrong."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a table."""

    kind: ProblemClass
    subject: str = ""
    code: str = ""
    severity: Severity | None = None
    names: frozenset[str] = frozenset()
    pattern: SafePattern | None = None
    note: str = ""

    def says(self, text: str) -> bool:
        return self.pattern is not None and self.pattern.says(text)

    def suits(self, message: str, names: frozenset[str]) -> bool:
        """True when what the rule demands beside its code is there."""
        return (not self.names or bool(self.names & names)) and (self.pattern is None or self.pattern.says(message))

    @property
    def is_conditional(self) -> bool:
        return bool(self.names) or self.pattern is not None


Exact: TypeAlias = Mapping[str, tuple[Rule, ...]]
"""Rules by a code, a number, a prefix or an enum, casefolded; the narrower first."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A table in the form in which it is asked."""

    codes: Exact
    prefixes: Exact
    categories: Exact
    patterns: Mapping[str, tuple[Rule, ...]]
    closer: Mapping[tuple[ProblemClass, str], ProblemClass]
    spelled: Mapping[str, str]
    """How the table writes each code, by its form without case."""
    last: Callable[[str, str], Rule | None] | None = None
    """What any marketplace's words mean (`ponte.connectors.words`), asked when the table knows nothing."""

    def classify(
        self,
        code: str = "",
        message: str = "",
        *,
        number: int | None = None,
        categories: Iterable[str] = (),
        names: Iterable[str] = (),
        own: bool = False,
    ) -> Rule | None:
        """Return the first rule that fits, None when nothing does; with `own`, only of the table itself."""
        about = frozenset(name.casefold() for name in names)
        exact = (code, str(number) if number is not None else "")
        return (
            self.told("state", message)
            or _suiting(self.codes, exact, message, about)
            or _suiting(self.prefixes, _beginnings(code, self.prefixes), message, about)
            or _suiting(self.categories, categories, message, about)
            or (self.told("family", code, about) if code else None)
            or self.told("text", message, about)
            or (self.last(message, code) if self.last and not own else None)
        )

    def told(self, section: str, text: str, names: frozenset[str] = frozenset()) -> Rule | None:
        """Return the first rule of a section whose pattern is in the text."""
        rules = self.patterns.get(section, ())
        return next((rule for rule in rules if rule.says(text) and (not rule.names or rule.names & names)), None)

    def knows(self, code: str) -> bool:
        """True when the table has exactly this code."""
        return code.casefold() in self.codes

    def narrowed(self, kind: ProblemClass, subject: str) -> ProblemClass:
        """Return the closer class that a class is for this field, or the class itself."""
        return self.closer.get((kind, subject.casefold()), kind)

    def refusals(self) -> tuple[Refusal, ...]:
        """Return the codes, numbers, prefixes ("item.*") and enums that the table knows, for `Documents`."""
        named = (*self.codes.items(), *((f"{key}*", rules) for key, rules in self.prefixes.items()))
        return tuple(
            Refusal(self.spelled.get(name, name), rule.kind, "" if rule.subject == IDS else rule.subject, rule.note)
            for name, rules in (*named, *self.categories.items())
            for rule in rules
        )


def read_rulebook(
    package: str, name: str = "errors.toml", *, last: Callable[[str, str], Rule | None] | None = None
) -> Rulebook:
    """Read the table that lies in a package; `last` is asked after it. Raises RulebookError."""
    return replace(rulebook_of(files(package).joinpath(name).read_text(encoding="utf-8")), last=last)


def rulebook_of(text: str) -> Rulebook:
    """Read a table. Raises RulebookError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RulebookError(str(error)) from error
    rows = data.get("code", [])
    return Rulebook(
        codes=_exact("code", rows, ("codes", "ids")),
        prefixes=_exact("code", rows, ("prefixes",)),
        categories=_exact("category", data.get("category", []), ("categories",)),
        patterns={section: _patterned(section, found) for section, found in data.items() if _has_patterns(section)},
        closer=MappingProxyType(dict(_closer(data.get("narrow", [])))),
        spelled=MappingProxyType(dict(_spelled(data))),
    )


def _spelled(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for section, keys in _EXACT.items():
        for row in data.get(section, []):
            for key in sorted(keys):
                ending = "*" if key == "prefixes" else ""
                yield from ((f"{str(one).casefold()}{ending}", f"{one}{ending}") for one in row.get(key, ()))


def _has_patterns(section: str) -> bool:
    return section not in _EXACT and section != "narrow"


def _suiting(table: Exact, keys: Iterable[str], message: str, names: frozenset[str]) -> Rule | None:
    found = (rule for key in keys if key for rule in table.get(key.casefold(), ()))
    return next((rule for rule in found if rule.suits(message, names)), None)


def _beginnings(code: str, prefixes: Exact) -> Sequence[str]:
    lower = code.casefold()
    return sorted((prefix for prefix in prefixes if lower.startswith(prefix)), key=len, reverse=True)


def _exact(section: str, rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> Exact:
    found: dict[str, list[Rule]] = {}
    for number, row in enumerate(rows, start=1):
        if not any(row.get(key) for key in _EXACT[section]):
            raise RulebookError(f"[[{section}]] {number}: one of {sorted(_EXACT[section])} is needed")
        rule = _rule(section, number, row)
        for name in (str(one).casefold() for key in keys for one in row.get(key, ())):
            taken = found.setdefault(name, [])
            if taken and not taken[-1].is_conditional:
                raise RulebookError(f"[[{section}]] {number}: {name!r} has a rule without conditions above")
            taken.append(rule)
    return MappingProxyType({name: tuple(rules) for name, rules in found.items()})


def _patterned(section: str, rows: Sequence[Mapping[str, Any]]) -> tuple[Rule, ...]:
    rules = tuple(_rule(section, number, row) for number, row in enumerate(rows, start=1))
    bare = [number for number, rule in enumerate(rules, start=1) if rule.pattern is None]
    if bare:
        raise RulebookError(f"[[{section}]] {bare[0]}: a pattern is needed")
    return rules


def _rule(section: str, number: int, row: Mapping[str, Any]) -> Rule:
    strange = row.keys() - _KEYS - _EXACT.get(section, frozenset())
    if strange:
        raise RulebookError(f"[[{section}]] {number}: {sorted(strange)} has no meaning here")
    try:
        return Rule(
            ProblemClass[row["class"]],
            row.get("subject", ""),
            row.get("code", ""),
            Severity(row["severity"]) if "severity" in row else None,
            frozenset(name.casefold() for name in row.get("names", ())),
            SafePattern(row["pattern"]) if "pattern" in row else None,
            row.get("note", ""),
        )
    except (KeyError, ValueError, PatternError) as error:
        raise RulebookError(f"[[{section}]] {number}: {error}") from error


def _closer(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[tuple[ProblemClass, str], ProblemClass]]:
    for number, row in enumerate(rows, start=1):
        try:
            kind, becomes = ProblemClass[row["class"]], ProblemClass[row["becomes"]]
            yield from (((kind, name.casefold()), becomes) for name in row["names"])
        except KeyError as error:
            raise RulebookError(f"[[narrow]] {number}: {error}") from error

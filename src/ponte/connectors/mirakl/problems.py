"""From the words of a report to problems, by the table in errors.toml. Never raises, whatever the words are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from ponte.connectors import shape
from ponte.connectors.mirakl.catalogue import Attribute, Catalogue, catalogue_of
from ponte.connectors.mirakl.profile import Profile, profile_of, role_by_name
from ponte.connectors.rulebook import IDS, Rule, read_rulebook
from ponte.connectors.texts import sendable
from ponte.connectors.words import of_any, of_attribute
from ponte.domain.connector import Rules
from ponte.domain.mapping import Mapping, plain
from ponte.domain.message import JSON
from ponte.domain.problem import Problem, ProblemClass, Severity, Stage

RULEBOOK = read_rulebook("ponte.connectors.mirakl", last=of_any)
NO_RULES = Rules(Mapping())
MAX_MESSAGE = 4_000
MAX_PROBLEMS = 200
# "1001|Category 5699 is unknown": a cell may hold several, one after the other.
CODED = re.compile(r"(?:^|[\s,;]\s{0,5})(MCM-[0-9A-Z]{3,8}|[0-9]{3,6}|[A-Z][A-Z0-9_]{3,40})\|")
NAMED = re.compile(r"'([^'\n]{1,80})'|\"([^\"\n]{1,80})\"|\[([^\]\n]{1,80})\]|\(([^)\n]{1,80})\)|«\s?([^»\n]{1,80})»")
# Where an attribute stands in a sentence: "the attribute 'color' is ...", "the 'color' attribute is ...".
OF_ATTRIBUTE = re.compile(
    r"""(?:att?ribut[eo]?|campo|field|champ|coluna|column)s?\s{1,3}['"\[(«]\s?([^'"\])»\n]{1,80})"""
    r"""|['"\[(«]\s?([^'"\])»\n]{1,80})['"\])»]\s{1,3}(?:att?ribut[eo]?|field|column)""",
    re.IGNORECASE,
)
CODE = re.compile(r"\w[\w.\-]{1,59}")
BY_ROLE: dict[tuple[ProblemClass, str], ProblemClass] = {
    (ProblemClass.ATTRIBUTE_MISSING, "title"): ProblemClass.TITLE_INVALID,
    (ProblemClass.ATTRIBUTE_INVALID, "title"): ProblemClass.TITLE_INVALID,
    (ProblemClass.ATTRIBUTE_MISSING, "description"): ProblemClass.DESCRIPTION_INVALID,
    (ProblemClass.ATTRIBUTE_INVALID, "description"): ProblemClass.DESCRIPTION_INVALID,
    (ProblemClass.ATTRIBUTE_MISSING, "ean"): ProblemClass.IDENTIFIER_MISSING,
    (ProblemClass.ATTRIBUTE_INVALID, "ean"): ProblemClass.IDENTIFIER_INVALID,
    (ProblemClass.ATTRIBUTE_MISSING, "image"): ProblemClass.IMAGE_MISSING,
    (ProblemClass.ATTRIBUTE_INVALID, "image"): ProblemClass.IMAGE_INVALID,
    (ProblemClass.ATTRIBUTE_INVALID, "brand"): ProblemClass.BRAND_MAPPING,
    (ProblemClass.ATTRIBUTE_MAPPING, "brand"): ProblemClass.BRAND_MAPPING,
    (ProblemClass.ATTRIBUTE_MISSING, "category"): ProblemClass.CATEGORY_MAPPING,
    (ProblemClass.ATTRIBUTE_INVALID, "category"): ProblemClass.CATEGORY_MAPPING,
    (ProblemClass.ATTRIBUTE_MAPPING, "category"): ProblemClass.CATEGORY_MAPPING,
}

# The platform says of these what they mean, whatever the attribute is.
SETTLED = frozenset({"MCM-04000", "MCM-05000"})


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read an operator's words: its columns by role, its attributes by name."""

    profile: Profile = field(default_factory=lambda: profile_of(NO_RULES))
    catalogue: Catalogue = field(default_factory=Catalogue)

    def attribute(self, name: str) -> Attribute | None:
        """Return the attribute of a code or label."""
        wanted = plain(name)
        every = (one for rows in self.catalogue.attributes.values() for one in rows)
        return next((one for one in every if wanted in {plain(one.code), plain(one.label)}), None)

    def problems(self, texts: Iterable[str], *, severity: Severity = Severity.ERROR) -> tuple[Problem, ...]:
        """Return what the texts of one row say; the same said twice is said once."""
        said = dict.fromkeys(one for cell in texts for one in _split(cell))
        return tuple(self._problem(code, text, severity) for code, text in list(said)[:MAX_PROBLEMS])

    def _problem(self, code: str, text: str, severity: Severity) -> Problem:
        attribute = self._named(text)
        rule = self._rule(code, text) or (of_attribute(text) if OF_ATTRIBUTE.search(text) else None)
        if attribute is None and rule and rule.subject == IDS and code not in SETTLED:
            rule = _closer(text) or rule
        subject, kind = _subject(rule, attribute), rule.kind if rule else ProblemClass.UNKNOWN
        if attribute is not None and (rule is None or rule.subject in {IDS, ""}):
            kind = BY_ROLE.get((kind, self._role(code, attribute.code)), kind)
        if rule is not None and rule.severity is Severity.WARNING:
            severity = Severity.WARNING
        params = {"name": attribute.label or attribute.code} if attribute else {}
        told = code or (rule.code if rule else "")
        return Problem(kind, Stage.MARKETPLACE, subject, told, text, severity, params)

    def _role(self, code: str, name: str) -> str:
        told = self.profile.role_of(name)
        if told or code in SETTLED:
            return told
        return role_by_name(name)

    def _rule(self, code: str, text: str) -> Rule | None:
        if self.profile.operator and (rule := RULEBOOK.told(self.profile.operator, text)):
            return rule
        return RULEBOOK.classify(code, text)

    def _named(self, text: str) -> Attribute | None:
        """Return the attribute that the text names in quotes or brackets.

        Where the operator's catalogue is not at hand, a name is believed that is called an attribute, or is one of
        the channel's columns, or is the only one in the text.
        """
        names = ["".join(groups).strip() for groups in NAMED.findall(text)[:10]]
        known = next((found for name in names if (found := self.attribute(name)) is not None), None)
        if known is not None or self.catalogue.known:
            return known
        called = ["".join(groups).strip() for groups in OF_ATTRIBUTE.findall(text)[:3]]
        columns = [name for name in names if self.profile.role_of(name)]
        codes = [name for name in (*called, *columns, *(names if len(names) == 1 else ())) if CODE.fullmatch(name)]
        return Attribute(codes[0], codes[0]) if codes else None

    def of_status(self, row: dict[str, JSON]) -> tuple[Problem, ...]:
        """Return what CM11 says of one product: errors, whatever their codes say elsewhere, and warnings."""
        told = (one for entry in shape.tables(row.get("errors")) for one in self._of_entry(entry))
        errors = [replace(one, severity=Severity.ERROR) for one in told]
        warnings = [one.as_warning() for entry in shape.tables(row.get("warnings")) for one in self._of_entry(entry)]
        return tuple([*errors, *warnings][:MAX_PROBLEMS])

    def _of_entry(self, entry: dict[str, JSON]) -> Iterator[Problem]:
        code, message = shape.text(entry.get("code")), shape.text(entry.get("message"))
        details = shape.tables(entry.get("integration_details"))
        for detail in details:
            yield self._of_attribute(
                code, shape.text(detail.get("attribute_code")), shape.text(detail.get("message"))
            )
        reason = shape.table(entry.get("rejection_details"))
        told = (message, shape.text(reason.get("reason_label")), shape.text(reason.get("message")))
        if not details and (named := shape.text(entry.get("attribute_code"))):
            yield self._of_attribute(code, named, message)
        elif not details:
            yield self._problem(code, _cap(" ".join(part for part in told if part)), Severity.ERROR)

    def _of_attribute(self, code: str, name: str, message: str) -> Problem:
        found = self._problem(code, _cap(message), Severity.ERROR)
        attribute = self.attribute(name)
        kind = BY_ROLE.get((found.kind, self.profile.role_of(name)), found.kind)
        label = (attribute.label if attribute else "") or name
        return replace(found, kind=kind, subject=name[:100], params={"name": label})


def is_live(row: dict[str, JSON]) -> bool:
    """True for a product that CM11 says is on sale."""
    return shape.text(row.get("status")).upper() == "LIVE"


def not_live() -> Problem:
    """Return the problem of a product that CM11 says is not on sale yet, without a reason."""
    return Problem(ProblemClass.DEPENDENCY_PENDING, Stage.MARKETPLACE, "product", "product.not_live")


def hidden(row: dict[str, JSON]) -> tuple[Problem, ...]:
    """Return why an offer that was taken is not shown; () for one that is."""
    if row.get("active") is not False:
        return ()
    return tuple(_hidden(reason) for reason in shape.texts(row.get("inactivity_reasons"))[:10] or ("",))


def _hidden(reason: str) -> Problem:
    """Return one reason: the platform's own word for it."""
    told = sendable(reason[:200])
    kind = ProblemClass.STOCK_INVALID if "QUANTITY" in told.upper() else ProblemClass.POLICY_MODERATION
    if "SHOP" in told.upper():
        kind = ProblemClass.ACCOUNT_BLOCKED
    code = f"inactive.{told.casefold() or 'unknown'}"
    return Problem(kind, Stage.MARKETPLACE, "offer", code, told, Severity.WARNING)


def reading_of(rules: Rules) -> Reading:
    return Reading(profile_of(rules), catalogue_of(rules))


def _subject(rule: Rule | None, attribute: Attribute | None) -> str:
    if rule is not None and rule.subject not in {IDS, ""}:
        return rule.subject
    return attribute.code if attribute else ""


def _closer(text: str) -> Rule | None:
    """Return what the words say of a field of every product, in a sentence about an attribute that nobody knows."""
    found = of_any(text)
    return found if found and found.subject not in {IDS, ""} else None


def _split(cell: str) -> Iterator[tuple[str, str]]:
    """Yield (code, text) of each error in a cell; a cell without codes is one text."""
    text = cell[:MAX_MESSAGE].strip()
    marks = list(CODED.finditer(text))
    if not marks:
        yield from [("", _cap(text))] if text else []
        return
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=True):
        yield mark[1], _cap(text[mark.end() : end].strip(" ,;\n"))


def _cap(text: str) -> str:
    short = text if len(text) <= MAX_MESSAGE else text[:MAX_MESSAGE] + "…"
    return short if short.isprintable() else sendable(" ".join(short.split()))

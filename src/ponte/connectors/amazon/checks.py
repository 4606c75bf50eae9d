"""Everything that can be known before sending, all at once: the product type's schema, and what it cannot say."""

from __future__ import annotations

from collections.abc import Iterator

from ponte.connectors.amazon import family, gtin, standard
from ponte.connectors.amazon.basis import TITLE
from ponte.connectors.amazon.definition import is_unknown
from ponte.connectors.amazon.drafting import Draft
from ponte.connectors.amazon.errors import RULEBOOK
from ponte.connectors.amazon.flaws import Flaw
from ponte.connectors.checking import invalid, price_problems, unmapped, wordless, wrong_category
from ponte.domain.problem import Problem, ProblemClass, Stage

MAPPED = frozenset({"not_listed", "unit", "unknown"})
PARCEL = frozenset({standard.PACKAGE, standard.WEIGHT})
# The first word of our codes by class: the screen's texts go by "title.too_long" and the like.
SUBJECTS = {
    ProblemClass.TITLE_INVALID: "title",
    ProblemClass.DESCRIPTION_INVALID: "description",
    ProblemClass.DIMENSIONS_INVALID: "dimensions",
    ProblemClass.PRICE_INVALID: "price",
    ProblemClass.IMAGE_MISSING: "pictures",
    ProblemClass.IMAGE_INVALID: "pictures",
    ProblemClass.IDENTIFIER_MISSING: "gtin",
    ProblemClass.IDENTIFIER_INVALID: "gtin",
}


def problems(draft: Draft) -> tuple[Problem, ...]:
    """Return VTEX's flaws first, then ours; warnings among them do not stop the sending."""
    own = (
        *_title(draft),
        *_identifier(draft),
        *_pictures(draft),
        *price_problems(draft.sku, draft.price, standard.OFFER),
        *_family(draft),
    )
    told = {problem.subject for problem in own if problem.blocking}
    schema = [problem for flaw in draft.flaws if flaw.attribute not in told for problem in _of_flaw(draft, flaw)]
    return (*draft.sku.flaws, *_category(draft), *own, *schema)


def _category(draft: Draft) -> Iterator[Problem]:
    line = draft.category_line
    if line is None:
        yield unmapped(draft.sku, draft.rules)
    elif is_unknown(line.sent, draft.rules):
        yield wrong_category(draft.sku, line.sent, "category.unknown")


def _title(draft: Draft) -> Iterator[Problem]:
    text = draft.title.sent
    if TITLE in draft.filled and draft.filled[TITLE].origin is not draft.title:
        return
    problem = wordless(text, TITLE)
    if problem is not None:
        yield problem


def _identifier(draft: Draft) -> Iterator[Problem]:
    if any(draft.ruled(name) for name in gtin.INSTEAD):
        return
    name = draft.definition.title(gtin.IDENTIFIER) if draft.definition else "EAN"
    problem = gtin.problem_of(draft.identifier, name)
    if problem is not None:
        yield problem


def _pictures(draft: Draft) -> Iterator[Problem]:
    most = 1 + standard.MAX_OTHER_PICTURES
    if not draft.pictures and not draft.ruled(standard.MAIN_PICTURE) and draft.requirements != "LISTING_OFFER_ONLY":
        yield invalid(ProblemClass.IMAGE_MISSING, standard.MAIN_PICTURE, "pictures.missing")
    elif len(draft.pictures) > most:
        count = str(len(draft.pictures))
        many = invalid(ProblemClass.IMAGE_INVALID, "pictures", "pictures.too_many", limit=str(most), count=count)
        yield many.as_warning()


def _family(draft: Draft) -> Iterator[Problem]:
    """Check that the SKU has what tells it from its siblings."""
    definition = draft.definition
    for name in family.parts(family.theme_of(draft)):
        needed = definition is not None and name in definition.attributes and name not in definition.required
        if definition and needed and (name not in draft.filled or name in draft.dropped):
            yield invalid(ProblemClass.VARIATION_INVALID, name, "attribute.missing", name=definition.title(name))


def _of_flaw(draft: Draft, flaw: Flaw) -> Iterator[Problem]:
    if flaw.attribute == standard.OFFER and flaw.word == "missing" and draft.price is None:
        return  # there is no price: said above, or by VTEX's flaw
    name = draft.definition.title(flaw.attribute) if draft.definition else flaw.attribute
    kind = _kind(flaw)
    stage = Stage.MAPPING if flaw.word in MAPPED else Stage.VALIDATION
    code = f"{SUBJECTS.get(kind, 'attribute')}.{_word(kind, flaw)}"
    problem = Problem(kind, stage, flaw.attribute, code, params={"name": name, **_shown(draft, flaw)})
    yield problem.as_warning() if flaw.attribute in draft.dropped else problem


def _kind(flaw: Flaw) -> ProblemClass:
    match flaw.word:
        case "missing":
            kind = ProblemClass.ATTRIBUTE_MISSING
        case "not_listed" | "unknown":
            kind = ProblemClass.ATTRIBUTE_MAPPING
        case _:
            kind = ProblemClass.ATTRIBUTE_INVALID
    closer = RULEBOOK.narrowed(kind, flaw.attribute)
    if kind is ProblemClass.ATTRIBUTE_MAPPING and closer is kind:
        # Of a value of its own (a price, a picture) the closed list is no matter of mapping.
        invalid = RULEBOOK.narrowed(ProblemClass.ATTRIBUTE_INVALID, flaw.attribute)
        return kind if invalid in {ProblemClass.ATTRIBUTE_INVALID, ProblemClass.BRAND_MAPPING} else invalid
    return closer


def _word(kind: ProblemClass, flaw: Flaw) -> str:
    if kind in {ProblemClass.TITLE_INVALID, ProblemClass.DESCRIPTION_INVALID} and flaw.word == "missing":
        return "empty"
    if kind is ProblemClass.DIMENSIONS_INVALID and flaw.word == "too_low":
        return "not_positive"
    if kind is ProblemClass.DIMENSIONS_INVALID and flaw.word == "too_high":
        return "too_large"
    return flaw.word


def _shown(draft: Draft, flaw: Flaw) -> dict[str, str]:
    """Return what is shown; of a value that was translated, what the shop wrote."""
    params = dict(flaw.params)
    if flaw.word == "missing" and flaw.attribute == gtin.IDENTIFIER:
        params["value"] = draft.identifier.text[: gtin.SHOWN]
    one = draft.filled.get(flaw.attribute)
    if one and "value" not in params and one.origin.sent:
        params["value"] = one.origin.sent[:200]
    if flaw.attribute in PARCEL:
        params.setdefault("unit", "g" if flaw.attribute == standard.WEIGHT else "cm")
    return params

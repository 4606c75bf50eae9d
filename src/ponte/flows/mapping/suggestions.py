"""What might close each gap of a channel's mapping, the likeliest first, from what is known without asking anybody.

`asking` asks the marketplace and VTEX, in bounds, and keeps what they said as facts; here it is weighed
against likeness of names.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final

from django.utils import timezone

from ponte.db.gaps import Gap, Lack
from ponte.db.models import Fact
from ponte.domain.likeness import likeness, nearest, words_of
from ponte.domain.mapping import plain
from ponte.domain.message import JSON
from ponte.domain.sheet import Sheet, SheetField
from ponte.flows.facts.known_sheets import sheets_seen

MOST: Final = 3
KEPT: Final = timedelta(hours=24)
WORDS, SPECS = "suggest/", "specs/"
ASKED_EXAMPLES: Final = 2
SPEC_EXAMPLES: Final = 3
BY_NAME, BY_WORDS, OF_NAMES, OF_PARENT = 1.0, 0.6, 0.7, 0.6
USUAL: Final = frozenset(
    {"nao se aplica", "sem genero", "outro", "outros", "outra", "outras", "generico", "generica", "unissex", "nao"}
)
_FIELDS: Final = {"marca": "brand", "modelo": "reference", "gtin": "ean", "ean": "ean", "titulo": "name"}


class Why(StrEnum):
    MARKETPLACE = "marketplace"  # its own predictor, for the names of products
    LIKE_CATEGORY = "like_category"
    LIKE_FIELD = "like_field"  # a specification of the store has such a name
    FITS_LIST = "fits_list"  # a specification whose values are in the closed list
    STANDARD = "standard"  # a field that every SKU has
    LIKE_VALUE = "like_value"
    USUAL_VALUE = "usual_value"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible cure: what the rule would say, its name for people, and why; `detail` fills the reason."""

    choice: str
    name: str
    why: Why
    score: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """A gap with its candidates; `asked` is False while the marketplace or VTEX could still be asked about it."""

    gap: Gap
    candidates: tuple[Candidate, ...]
    asked: bool
    options: tuple[tuple[str, str], ...] = ()
    """What may be chosen freely, as (choice, name): categories that were seen, values of the closed list, fields."""

    @property
    def best(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None


@dataclass(slots=True)
class Known:
    """What was learnt: sheets by category, answers by words, specifications by SKU."""

    sheets: Mapping[str, Sheet]
    answers: Mapping[str, Sequence[JSON]] = field(default_factory=dict)
    specs: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    predicts: bool = True


def read_known(channel_id: int, gaps: Iterable[Gap], *, predicts: bool) -> Known:
    """Read what is kept about some gaps; a fixed number of queries."""
    every = list(gaps)
    words = {key_of(text): text for gap in every for text in words_for(gap)}
    specs = {SPECS + sku: sku for gap in every for sku in skus_for(gap)}
    since = timezone.now() - KEPT
    facts = Fact.objects.filter(channel_id=channel_id, key__in=[*words, *specs], learnt_at__gt=since)
    kept: dict[str, JSON] = dict(facts.values_list("key", "value"))
    return Known(
        sheets_seen(channel_id),
        {text: kept[key] for key, text in words.items() if isinstance(kept.get(key), list)},
        {sku: kept[key] for key, sku in specs.items() if isinstance(kept.get(key), dict)},
        predicts,
    )


def advise(gaps: Iterable[Gap], known: Known) -> list[Advice]:
    """Weigh the candidates of each gap."""
    told = {
        category: f"{sheet.name} ({category})" if sheet.name != category else category
        for category, sheet in known.sheets.items()
        if sheet.leaf
    }
    return [_advice(gap, known, tuple(told.items())) for gap in gaps]


def _advice(gap: Gap, known: Known, categories: tuple[tuple[str, str], ...]) -> Advice:
    match gap.lack:
        case Lack.CATEGORY:
            asked = not known.predicts or all(words in known.answers for words in words_for(gap))
            return Advice(gap, _categories(gap, known), asked, categories)
        case Lack.ATTRIBUTE:
            asked = all(sku in known.specs for sku in skus_for(gap))
            field_ = sheet_field(gap, known)
            names = [(f"specification:{name}", name) for name in _spec_names(gap, known)]
            values = [(name, name) for _, name in field_.values] if field_ else []
            return Advice(gap, _fillers(gap, known, field_), asked, tuple(names + values))
        case _:
            found = sheet_field(gap, known)
            names = [(name, name) for _, name in found.values] if found else []
            return Advice(gap, _values(gap, found), True, tuple(names))


def words_for(gap: Gap) -> tuple[str, ...]:
    """Return what the marketplace is asked about a category: names of its products, then its own name."""
    if gap.lack is not Lack.CATEGORY:
        return ()
    names = [one.name for one in gap.examples[:ASKED_EXAMPLES]]
    return tuple(dict.fromkeys(text for text in (*names, leaf_of(gap.name)) if text.strip()))


def skus_for(gap: Gap) -> tuple[str, ...]:
    """Return the SKUs whose specifications tell what may fill an attribute."""
    return tuple(one.sku for one in gap.examples[:SPEC_EXAMPLES]) if gap.lack is Lack.ATTRIBUTE else ()


def key_of(words: str) -> str:
    """Return the key of the fact that holds the marketplace's answer to words."""
    return WORDS + hashlib.blake2b(words.encode(errors="replace"), digest_size=12).hexdigest()


def leaf_of(path: str) -> str:
    return path.replace("›", ">").rpartition(">")[2].strip()


def sheet_field(gap: Gap, known: Known) -> SheetField | None:
    """Return the field that a gap is about, from the sheet of a category that its products go to, else any."""
    sheets = [known.sheets[category] for category in gap.categories if category in known.sheets]
    for sheet in (*sheets, *known.sheets.values()):
        for one in sheet.fields:
            if one.id == gap.subject:
                return one
    return None


def _categories(gap: Gap, known: Known) -> tuple[Candidate, ...]:
    scores: dict[str, float] = defaultdict(float)
    names: dict[str, str] = {}
    leaf, parent = leaf_of(gap.name), leaf_of(gap.name.replace("›", ">").rpartition(">")[0])
    predicted = set()
    for words in words_for(gap):
        weight = BY_WORDS if words == leaf else BY_NAME
        for place, row in enumerate(known.answers.get(words, ())):
            category, name = str(row[0]), str(row[1])
            names[category] = name
            scores[category] += weight / (place + 1)
            predicted.add(category)
    seen = {category: sheet.name for category, sheet in known.sheets.items() if sheet.leaf}
    for category, name in {**seen, **names}.items():
        names[category] = name
        like = max(likeness(leaf, name), OF_PARENT * likeness(parent, name))
        if like >= (0.35 if category in predicted else 0.5):
            scores[category] += OF_NAMES * like
    best = sorted(scores, key=lambda category: (-scores[category], category))[:MOST]
    return tuple(
        Candidate(
            category,
            names[category],
            Why.MARKETPLACE if category in predicted else Why.LIKE_CATEGORY,
            round(scores[category], 3),
        )
        for category in best
    )


def _spec_names(gap: Gap, known: Known) -> list[str]:
    every = (name for sku in skus_for(gap) for name in known.specs.get(sku, {}))
    return list(dict.fromkeys(every))


def _fillers(gap: Gap, known: Known, wanted: SheetField | None) -> tuple[Candidate, ...]:
    found: dict[str, Candidate] = {}
    read = [known.specs[sku] for sku in skus_for(gap) if sku in known.specs]
    listed = {plain(name) for _, name in wanted.values} if wanted else set()
    for name in _spec_names(gap, known):
        values = [value for specs in read for value in specs.get(name, ())]
        like = max(likeness(name, gap.name), likeness(name, gap.subject.replace("_", " ")))
        fits = sum(plain(value) in listed for value in values) / len(values) if listed and values else 0.0
        score = like + 0.4 * fits if like >= 0.5 else 0.6 * fits if fits > 0.5 else 0.0
        if score:
            why = Why.LIKE_FIELD if like >= 0.5 else Why.FITS_LIST
            choice = f"specification:{name}"
            found[choice] = Candidate(choice, name, why, round(score, 3), ", ".join(dict.fromkeys(values))[:80])
    meant = words_of(gap.name) | words_of(gap.subject.replace("_", " "))
    for word, source in _FIELDS.items():
        if word in meant:
            found[source] = Candidate(source, source, Why.STANDARD, 0.45)
    for _, name in wanted.values if wanted else ():
        if plain(name) in USUAL:
            found[name] = Candidate(name, name, Why.USUAL_VALUE, 0.3)
    return tuple(sorted(found.values(), key=lambda one: -one.score)[:MOST])


def _values(gap: Gap, wanted: SheetField | None) -> tuple[Candidate, ...]:
    names = [name for _, name in wanted.values] if wanted else []
    like = [Candidate(one.name, one.name, Why.LIKE_VALUE, one.score) for one in nearest(gap.value, names, most=MOST)]
    usual = [
        Candidate(name, name, Why.USUAL_VALUE, 0.3) for name in names if plain(name) in USUAL and plain(name) != "nao"
    ]
    known = {one.choice for one in like}
    return tuple([*like, *(one for one in usual if one.choice not in known)][:MOST])

"""The form of a rule for codes: read, prefilled from a cause, and what it shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.db.models import Cause, Channel
from ponte.domain.code_rules import CHOICES, Match
from ponte.domain.fingerprint import PATTERNS
from ponte.explain import LANGUAGES
from ponte.explain.messages import suggest
from ponte.flows.codes.rules import (
    MAX_FIX,
    MAX_NOTE,
    MAX_PATTERN,
    MAX_SUBJECT,
    MAX_TITLE,
    Change,
    Draft,
    Effect,
    Unfit,
)
from ponte.web.choice import Choice
from ponte.web.codes.page import MATCHES, class_name, connector_name

FLAWS: Mapping[Unfit, str | Promise] = {
    Unfit.MISSING: _("Preencha este campo."),
    Unfit.UNKNOWN: _("Este valor não existe aqui."),
    Unfit.TOO_LONG: _("O texto é longo demais ou tem caracteres invisíveis."),
    Unfit.TOO_SHORT: _("É curto demais: pegaria quase tudo."),
    Unfit.TWICE: _("Já existe uma regra para isto. Mude aquela."),
}
LANGUAGE_NAMES = {"pt-BR": "Português", "en": "English", "es": "Español"}
LIMITS = {"title": MAX_TITLE, "fix": MAX_FIX, "subject": MAX_SUBJECT, "note": MAX_NOTE}


@dataclass(frozen=True, slots=True)
class OwnText:
    """The two fields of one language."""

    language: str
    name: str
    title: str
    fix: str
    flaw: str | Promise


@dataclass(frozen=True, slots=True)
class Form:
    """The form as it is shown. `seen` is what the save button sends: a mark of the draft whose effect was shown."""

    draft: Draft
    connector: str
    channels: tuple[Choice, ...]
    matches: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    texts: tuple[OwnText, ...]
    flaws: Mapping[str, str | Promise]
    effect: Effect | None
    changes: tuple[tuple[str, Change], ...]
    seen: str
    number: int | None
    has_texts: bool
    limits: Mapping[str, int]


def read(form: QueryDict) -> Draft:
    """Read the form; what is missing is ""."""

    def field(name: str) -> str:
        return form.get(name, "")[:2_000]

    return Draft(
        connector=field("connector"),
        match=field("match"),
        pattern=field("pattern").strip(),
        kind=field("kind"),
        channel=field("channel"),
        subject=field("subject").strip(),
        titles={language: text for language in LANGUAGES if (text := field(f"title.{language}").strip())},
        fixes={language: text for language in LANGUAGES if (text := _lines(field(f"fix.{language}")))},
        note=field("note").strip(),
    )


def _lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def from_cause(cause: Cause) -> Draft:
    """Return a draft that finds what a cause tells of, with the class that its words suggest."""
    found = suggest(cause.message, cause.code)
    kind = found.kind if found and found.kind in CHOICES else None
    return Draft(
        connector=cause.channel.connector,
        match=Match.CODE if cause.code else Match.WORDS,
        pattern=cause.code or starred(cause.message),
        kind=kind.name if kind else "",
        subject=cause.subject or (found.subject if found else ""),
    )


def starred(message: str) -> str:
    """Return a message with `*` for what changes from product to product, cut to what a rule takes."""
    text = message[:2_000].replace("*", " ")
    for _name, pattern in PATTERNS:
        text = pattern.sub("*", text)
    words = " ".join(text.split())[: MAX_PATTERN[Match.WORDS]]
    parts = [part.strip() for part in words.split("*") if part.strip(" .,;:[](){}'\"")]
    return " * ".join(sorted(parts, key=len, reverse=True)[:1] if len(parts) > 3 else parts)


def mark(draft: Draft) -> str:
    """Return a short mark of a draft: the save button saves what was shown, and nothing else."""
    text = json.dumps(asdict(draft), sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def shown(
    draft: Draft,
    channels: list[Channel],
    flaws: Mapping[str, Unfit] | None = None,
    effect: Effect | None = None,
    number: int | None = None,
) -> Form:
    """Return the form of a draft, with what is unfit or with what it would change."""
    told = {name: FLAWS[flaw] for name, flaw in (flaws or {}).items()}
    everywhere = Choice("", _("Todos os canais deste conector"), not draft.channel)
    some = tuple(Choice(one.code, one.name, one.code == draft.channel) for one in channels)
    kinds = sorted((Choice(kind.name, class_name(kind.name), kind.name == draft.kind) for kind in CHOICES), key=_text)
    return Form(
        draft=draft,
        connector=connector_name(draft.connector),
        channels=(everywhere, *some),
        matches=tuple(Choice(match, text, match == draft.match) for match, text in MATCHES.items()),
        kinds=tuple(kinds),
        texts=tuple(_own_text(draft, language, told) for language in LANGUAGES),
        flaws=told,
        effect=effect,
        changes=tuple((class_name(change.kind), change) for change in effect.changes) if effect else (),
        seen=mark(draft) if effect else "",
        number=number,
        has_texts=bool(draft.titles or draft.fixes or any("." in name for name in told)),
        limits=LIMITS,
    )


def _text(choice: Choice) -> str:
    return str(choice.text).casefold()


def _own_text(draft: Draft, language: str, told: Mapping[str, str | Promise]) -> OwnText:
    return OwnText(
        language,
        LANGUAGE_NAMES[language],
        draft.titles.get(language, ""),
        draft.fixes.get(language, ""),
        told.get(f"title.{language}", "") or told.get(f"fix.{language}", ""),
    )

"""Words for the closed choices of the domain: statuses, phases, stages, triggers, results, actions."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from ponte.domain.lifecycle import Phase, Status
from ponte.explain.catalogue import choose_language, words


def label(member: StrEnum, language: str) -> str:
    """Return the word for a member of one of our enums; its value when it has none.

    `Status`, `Phase`, `Task`, `Trigger`, `Action`, `AttemptResult`, `Stage`, `Severity`, `Retry`, `Where` and
    `LinkKind` have words.
    """
    table = words(choose_language(language), f"labels.{type(member).__name__}")
    return table.get(member.value, (member.value,))[0]


def status_label(status: Status, phase: Phase, language: str) -> str:
    """Return the word of a row's tag: what it is doing, or else how it ended."""
    return label(status if phase is Phase.IDLE else phase, language)


def status_words(language: str) -> Mapping[str, str]:
    """Return the words of all statuses and phases by value ("error", "queued")."""
    return {str(member): label(member, language) for member in (*Status, *Phase)}

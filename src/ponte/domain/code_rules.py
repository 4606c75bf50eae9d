"""Rules that an administrator wrote for codes a connector does not know, or reads differently. Pure.

A rule is kept in the problem it changed: `params` hold its number, its own words and what the problem was before
(`OWN`). So the same rules can be applied again, in any state of them, and a rule that is switched off leaves nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Final

from ponte.domain.outcome import Accepted, Blocked, Outcome, Pending, Postponed, Rejected
from ponte.domain.pattern import Words
from ponte.domain.problem import Problem, ProblemClass, Retry, Stage

OWN: Final = "rule."
"""Params with this beginning are ours; what a marketplace sends under it is dropped."""
RULE, WAS, WAS_SUBJECT, TITLE, FIX = "rule.id", "rule.was", "rule.was_subject", "rule.title.", "rule.fix."
GUESSED: Final = "words"
"""Instead of a rule's number: the class was told by the words alone."""

HEARD: Final = frozenset({Stage.SEND, Stage.MARKETPLACE})
_FINAL = frozenset({Retry.FIX, Retry.NEVER})
_OURS = frozenset({ProblemClass.WORKER_LOST, ProblemClass.SUPERSEDED})
_TRANSPORT = frozenset(
    {
        ProblemClass.THROTTLED,
        ProblemClass.MARKETPLACE_OUTAGE,
        ProblemClass.NETWORK,
        ProblemClass.MARKETPLACE_TIMEOUT,
        ProblemClass.RESPONSE_UNREADABLE,
        ProblemClass.REPORT_UNREADABLE,
        ProblemClass.VTEX_UNAVAILABLE,
    }
)
CHOICES: Final = tuple(
    kind
    for kind in ProblemClass
    if kind not in _OURS
    and not kind.about_account
    and kind not in {ProblemClass.UNKNOWN, ProblemClass.NETWORK, ProblemClass.VTEX_UNAVAILABLE}
)
"""The classes that a rule may give: an account's trouble stops a whole channel, and is not said by a code alone."""
GUESSABLE: Final = frozenset(
    kind
    for kind in CHOICES
    if kind.retry in {Retry.FIX, Retry.NEVER}
    and kind not in {ProblemClass.AUTH_FORBIDDEN, ProblemClass.PAYLOAD_INVALID}
)
"""The classes that words alone may give: none that makes Ponte try again or stop."""


class Match(StrEnum):
    """How a rule finds its problems."""

    CODE = "code"  # exactly this code, without regard to case
    PREFIX = "prefix"  # how the code begins
    WORDS = "words"  # the message has these words in this order, `*` for anything between


@dataclass(frozen=True)
class OwnRule:
    """One rule. `texts` are params of the problem: "rule.title.pt-BR", "rule.fix.en"."""

    number: int
    match: Match
    pattern: str
    kind: ProblemClass
    subject: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)

    def fits(self, problem: Problem) -> bool:
        """True for a problem as the connector told it."""
        return is_open_to_rules(problem) and self.says(problem.code, problem.message)

    def says(self, code: str, message: str) -> bool:
        match self.match:
            case Match.CODE:
                return bool(code) and code.casefold() == self.pattern.casefold()
            case Match.PREFIX:
                return bool(code) and code.casefold().startswith(self.pattern.casefold())
            case Match.WORDS:
                return self._words.says(message)

    @cached_property
    def _words(self) -> Words:
        return Words.of(self.pattern)


Guess = Callable[[Problem], tuple[ProblemClass, str] | None]
"""What the words of a problem suggest: a class and a subject."""


def is_open_to_rules(problem: Problem) -> bool:
    """True for what a marketplace said about a product; not for transport, an account, or our own trouble."""
    kind = problem.kind
    told = problem.stage in HEARD and problem.code != "ponte_bug"
    return told and not (kind.about_account or kind in _OURS or kind in _TRANSPORT)


def classed(problem: Problem, rules: Sequence[OwnRule], guess: Guess | None = None) -> Problem:
    """Return the problem under the first rule that fits, as it was told where none does."""
    told = as_told(problem)
    rule = next((rule for rule in rules if rule.fits(told)), None)
    if rule is not None:
        return _stamped(told, rule.kind, rule.subject, {RULE: str(rule.number), **rule.texts})
    if guess is None or told.kind is not ProblemClass.UNKNOWN or not is_open_to_rules(told):
        return told
    found = guess(told)
    return _stamped(told, *found, {RULE: GUESSED}) if found and found[0] in GUESSABLE else told


def as_told(problem: Problem) -> Problem:
    """Return the problem as the connector told it."""
    if not any(name.startswith(OWN) for name in problem.params):
        return problem
    kept = {name: value for name, value in problem.params.items() if not name.startswith(OWN)}
    kind = ProblemClass.__members__.get(problem.params.get(WAS, ""), problem.kind)
    subject = problem.params.get(WAS_SUBJECT, problem.subject) if WAS in problem.params else problem.subject
    return replace(problem, kind=kind, subject=subject, params=kept)


def rule_of(problem: Problem) -> str:
    """Return the number of the rule that classed a problem, `GUESSED`, or ""."""
    return problem.params.get(RULE, "")


def _stamped(told: Problem, kind: ProblemClass, subject: str, own: Mapping[str, str]) -> Problem:
    was = {WAS: told.kind.name, WAS_SUBJECT: told.subject}
    return replace(told, kind=kind, subject=subject or told.subject, params={**told.params, **was, **own})


def reclassed(outcome: Outcome, rules: Sequence[OwnRule], guess: Guess | None = None) -> Outcome:
    """Return an outcome under the rules. What its words prove to be final is no longer put off."""
    match outcome:
        case Accepted(_, ()) | Blocked() | Pending():
            return outcome
        case Accepted(_, warnings):
            return replace(outcome, warnings=tuple(classed(problem, rules, guess) for problem in warnings))
        case Rejected(problems):
            return replace(outcome, problems=tuple(classed(problem, rules, guess) for problem in problems))
        case Postponed(problem, _, unknown, listing):
            found = classed(problem, rules)
            if found.kind.retry in _FINAL and found.kind is not problem.kind and not unknown:
                return Rejected((found,), listing)
            return replace(outcome, problem=found)


def as_toml(rule: OwnRule, note: str = "") -> str:
    """Return a rule as lines of a connector's errors.toml, for the project to take over."""
    finds = {
        Match.CODE: ("code", f"codes = [{_quoted(rule.pattern)}]"),
        Match.PREFIX: ("code", f"prefixes = [{_quoted(rule.pattern)}]"),
        Match.WORDS: ("text", f"pattern = {_quoted(_as_pattern(rule.pattern))}"),
    }
    section, how = finds[rule.match]
    lines = [f"[[{section}]]", f"class = {_quoted(rule.kind.name)}", how]
    lines += [f"{name} = {_quoted(value)}" for name, value in (("subject", rule.subject), ("note", note)) if value]
    texts = [f"# {name.removeprefix(OWN)}: {_quoted(text)}" for name, text in sorted(rule.texts.items())]
    return "\n".join((*lines, *texts, ""))


def _as_pattern(words: str) -> str:
    """Return words with `*` as a pattern: the more stars, the less may be between."""
    parts = [re.escape(part.strip()) for part in Words.of(words).parts]
    between = {0: 0, 1: 200, 2: 80, 3: 15}.get(len(parts) - 1, 5)
    return f".{{0,{between}}}".join(part.replace("\\ ", " ") for part in parts)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)

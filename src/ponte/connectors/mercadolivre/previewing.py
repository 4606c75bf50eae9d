"""Mercado Livre's own verdict on an offer before it is sent: everything that a create would be refused for.

Developers' page "listing validator", captured 2026-06: POST /items/validate takes the body of a create and answers
204, or 400 with the errors that the create would have.
"""

from __future__ import annotations

from dataclasses import replace

from ponte.connectors.mercadolivre.answers import classify
from ponte.connectors.mercadolivre.errand import Errand, errand_of, named
from ponte.connectors.mercadolivre.lasting import by_warehouse
from ponte.connectors.mercadolivre.sending import asks_for_other_model
from ponte.connectors.transport import ask
from ponte.domain.connector import Rules
from ponte.domain.message import Conversation, Request, Response
from ponte.domain.offer import Offer
from ponte.domain.outcome import Accepted, Outcome, Postponed, Rejected

ENDPOINT = "POST /items/validate"
# The dry run says so of accounts that create all the same: they lost a shipping mode of old.
FALSE_ALARMS = frozenset({"lost_me1_by_user"})


def preview(offer: Offer, rules: Rules) -> Conversation[Outcome]:
    """Ask for the verdict; in an account that was moved to the other selling model, with the other name."""
    errand = errand_of(offer, rules, stored=False)
    if errand.by_warehouse:
        return Rejected((by_warehouse(),))
    answer = yield from _validate(errand)
    if isinstance(answer, Response) and asks_for_other_model(answer):
        errand = errand.in_other_model()
        answer = yield from _validate(errand)
    if isinstance(answer, Postponed):
        return answer
    return named(_believed(classify(ENDPOINT, answer)), errand)


def _validate(errand: Errand) -> Conversation[Response | Postponed]:
    return (yield from ask(Request("POST", "/items/validate", ENDPOINT, json=errand.item)))


def _believed(outcome: Outcome) -> Outcome:
    """Take false alarms for warnings; what is left decides."""
    if not isinstance(outcome, Rejected):
        return replace(outcome, listing=None) if isinstance(outcome, Accepted) else outcome
    told = tuple(one.as_warning() if one.code in FALSE_ALARMS else one for one in outcome.problems)
    return Rejected(told) if any(one.blocking for one in told) else Accepted(None, told)

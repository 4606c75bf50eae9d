"""Decides what a body means for a store: hints to queue, or something to set aside. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from ponte.flows.ingest import Hint, StoreDoor, Unrecognised
from ponte.ingest import answers
from ponte.ingest.answers import Answer
from ponte.sources.vtex.notification import Notification, Refused, normalised_account, parse

ACCOUNT_OTHER = "account_other"
AFFILIATE_UNKNOWN = "affiliate_unknown"
STORE_PAUSED = "store_paused"
EMPTY = "empty"


@dataclass(slots=True)
class Verdict:
    """What to store, and the answer once it is stored. With nothing to store the answer is given at once.

    Not frozen, like all that is made for each request: that would cost three times as much.
    """

    answer: Answer
    hints: tuple[Hint, ...] = ()
    unrecognised: tuple[Unrecognised, ...] = ()


def judge(door: StoreDoor, body: bytes, content_type: str) -> Verdict:
    """Return what a store's body means. Never raises."""
    if door.paused:
        # One row that counts, whatever the bodies say: on resume a sweep looks at everything.
        return Verdict(answers.SET_ASIDE, (), (Unrecognised(door.store_id, STORE_PAUSED, "", "", b""),))
    told = parse(body, content_type)
    if isinstance(told, Refused):
        return _refused(door, told, body, content_type)
    hints: list[Hint] = []
    reasons: dict[str, str] = {}
    for notification in told:
        if (reason := _misdirected(door, notification)) is not None:
            reasons.setdefault(*reason)
            continue
        if not _gather(door, notification, hints):
            reasons.setdefault(AFFILIATE_UNKNOWN, notification.affiliate or "")
    if not reasons:
        return Verdict(answers.STORED, tuple(hints))
    aside = tuple(
        Unrecognised(door.store_id, reason, detail, content_type, body) for reason, detail in reasons.items()
    )
    return Verdict(answers.STORED if hints else answers.SET_ASIDE, tuple(hints), aside)


def _refused(door: StoreDoor, refused: Refused, body: bytes, content_type: str) -> Verdict:
    answer = answers.problem(refused.status, refused.reason_code, refused.text)
    if refused.reason_code == EMPTY:
        return Verdict(answer)
    kept = Unrecognised(door.store_id, refused.reason_code, refused.text, content_type, body)
    return Verdict(answer, (), (kept,))


def _misdirected(door: StoreDoor, notification: Notification) -> tuple[str, str] | None:
    account = notification.account
    if account is None or account == door.account or account == normalised_account(door.account):
        return None
    return ACCOUNT_OTHER, account


def _gather(door: StoreDoor, notification: Notification, hints: list[Hint]) -> bool:
    """Add a hint for each lane that the notification concerns; say whether any channel listens.

    A channel listens to its affiliate; to every one while it has none; to a body that names none.
    """
    told = notification.affiliate
    heard = False
    for channel in door.channels:
        if told is None or told == channel.affiliate_id or not channel.affiliate_id:
            for kind in _kinds(channel.kinds, notification):
                hints.append(Hint(channel.channel_id, kind, notification.sku_id, notification.product_id or ""))
                heard = True
    return heard


def _kinds(kinds: tuple[str, ...], notification: Notification) -> tuple[str, ...]:
    """Return the lanes to look in: those of the flags; all of them when no flag says anything of use."""
    if len(kinds) == 1:
        return kinds
    changed = {
        "product": notification.product_changed
        or notification.removed_from_affiliate
        or notification.active is False,
        "price": notification.price_changed,
        "stock": notification.stock_changed,
    }
    return tuple(kind for kind in kinds if changed.get(kind, False)) or kinds

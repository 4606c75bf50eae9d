"""People, their roles in stores, and their API tokens."""

from __future__ import annotations

import hashlib
import secrets
import string
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Q

from ponte.db.audit import note_one
from ponte.db.models import Membership, Role, Store, Token, TokenScope, User
from ponte.db.passwords import MAX_PASSWORD
from ponte.db.scope import Scope
from ponte.domain.message import JSON

PREFIX = "ponte_"
ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
RANDOM_CHARACTERS = 30  # 178 bits: too many to guess, so a plain SHA-256 is enough (OWASP ASVS 6.5.2)
CHECKSUM_CHARACTERS = 6
# A token's last use is shown by the minute: a row written at every request would cost more than the request.
SEEN_EVERY = timedelta(minutes=1)


class NotAllowedHereError(Exception):
    """The name is taken, or the password or role cannot be used; the text says which."""


def add_user(username: str, password: str, *, language: str = "") -> User:
    """Make a person who can sign in.

    Only what can never work is refused here; a door that lets people choose shows `weaknesses` first.

    Raises:
        NotAllowedHereError: the name is empty or taken, or the password is empty, too long or has a NUL.
    """
    if not password or len(password) > MAX_PASSWORD or "\x00" in password:
        raise NotAllowedHereError(f"A password has 1 to {MAX_PASSWORD} characters and no NUL.")
    if not username.strip() or "\x00" in username:
        raise NotAllowedHereError("A user needs a name.")
    if is_taken(username):
        raise NotAllowedHereError(f"The user {username} exists already.")
    return User.objects.create_user(username, password=password, language=language)


def is_taken(username: str) -> bool:
    """Say whether somebody is called so, whatever the case."""
    return User.objects.filter(username__iexact=username).exists()


def weaknesses(password: str, username: str = "") -> Sequence[str]:
    """Return what speaks against a password, in the language of the thread; empty when nothing does."""
    try:
        validate_password(password, User(username=username))
    except ValidationError as error:
        return tuple(error.messages)
    return ()


def join(user: User, store: Store, role: str, *, channel_ids: Sequence[int] = ()) -> Membership:
    """Give a person a role in a store, and the channels they are limited to; what they had there is replaced."""
    if role not in Role.values:
        raise NotAllowedHereError(f"A role is one of {', '.join(Role.values)}.")
    given = {"role": role, "channel_ids": list(channel_ids)}
    membership, _ = Membership.objects.update_or_create(user=user, store=store, defaults=given)
    return membership


def note_person(verb: str, user_id: int, *, actor_id: int | None, detail: JSON = None) -> None:
    """Write down what was done to a person, in each of their stores."""
    for store_id in Membership.objects.filter(user_id=user_id).values_list("store_id", flat=True):
        note_one(verb, f"user:{user_id}", store_id=store_id, actor_id=actor_id, detail=detail)


def rename(user: User, name: str, email: str) -> None:
    """Keep what a person is called and where mails go."""
    first, _, last = " ".join(name.replace("\x00", "").split()).partition(" ")
    address = valid_address(email)
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(first_name=first[:150], last_name=last[:150], email=address)
        if address != user.email:
            note_person("address changed", user.pk, actor_id=user.pk)  # without the address: it is to be forgettable


def leave(user: User, store: Store) -> None:
    """Take a person out of a store; their tokens for it stop at the next request."""
    Membership.objects.filter(user=user, store=store).delete()


def role_in(user_id: int, store_id: int) -> Role | None:
    """Return the role as it is now; None means that the store does not exist for this person."""
    found = Membership.objects.filter(user_id=user_id, store_id=store_id).values_list("role", flat=True).first()
    return Role(found) if found else None


def highest_role(user_id: int) -> Role | None:
    """Return the highest role a person has in any store."""
    roles = [Role(role) for role in Membership.objects.filter(user_id=user_id).values_list("role", flat=True)]
    return max(roles, key=[*Role].index, default=None)


def membership_of(user_id: int, store_id: int) -> Membership | None:
    """Return what a person is in a store now; None means that the store does not exist for them."""
    return Membership.objects.filter(user_id=user_id, store_id=store_id).first()


def scope_of(membership: Membership) -> Scope:
    """Return what a membership lets a person see."""
    limited = membership.channel_ids
    return Scope(membership.store_id, tuple(limited) if limited else None)


def make_token(
    user: User, store: Store, name: str, days: int | None = 90, *, scope: TokenScope = TokenScope.ALL
) -> str:
    """Make an API token and return its text, which is shown once: only its SHA-256 is kept.

    It acts as `user` in `store` alone, within `scope`, for `days`; None means until it is revoked.
    """
    text = token_text(secrets.SystemRandom().choices(ALPHABET, k=RANDOM_CHARACTERS))
    Token.objects.create(
        user=user,
        store=store,
        name=name[:80],
        digest=digest(text),
        scope=scope,
        expires_at=None if days is None else datetime.now(UTC) + timedelta(days=days),
    )
    return text


def tokens_of(store: Store) -> list[Token]:
    """Return the tokens of a store that may be used now, with their people, the newest first."""
    good = Q(expires_at=None) | Q(expires_at__gt=datetime.now(UTC))
    return list(Token.objects.select_related("user").filter(good, store=store, revoked_at=None).order_by("-pk"))


def revoke_token(token: Token) -> None:
    """End a token now; ending it twice changes nothing."""
    Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=datetime.now(UTC))


def find_token(text: str) -> Token | None:
    """Return the token, if it may be used now: whole, known, not revoked, not expired, its user active and a member.

    The checksum keeps a mistyped token away from the database. One query; its user and store come along.
    """
    if not is_whole(text):
        return None
    now = datetime.now(UTC)
    token = (
        Token.objects.select_related("user", "store")
        .filter(Q(expires_at=None) | Q(expires_at__gt=now), digest=digest(text), revoked_at=None)
        .filter(user__is_active=True, user__membership__store=F("store"))
        .first()
    )
    if token:
        _note_use(token, now)
    return token


def is_whole(text: str) -> bool:
    """Say whether a text has the form of a token: `ponte_`, 30 characters, and their checksum in 6."""
    body = text.removeprefix(PREFIX)
    if len(body) != RANDOM_CHARACTERS + CHECKSUM_CHARACTERS or not (body.isascii() and body.isalnum()):
        return False
    return text == token_text(body[:RANDOM_CHARACTERS])


def token_text(characters: Sequence[str]) -> str:
    """Return `ponte_` + the characters + their CRC-32 in base 62, so that scanners can tell a token from noise."""
    body = "".join(characters)
    return PREFIX + body + _base62(zlib.crc32(body.encode()))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def valid_address(text: str) -> str:
    """Return an e-mail address, empty when it is none."""
    try:
        validate_email(text)
    except ValidationError:
        return ""
    return text[:254]


def _base62(number: int) -> str:
    figures = []
    while number:
        number, rest = divmod(number, len(ALPHABET))
        figures.append(ALPHABET[rest])
    return "".join(reversed(figures)).rjust(CHECKSUM_CHARACTERS, ALPHABET[0])


def _note_use(token: Token, now: datetime) -> None:
    if token.used_at and token.used_at > now - SEEN_EVERY:
        return
    Token.objects.filter(pk=token.pk).update(used_at=now)

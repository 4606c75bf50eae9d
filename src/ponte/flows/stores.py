"""Connect a VTEX store and its channels."""

from __future__ import annotations

import hashlib
import re
import secrets as random_secrets
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from ponte.connectors import Broken, get
from ponte.db.audit import note_one
from ponte.db.models import Channel, Lane, Store
from ponte.domain.connector import Setting
from ponte.domain.mapping_errors import MappingError
from ponte.domain.mapping_file import parse_mapping

ACCOUNT = re.compile(r"[A-Za-z0-9_-]{1,80}")
CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")
AFFILIATE = re.compile(r"[A-Za-z]{1,3}")


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why a store or channel cannot be kept as given, in words; `mapping` has the lines of the mapping file."""

    reason: str
    mapping: tuple[MappingError, ...] = ()


def digest_of(key: str) -> str:
    """Return what is kept of a webhook key."""
    return hashlib.sha256(key.encode()).hexdigest()


def add_store(account: str, *, name: str, base_url: str, app_key: str, app_token: str) -> tuple[Store, str]:
    """Keep a store; returns it and the key of its webhook, which is shown this once."""
    key = random_secrets.token_urlsafe(32)
    store = Store(account=account, name=name or account, base_url=base_url.rstrip("/"), hook_digest=digest_of(key))
    store.keep_secrets(app_key=app_key, app_token=app_token)
    with transaction.atomic():
        store.save()
        note_one("store added", f"store:{account}", store_id=store.pk, actor_id=None)
    return store, key


def rotate_key(store: Store) -> str:
    """Make a new webhook key; the one before stays valid until the next rotation."""
    key = random_secrets.token_urlsafe(32)
    with transaction.atomic():
        Store.objects.filter(pk=store.pk).update(hook_digest=digest_of(key), hook_digest_before=store.hook_digest)
        note_one("webhook key rotated", f"store:{store.account}", store_id=store.pk, actor_id=None)
    return key


def add_channel(
    store: Store,
    *,
    code: str,
    name: str,
    connector: str,
    affiliate_id: str = "",
    trade_policy: str = "1",
    settings: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
    mapping_text: str = "",
    base_url: str = "",
) -> Channel | Unusable:
    """Keep a channel with one open lane per kind that its connector serves."""
    found = get(connector)
    if isinstance(found, Broken):
        return Unusable(f"Connector {connector!r}: {found.reason}")
    parsed = parse_mapping(mapping_text) if mapping_text else None
    if parsed and parsed.mapping is None:
        return Unusable("The mapping file has errors.", parsed.errors)
    unfit = _unfit(store, code=code, affiliate_id=affiliate_id, base_url=base_url)
    if unfit:
        return Unusable(unfit)
    missing = _missing(found.manifest.settings, {**(settings or {}), **(secrets or {})})
    if missing:
        return Unusable(f"These settings are missing: {', '.join(missing)}.")
    channel = Channel(
        store=store,
        code=code,
        name=name or found.manifest.name,
        connector=connector,
        affiliate_id=affiliate_id.upper(),
        trade_policy=trade_policy,
        settings=dict(settings or {}),
        mapping_text=mapping_text,
        mapping_version=1,
        base_url=base_url.rstrip("/"),
    )
    channel.keep_secrets(dict(secrets or {}))
    with transaction.atomic():
        channel.save()
        Lane.objects.bulk_create(Lane(channel=channel, kind=kind) for kind in sorted(found.manifest.kinds))
        note_one("channel added", f"channel:{code}", store_id=store.pk, actor_id=None)
    return channel


def _unfit(store: Store, *, code: str, affiliate_id: str, base_url: str) -> str:
    """Return what is wrong with how a channel is called, "" when nothing is."""
    if not CODE.fullmatch(code):
        return f"The code {code!r} may have letters, digits, - and _ only, 40 at most."
    if Channel.objects.filter(store=store, code=code).exists():
        return f"The store has a channel {code} already."
    if affiliate_id and not AFFILIATE.fullmatch(affiliate_id):
        return f"{affiliate_id!r} is no affiliate id: VTEX's have three letters."
    if base_url and not base_url.startswith(("https://", "http://")):
        return "The address of the marketplace must begin with https://."
    return ""


def set_mapping(channel: Channel, text: str, *, actor_id: int | None = None) -> tuple[MappingError, ...]:
    """Keep a new mapping file; returns its errors, and then nothing was kept."""
    parsed = parse_mapping(text)
    if parsed.mapping is None:
        return parsed.errors
    with transaction.atomic():
        Channel.objects.filter(pk=channel.pk).update(mapping_text=text, mapping_version=channel.mapping_version + 1)
        note_one(
            "mapping changed",
            f"channel:{channel.code}",
            store_id=channel.store_id,
            actor_id=actor_id,
            detail={"version": channel.mapping_version + 1, "at": timezone.now().isoformat()},
        )
    return ()


def _missing(settings: tuple[Setting, ...], given: Mapping[str, str]) -> list[str]:
    return [
        setting.name for setting in settings if setting.required and not (given.get(setting.name) or setting.default)
    ]

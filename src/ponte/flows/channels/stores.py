"""Connect a VTEX store and its channels, and change how they are reached and called."""

from __future__ import annotations

import hashlib
import re
import secrets as random_secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from django.db import transaction
from django.utils import timezone

from ponte.connectors import Broken, get
from ponte.db.audit import note_one
from ponte.db.models import Channel, Lane, MappingVersion, Store
from ponte.db.sealed import WrongKeyError
from ponte.domain.connector import Connector, Manifest
from ponte.domain.mapping_errors import MappingError
from ponte.domain.mapping_file import parse_mapping
from ponte.domain.message import JSON
from ponte.domain.zones import zones
from ponte.flows.channels.fitness import (
    CODE,
    RESERVED,
    Access,
    Described,
    Unfit,
    address_flaw,
    leads_elsewhere,
    moves,
    unfit_access,
    unfit_description,
)
from ponte.flows.channels.steer import reconnect
from ponte.flows.mapping.saving import Refused, save_mapping

ACCOUNT = re.compile(r"[A-Za-z0-9_-]{1,80}")
SAID: Mapping[Unfit, str] = {
    Unfit.MISSING: "is missing",
    Unfit.TOO_LONG: "is too long",
    Unfit.UNPRINTABLE: "has characters that cannot be printed",
    Unfit.CODE: "may have letters, digits, - and _ only, 40 at most",
    Unfit.CODE_TAKEN: "is taken already",
    Unfit.AFFILIATE: "is no affiliate id: VTEX's have three letters",
    Unfit.POLICY: "is the number of a trade policy",
    Unfit.RATE: "must be from 0.1 to 1000",
    Unfit.AT_ONCE: "must be from 1 to 200",
    Unfit.NOT_AN_ADDRESS: "must be an address that begins with https://",
    Unfit.NOT_HTTPS: "must begin with https:// (others must be named in PONTE_PRIVATE_HOSTS)",
    Unfit.PORT: "must use port 443 or 8443 (others must be named in PONTE_PRIVATE_HOSTS)",
    Unfit.INWARD: "leads into a private network (such must be named in PONTE_PRIVATE_HOSTS)",
    Unfit.ELSEWHERE: "must be entered again: the address is another",
}


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why a store or channel cannot be kept as given: in words, by field, and the lines of the mapping file."""

    reason: str
    mapping: tuple[MappingError, ...] = ()
    flaws: Mapping[str, Unfit] = field(default_factory=dict)


def digest_of(key: str) -> str:
    """Return what is kept of a webhook key."""
    return hashlib.sha256(key.encode()).hexdigest()


def add_store(account: str, *, name: str, base_url: str, app_key: str, app_token: str) -> tuple[Store, str]:
    """Keep a store; returns it and the key of its webhook, which is shown this once."""
    key = random_secrets.token_urlsafe(32)
    now = timezone.now()
    store = Store(account=account, name=name or account, base_url=base_url.rstrip("/"), hook_digest=digest_of(key))
    store.keys_at = store.hook_at = now
    store.keep_secrets(app_key=app_key, app_token=app_token)
    with transaction.atomic():
        store.save()
        note_one("store added", f"store:{account}", store_id=store.pk, actor_id=None)
    return store, key


def rotate_key(store: Store, *, actor_id: int | None = None) -> str:
    """Make a new webhook key; the one before stays valid until the next rotation."""
    key = random_secrets.token_urlsafe(32)
    with transaction.atomic():
        current = Store.objects.select_for_update(no_key=True).get(pk=store.pk)
        Store.objects.filter(pk=store.pk).update(
            hook_digest=digest_of(key), hook_digest_before=current.hook_digest, hook_at=timezone.now()
        )
        note_one("webhook key rotated", f"store:{store.account}", store_id=store.pk, actor_id=actor_id)
    return key


def set_vtex(store_id: int, *, base_url: str, app_key: str, app_token: str, actor_id: int | None) -> dict[str, Unfit]:
    """Change a store's address and keys; an empty key or token stays as it is, but not for an address elsewhere.

    Returns what is wrong, by field.
    """
    flaw = address_flaw(base_url)
    if flaw:
        return {"base_url": flaw}
    given = {name: value for name, value in (("app_key", app_key), ("app_token", app_token)) if value}
    with transaction.atomic():
        store = Store.objects.select_for_update(no_key=True).get(pk=store_id)
        kept = [name for name, value in _keys(store).items() if value and name not in given]
        if kept and leads_elsewhere(store.base_url, base_url):
            return dict.fromkeys(kept, Unfit.ELSEWHERE)
        moved = store.base_url != base_url.rstrip("/")
        store.base_url = base_url.rstrip("/")
        if given:
            store.keep_secrets(**{"app_key": "", "app_token": "", **_keys(store), **given})
            store.keys_at = timezone.now()
        store.save(update_fields=["base_url", "app_key_sealed", "app_token_sealed", "keys_at"])
        detail: JSON = {"replaced": sorted(given), **({"base_url": store.base_url} if moved else {})}
        note_one("vtex access changed", f"store:{store.account}", store_id=store_id, actor_id=actor_id, detail=detail)
        for channel_id in Channel.objects.filter(store_id=store_id, archived_at=None).values_list("pk", flat=True):
            reconnect(channel_id)
    return {}


def set_zone(store_id: int, name: str, *, actor_id: int | None) -> bool:
    """Change where a store's days begin; False for a zone that there is not."""
    if name not in zones():
        return False
    with transaction.atomic():
        store = Store.objects.select_for_update(no_key=True).get(pk=store_id)
        if store.time_zone != name:
            Store.objects.filter(pk=store_id).update(time_zone=name)
            detail: JSON = {"zone": name, "before": store.time_zone}
            note_one(
                "time zone changed", f"store:{store.account}", store_id=store_id, actor_id=actor_id, detail=detail
            )
    return True


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
    actor_id: int | None = None,
) -> Channel | Unusable:
    """Keep a channel with one open lane per kind that its connector serves."""
    found = get(connector)
    if isinstance(found, Broken):
        return Unusable(f"Connector {connector!r}: {found.reason}")
    parsed = parse_mapping(mapping_text) if mapping_text else None
    if parsed and parsed.mapping is None:
        return Unusable("The mapping file has errors.", parsed.errors)
    described = Described(name or found.manifest.name, affiliate_id, trade_policy)
    access = Access(base_url, settings or {}, secrets or {})
    flaws = {
        **_unfit_code(store, code),
        **unfit_description(described),
        **unfit_access(access, found.manifest, {}),
    }
    if flaws:
        return Unusable(" ".join(f"{name}: {SAID[flaw]}." for name, flaw in flaws.items()), flaws=flaws)
    channel = _made(store, code, found, described, access)
    channel.mapping_text = mapping_text
    return _keep(channel, found, sorted(access.secrets), actor_id)


def _unfit_code(store: Store, code: str) -> dict[str, Unfit]:
    if not CODE.fullmatch(code) or code.casefold() in RESERVED:
        return {"code": Unfit.CODE}
    taken = Channel.objects.filter(store=store, code=code, archived_at=None).exists()
    return {"code": Unfit.CODE_TAKEN} if taken else {}


def _made(store: Store, code: str, connector: Connector, described: Described, access: Access) -> Channel:
    now = timezone.now()
    given = {name: value for name, value in access.secrets.items() if value}
    channel = Channel(
        store=store,
        code=code,
        name=described.name,
        connector=connector.manifest.code,
        affiliate_id=described.affiliate_id.upper(),
        trade_policy=described.trade_policy,
        settings={name: value for name, value in access.settings.items() if value},
        secrets_at=dict.fromkeys(given, now.isoformat()),
        mapping_version=1,
        mapping_at=now,
        base_url=access.base_url.rstrip("/"),
    )
    channel.keep_secrets(given)
    return channel


def _keep(channel: Channel, connector: Connector, secrets: list[str], actor_id: int | None) -> Channel:
    with transaction.atomic():
        channel.save()
        Lane.objects.bulk_create(Lane(channel=channel, kind=kind) for kind in sorted(connector.manifest.kinds))
        first = MappingVersion(channel=channel, number=1, text=channel.mapping_text, author_id=actor_id)
        first.at = channel.mapping_at or timezone.now()
        first.save()
        _note(channel, "channel added", {"connector": channel.connector, "secrets": secrets}, actor_id)
    return channel


def edit_channel(channel: Channel, given: Described, *, actor_id: int | None) -> dict[str, Unfit]:
    """Change how a channel is called and how fast it goes; what is wrong is returned by field: then nothing is."""
    flaws = unfit_description(given)
    if flaws:
        return flaws
    after = {**asdict(given), "affiliate_id": given.affiliate_id.upper()}
    changed = {
        name: [getattr(channel, name), value] for name, value in after.items() if getattr(channel, name) != value
    }
    if changed:
        with transaction.atomic():
            Channel.objects.filter(pk=channel.pk).update(**after)
            _note(channel, "channel edited", changed, actor_id)
    return {}


def set_access(channel: Channel, given: Access, *, actor_id: int | None) -> dict[str, Unfit]:
    """Change a channel's address, settings and secrets; what is wrong is returned by field, and nothing changed.

    For an address elsewhere its secrets are to be entered again, and tokens that connecting brought are forgotten.
    A lane that was disconnected for its credentials goes on with the new ones.
    """
    connector = get(channel.connector)
    if isinstance(connector, Broken):
        return {"connector": Unfit.MISSING}
    flaws = _unfit_for(channel, given, connector.manifest)
    if flaws:
        return flaws
    replaced = {name: value for name, value in given.secrets.items() if value}
    with transaction.atomic():
        row = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
        elsewhere = moves(row.base_url, row.settings, given, connector.manifest)
        detail: JSON = {"replaced": sorted(replaced), "base_url": [row.base_url, given.base_url.rstrip("/")]}
        row.base_url = given.base_url.rstrip("/")
        row.settings = {**row.settings, **given.settings}
        if replaced or elsewhere:
            row.keep_secrets({**({} if elsewhere else _opened(row)), **replaced})
            stamps = {} if elsewhere else row.secrets_at or {}
            row.secrets_at = {**stamps, **dict.fromkeys(replaced, timezone.now().isoformat())}
            row.token_version += 1
            row.token_until_ms = row.refresh_until_ms = 0
        row.save()
        _note(channel, "channel access changed", detail, actor_id)
        reconnect(channel.pk)
    return {}


def _unfit_for(channel: Channel, given: Access, manifest: Manifest) -> dict[str, Unfit]:
    kept = _opened(channel)
    if given.base_url and (flaw := address_flaw(given.base_url)):
        return {"base_url": flaw}
    if not moves(channel.base_url, channel.settings, given, manifest):
        return unfit_access(given, manifest, kept)
    flaws = unfit_access(given, manifest, {})
    return {name: Unfit.ELSEWHERE if flaw is Unfit.MISSING and name in kept else flaw for name, flaw in flaws.items()}


def set_mapping(channel: Channel, text: str, *, actor_id: int | None = None) -> tuple[MappingError, ...]:
    """Keep a new mapping file whatever was there; returns its errors, and then nothing was kept."""
    done = save_mapping(channel.pk, text, actor_id=actor_id)
    return done.errors if isinstance(done, Refused) else ()


def _opened(channel: Channel) -> dict[str, str]:
    """Return a channel's secrets; none when they do not open any more: then all are to be entered again."""
    try:
        return channel.secrets()
    except WrongKeyError:
        return {}


def _keys(store: Store) -> dict[str, str]:
    try:
        return store.secrets()
    except WrongKeyError:
        return {}


def _note(channel: Channel, verb: str, detail: JSON, actor_id: int | None) -> None:
    note_one(verb, f"channel:{channel.code}", store_id=channel.store_id, actor_id=actor_id, detail=detail)

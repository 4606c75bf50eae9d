"""Stores, the people who work in them, and their channels."""

from __future__ import annotations

import uuid
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from ponte.db import sealed
from ponte.domain import zones


class Role(models.TextChoices):
    """What a person may do in a store; each includes the ones before."""

    VIEWER = "viewer", "Viewer"
    OPERATOR = "operator", "Operator"
    MANAGER = "manager", "Manager"
    ADMIN = "admin", "Admin"

    def includes(self, least: Role) -> bool:
        """Say whether this role may do what `least` may."""
        order = [*Role]
        return order.index(self) >= order.index(least)


class User(AbstractUser):
    """A person who signs in."""

    language = models.CharField(max_length=8, blank=True, default="")
    theme = models.CharField(max_length=8, blank=True, default="")


class Store(models.Model):
    """A VTEX account with its keys. `hook_digest` is SHA-256 of the webhook's key; two are valid while it rotates.

    Its days begin at midnight of `time_zone`, a name of the IANA database.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    base_url = models.CharField(max_length=300)
    app_key_sealed = models.TextField(blank=True, default="")
    app_token_sealed = models.TextField(blank=True, default="")
    hook_digest = models.CharField(max_length=64, unique=True)
    hook_digest_before = models.CharField(max_length=64, blank=True, default="")
    keys_at = models.DateTimeField(null=True, blank=True)
    hook_at = models.DateTimeField(null=True, blank=True)
    paused = models.BooleanField(default=False)
    requests_per_second = models.FloatField(default=200)
    time_zone = models.CharField(max_length=64, default=zones.USUAL, db_default=zones.USUAL)
    created_at = models.DateTimeField(auto_now_add=True)

    members = models.ManyToManyField(User, through="Membership", related_name="stores")

    def __str__(self) -> str:
        return self.account

    @property
    def zone(self) -> ZoneInfo:
        return zones.zone_of(self.time_zone)

    def secrets(self) -> dict[str, str]:
        """Return the VTEX key pair, opened. Raises `WrongKeyError`."""
        row = f"store:{self.uid}"
        return {
            "app_key": sealed.unseal(self.app_key_sealed, row=row, field="app_key"),
            "app_token": sealed.unseal(self.app_token_sealed, row=row, field="app_token"),
        }

    def keep_secrets(self, *, app_key: str, app_token: str) -> None:
        """Seal the VTEX key pair into this row (not saved)."""
        row = f"store:{self.uid}"
        self.app_key_sealed = sealed.seal(app_key, row=row, field="app_key")
        self.app_token_sealed = sealed.seal(app_token, row=row, field="app_token")


class Membership(models.Model):
    """A person's role in a store; without one the store does not exist for them.

    `channel_ids` limits them to some channels of it; empty means all, the later ones too.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    store = models.ForeignKey(Store, on_delete=models.CASCADE)
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.OPERATOR)
    channel_ids = models.JSONField(default=list, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "store"], name="membership_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}@{self.store_id}: {self.role}"


class Invitation(models.Model):
    """A link by which somebody becomes a member of a store, once; only its SHA-256 is kept.

    Without a store it is the link of the first start: it makes the first administrator.
    """

    store = models.ForeignKey(Store, null=True, blank=True, on_delete=models.CASCADE, related_name="invitations")
    email = models.CharField(max_length=254, blank=True, default="")
    role = models.CharField(max_length=12, choices=Role.choices)
    channel_ids = models.JSONField(default=list, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class Channel(models.Model):
    """A store's connection to one marketplace account. `secrets_sealed` holds what the connector calls secret.

    `secrets_at` says when a person set each secret (ISO moments by name). A channel that was taken out keeps its row
    and its records: `archived_at` hides it everywhere, and its code may be given again. `adopts`: before a listing is
    made, the marketplace is asked for one that it keeps under the SKU already.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="channels")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    connector = models.CharField(max_length=40)
    affiliate_id = models.CharField(max_length=3, blank=True, default="")
    trade_policy = models.CharField(max_length=12, default="1")
    base_url = models.CharField(max_length=300, blank=True, default="")
    settings = models.JSONField(default=dict, blank=True)
    secrets_sealed = models.TextField(blank=True, default="")
    secrets_at = models.JSONField(null=True, blank=True)
    token_version = models.PositiveBigIntegerField(default=0)
    token_until_ms = models.BigIntegerField(default=0)
    refresh_until_ms = models.BigIntegerField(default=0)
    mapping_text = models.TextField(blank=True, default="")
    mapping_version = models.PositiveIntegerField(default=0)
    mapping_at = models.DateTimeField(null=True, blank=True)
    requests_per_second = models.FloatField(null=True, blank=True)
    concurrency = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    adopts = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["store", "code"], name="channel_code_once", condition=Q(archived_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.store_id}/{self.code}"

    def secrets(self) -> dict[str, str]:
        """Return the marketplace's secrets, opened. Raises `WrongKeyError`."""
        return sealed.unseal_all(self.secrets_sealed, row=f"channel:{self.uid}", field="secrets")

    def keep_secrets(self, secrets: dict[str, str]) -> None:
        """Seal the marketplace's secrets into this row (not saved)."""
        self.secrets_sealed = sealed.seal_all(secrets, row=f"channel:{self.uid}", field="secrets")


class MappingSource(models.TextChoices):
    """How a version of a mapping came about; "" for those from before this was kept."""

    EDITED = "edited", "Edited"
    IMPORTED = "imported", "Imported"  # a spreadsheet; the note is the file's name
    SUGGESTED = "suggested", "Suggested"  # chosen suggestions; the note is how many
    RESTORED = "restored", "Restored"  # an earlier version again; the note is its number


class MappingVersion(models.Model):
    """A mapping file as it was saved once: who, when, how, and its whole text, so that it can come back."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="mappings", db_index=False)
    number = models.PositiveIntegerField()
    text = models.TextField()
    author = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    source = models.CharField(max_length=12, blank=True, default="", db_default="")
    note = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["channel", "number"], name="mapping_version_once")]

    def __str__(self) -> str:
        return f"{self.channel_id}: version {self.number}"


class Fact(models.Model):
    """What a connector learnt from the marketplace (a category's rules, the account's model).

    `version` grows when the value differs (`digest`) from what was learnt before, which `previous` keeps. What could
    not be learnt anew stays as it is, and `trouble` says why, since `failed_at`: when it was last asked for in
    the background, while no answer has come. `stale`: to be asked for again soon.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=160)
    value = models.JSONField(null=True)
    learnt_at = models.DateTimeField()
    digest = models.CharField(max_length=32, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True, blank=True)
    previous = models.JSONField(null=True)
    used_at = models.DateTimeField(null=True, blank=True)
    stale = models.BooleanField(default=False)
    failed_at = models.DateTimeField(null=True, blank=True)
    trouble = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["channel", "key"], name="fact_once")]
        indexes: ClassVar = [models.Index(fields=["learnt_at"], name="fact_age")]

    def __str__(self) -> str:
        return f"{self.channel_id}: {self.key}"


class TokenScope(models.TextChoices):
    """How much of what its person may do a token may."""

    READ = "read", "Read"
    ACT = "act", "Read and act"  # at most as an operator: reprocess, remove, restore
    ALL = "all", "All that its person may"

    def narrows(self, role: Role) -> Role:
        """Return the role that a token has whose person has `role`: never a higher one."""
        most = {TokenScope.READ: Role.VIEWER, TokenScope.ACT: Role.OPERATOR}.get(self, role)
        return most if role.includes(most) else role


class Token(models.Model):
    """An API token; only its SHA-256 is kept. It acts as its user, in one store, within its scope."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    scope = models.CharField(max_length=8, choices=TokenScope.choices, default=TokenScope.ALL, db_default="all")

    def __str__(self) -> str:
        return self.name

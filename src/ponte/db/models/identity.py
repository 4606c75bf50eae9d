"""Which listing is whose: the links between records and listings, and the work of finding them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ponte.db.models.records import Integration
from ponte.db.models.stores import Channel, User


class How(models.TextChoices):
    """How a listing came to be a record's."""

    SENT = "sent", "Sent"  # Ponte made it, or the marketplace named it in answer to a send
    ADOPTED = "adopted", "Adopted"  # it was found there under the SKU
    CHOSEN = "chosen", "Chosen"  # a person named it


class ListingLink(models.Model):
    """A listing that is, or was until `until`, a record's. `why` says how it ended: in a word of `ended_by`'s deed.

    One listing is one record's at a time, in each channel and kind.
    """

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="links", db_index=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, default="product")
    listing_id = models.CharField(max_length=80)
    how = models.CharField(max_length=8, choices=How.choices)
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["channel", "kind", "listing_id"], condition=Q(until=None), name="listing_linked_once"
            ),
            models.UniqueConstraint(fields=["integration"], condition=Q(until=None), name="record_linked_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["integration", "-id"], name="link_history")]

    def __str__(self) -> str:
        return f"{self.integration_id}: {self.listing_id}"


class Errand(models.Model):
    """A bounded piece of work that a worker does beside the lanes, some records at a time, in the order of SKUs.

    `cursor` is the last SKU that was looked at; `lease_until_ms` keeps a second worker off a step.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+", db_index=False)
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    cursor = models.CharField(max_length=40, blank=True, default="")
    planned = models.PositiveBigIntegerField(null=True, blank=True)
    looked = models.PositiveBigIntegerField(default=0)
    trouble = models.JSONField(null=True)
    stopped = models.BooleanField(default=False)
    lease_until_ms = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class ListingSearch(Errand):
    """The marketplace is asked for every record of a channel without a listing; what stands there is adopted.

    `several` had more than one listing, `taken` one that is another record's: for a person to decide.
    """

    adopted = models.PositiveBigIntegerField(default=0)
    several = models.PositiveBigIntegerField(default=0)
    taken = models.PositiveBigIntegerField(default=0)
    failed = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel"], condition=Q(ended_at=None), name="listing_search_once")
        ]

    def __str__(self) -> str:
        return f"search {self.pk}"


class SheetCheck(Errand):
    """The products of one category are checked by its sheet as it is now; nothing is sent.

    `worse` have problems now and stand at the marketplace; `better` stood in error and have none now. `examples` has
    some of the worse: [[record, first problem], ...].
    """

    sheet = models.CharField(max_length=160)
    fine = models.PositiveBigIntegerField(default=0)
    worse = models.PositiveBigIntegerField(default=0)
    better = models.PositiveBigIntegerField(default=0)
    failed = models.PositiveBigIntegerField(default=0)
    examples = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "sheet"], condition=Q(ended_at=None), name="sheet_check_once")
        ]
        indexes: ClassVar = [models.Index(fields=["channel", "sheet", "-id"], name="sheet_check_list")]

    def __str__(self) -> str:
        return f"check {self.pk}"

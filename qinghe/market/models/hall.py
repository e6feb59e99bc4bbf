"""
What the hall reads: orders without identity, shown no finer than at least five debtors alike.

The database keeps these tables by a trigger on `market_listing` (migrations 0003 and 0020), whoever
writes there. Cells are locked last of all, from the finest level up, so that two writers never wait
for each other.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from qinghe.kernel.privacy import Privacy
from qinghe.market.models.listings import Listing
from qinghe.market.terms import KEEP


class Cell(models.Model):
    """
    How many debtors have open orders that are alike: at the finest level all, above it those whose
    orders are not yet shown below.

    Levels: city and band, province and band, band, half of the bands, all of them; always within
    one product, stage and currency. `band` is a code of `bands.code_of`.
    """

    privacy: ClassVar[Privacy] = Privacy(keep="As counts, without end.")

    level = models.PositiveSmallIntegerField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    product = models.TextField()
    stage = models.TextField()
    currency = models.CharField(max_length=3)
    region = models.TextField(blank=True)
    band = models.PositiveSmallIntegerField()
    n = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "stage", "currency", "region", "band", "level"],
                name="market_one_cell",
            ),
        ]


class CellDebtor(models.Model):
    """
    Whose orders a cell counts, for the trigger alone: nobody can read it through the hall.

    `n` counts the orders, above the finest level the cells below that hand the person up; `handed`
    tells whether this cell does.
    """

    privacy: ClassVar[Privacy] = Privacy(keep="While the person has an open order in the cell.")

    pk = models.CompositePrimaryKey("cell", "person")
    cell = models.ForeignKey(Cell, models.PROTECT, related_name="+", db_index=False)
    person = models.UUIDField()
    n = models.PositiveIntegerField()
    handed = models.BooleanField()


class Shown(models.Model):
    """What of an open order may be seen; the columns of the view and of its table."""

    number = models.TextField()
    creditor_kind = models.TextField()
    mode = models.TextField()
    # A city, a province, or empty: as fine as at least five alike permit.
    region = models.TextField(blank=True)
    product = models.TextField()
    stage = models.TextField()
    hand = models.PositiveSmallIntegerField()
    currency = models.CharField(max_length=3)
    # The first and the last band it may be in, as `bands.code_of` writes them.
    band = models.PositiveSmallIntegerField()
    # The first of the month in which it was due: an age, and no day of a contract.
    due_month = models.DateField()
    evidence_count = models.PositiveSmallIntegerField()
    # The lowest and the highest rate it may pay: under a plan, of the bands it may be in.
    commission_rate = models.DecimalField(max_digits=5, decimal_places=4)
    commission_to = models.DecimalField(max_digits=5, decimal_places=4)
    quality_share = models.DecimalField(max_digits=5, decimal_places=4)
    period_days = models.PositiveSmallIntegerField()
    licence = models.TextField()
    designated_to = models.UUIDField(null=True)
    listed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tags = ArrayField(models.TextField())

    class Meta:
        abstract = True


class HallRow(Shown):
    """
    The table behind the view.

    The cell, the person and the rates by band are finer than what shows, and for the trigger alone.
    """

    privacy: ClassVar[Privacy] = Privacy(keep="While the order is open.")

    listing = models.OneToOneField(Listing, models.CASCADE, primary_key=True, related_name="+")
    cell = models.ForeignKey(Cell, models.PROTECT, related_name="+")
    person = models.UUIDField()
    rates = ArrayField(models.DecimalField(max_digits=5, decimal_places=4), null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-listed_at", "listing"], name="market_shown_recent"),
            models.Index(
                fields=["-commission_rate", "-listed_at", "listing"],
                name="market_shown_commission",
            ),
            models.Index(fields=["-band", "-listed_at", "listing"], name="market_shown_band"),
            models.Index(fields=["expires_at", "listing"], name="market_shown_due"),
            # Other currencies are few, and no tag tells them apart.
            models.Index(
                fields=["currency", "-listed_at", "listing"],
                name="market_shown_currency",
                condition=~models.Q(currency="CNY"),
            ),
            # Few orders have a collector named, and of those each sees its own.
            models.Index(
                fields=["designated_to"],
                name="market_shown_designated",
                condition=models.Q(designated_to__isnull=False),
            ),
            GinIndex(fields=["tags"], name="market_shown_tags", fastupdate=False),
        ]


class OpenOrder(Shown):
    """One open order as the hall reads it: no column of a claim, a creditor or a finer cell."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    id = models.UUIDField(primary_key=True)

    class Meta:
        managed = False
        db_table = "market_open_order"

"""What is signed: the exact text of terms and figures, kept once, and who signed it for a side."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.market.terms import KEEP


class CommissionPlan(Row):
    """
    One version of a commission plan, as data; its content never changes once written.

    Without a creditor it is the platform's, for everybody to choose.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    creditor = models.ForeignKey(
        "parties.Organisation", models.PROTECT, null=True, related_name="+"
    )
    name = models.TextField()
    version = models.PositiveIntegerField()
    content = models.JSONField()
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["creditor", "name", "version"],
                name="market_plan_version",
                nulls_distinct=False,
            )
        ]


class Document(models.Model):
    """The exact text of terms with their figures in every language; its key is its SHA-256."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    sha256 = models.TextField(primary_key=True)
    version = models.TextField()
    # What stands in the text, as data: rates, period, service levels, the plan.
    figures = models.JSONField()
    text_zh = models.TextField()
    text_en = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="market_document_hash"
            )
        ]


class Offered(models.Model):
    """What the creditor signed when it offered an order. Abstract: columns of a listing."""

    commission_plan = models.ForeignKey(
        CommissionPlan, models.PROTECT, null=True, related_name="+", db_index=False
    )
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, related_name="+", db_index=False
    )
    signed_by = models.UUIDField(null=True)
    signed_role = models.TextField(default="", db_default="", blank=True)

    class Meta:
        abstract = True


class Signed(models.Model):
    """
    Both signatures under one document, and the case as it was that day. Abstract.

    The collector's are `signed_by` and `signed_at` of the mandate, with name and role here.
    """

    commission_plan = models.ForeignKey(
        CommissionPlan, models.PROTECT, null=True, related_name="+", db_index=False
    )
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, related_name="+", db_index=False
    )
    signed_name = models.TextField(default="", db_default="", blank=True)
    signed_role = models.TextField(default="", db_default="", blank=True)
    creditor_signed_by = models.UUIDField(null=True)
    creditor_signed_name = models.TextField(default="", db_default="", blank=True)
    creditor_signed_role = models.TextField(default="", db_default="", blank=True)
    creditor_signed_at = models.DateTimeField(null=True)
    stage = models.TextField(default="", db_default="", blank=True)
    hand = models.PositiveSmallIntegerField(default=1, db_default=1)
    # What was owed at the signing, in minor units.
    owed = models.BigIntegerField(null=True)

    class Meta:
        abstract = True


# Terms of 2026-11 were signed by the collector alone; under every later version both sign.
BOTH_SIGNED = Q(terms_version__lte="2026-11") | (
    Q(document__isnull=False, creditor_signed_by__isnull=False, creditor_signed_at__isnull=False)
    & ~Q(creditor_signed_name="")
    & ~Q(signed_name="")
)

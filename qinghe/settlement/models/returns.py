"""Money that goes back: refunds we send, and what providers took from us."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.settlement.return_terms import (
    LIVE,
    DisputeKind,
    DisputeState,
    RefundCause,
    RefundState,
)

KEEP = "Ten years after the year of booking (accounting law)."


class Refund(Row):
    """Money on its way back to who paid it, the way it came; its id is our number of it there."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    payment = models.ForeignKey("settlement.Payment", models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    cause = models.TextField(choices=RefundCause.choices)
    state = models.TextField(choices=RefundState.choices)
    # The machine that found money too much, or the person who gave a payment back.
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    # Who agreed, where the amount asks for a second person.
    agreed_by = models.TextField(default="", db_default="", blank=True)
    agreed_at = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0, db_default=0)
    # When it is sent, or asked about, again; not set where a person must act.
    next_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    # The provider's own word for why it refused.
    fault = models.TextField(default="", db_default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="settlement_refund_positive"),
            models.CheckConstraint(
                condition=Q(agreed_by="") | ~Q(agreed_by=F("asked_by")),
                name="settlement_refund_two",
            ),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(state__in=[str(each) for each in LIVE]),
                name="settlement_refund_one_at_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                name="settlement_refund_next",
                condition=Q(next_at__isnull=False),
            ),
            models.Index(fields=["-asked_at"], name="settlement_refund_asked"),
        ]


class Dispute(Row):
    """What a provider told of money it took back, or of a complaint made there; once per number."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    order = models.ForeignKey("settlement.CashierOrder", models.PROTECT, related_name="+")
    kind = models.TextField(choices=DisputeKind.choices)
    # The provider's number of it.
    number = models.TextField()
    provider = models.TextField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.TextField(choices=DisputeState.choices, default=DisputeState.OPEN)
    told_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    # Why it could not be booked yet: the code of the refusal.
    fault = models.TextField(default="", db_default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "kind", "number"], name="settlement_dispute_once"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0) | Q(kind=DisputeKind.COMPLAINT),
                name="settlement_dispute_positive",
            ),
        ]
        indexes = [
            models.Index(
                fields=["told_at"],
                name="settlement_dispute_open",
                condition=Q(state=DisputeState.OPEN),
            ),
        ]

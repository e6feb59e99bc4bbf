"""Objections of organisations to lines of their statements."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.settlement.objection_terms import HAS_CORRECTION, WAITING, Ground, ObjectionState


class Objection(Row):
    """
    An organisation says that a booking on its statement is wrong; the operator answers in words.

    The booking itself never changes: where two persons find the objection right, another booking
    corrects it, and is named here: by one person, and agreed to by another.
    """

    privacy: ClassVar[Privacy] = Privacy(
        keep="Ten years after the year of booking (accounting law)."
    )

    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    transfer = models.ForeignKey("ledger.Transfer", models.PROTECT, related_name="+")
    ground = models.TextField(choices=Ground.choices)
    words = models.TextField()
    state = models.TextField(choices=ObjectionState.choices, default=ObjectionState.OPEN)
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    answer = models.TextField(default="", blank=True)
    answered_by = models.TextField(default="", blank=True)
    answered_at = models.DateTimeField(null=True)
    # The second person who found it right, and the booking that corrects it.
    agreed_by = models.TextField(default="", blank=True)
    agreed_at = models.DateTimeField(null=True)
    correction = models.ForeignKey("ledger.Transfer", models.PROTECT, null=True, related_name="+")
    named_by = models.TextField(default="", blank=True)
    confirmed_by = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "transfer"], name="settlement_objection_once"
            ),
            models.CheckConstraint(
                condition=Q(state=ObjectionState.OPEN, answer="", answered_at__isnull=True)
                | ~Q(state=ObjectionState.OPEN)
                & ~Q(answer="")
                & Q(answered_at__isnull=False)
                & ~Q(answered_by=F("asked_by")),
                name="settlement_objection_answered",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ObjectionState.UPHELD, *HAS_CORRECTION])
                | ~Q(agreed_by="") & ~Q(agreed_by=F("answered_by")),
                name="settlement_objection_two",
            ),
            models.CheckConstraint(
                condition=Q(state__in=HAS_CORRECTION, correction__isnull=False) & ~Q(named_by="")
                | ~Q(state__in=HAS_CORRECTION) & Q(correction__isnull=True, named_by=""),
                name="settlement_objection_corrected",
            ),
            models.CheckConstraint(
                condition=Q(state=ObjectionState.CORRECTED)
                & ~Q(confirmed_by="")
                & ~Q(confirmed_by=F("named_by"))
                | ~Q(state=ObjectionState.CORRECTED) & Q(confirmed_by=""),
                name="settlement_correction_two",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                name="settlement_objection_open",
                condition=Q(state__in=WAITING),
            )
        ]

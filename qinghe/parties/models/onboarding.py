"""An application to take part, and how much a private creditor may submit."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.parties.models.people import Organisation, User
from qinghe.parties.models.standing import PARTY_KEEP
from qinghe.parties.terms import ApplicationState, OrgKind


class Application(Row):
    """One application, from the first step to the decision; what it declares stands elsewhere."""

    privacy: ClassVar[Privacy] = Privacy(
        keep="Ninety days when it was never handed in, else with the party.", personal=("user",)
    )

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    kind = models.TextField(choices=OrgKind.choices)
    # Nothing before the e-mail address was confirmed.
    organisation = models.OneToOneField(Organisation, models.PROTECT, null=True, related_name="+")
    state = models.TextField(choices=ApplicationState.choices, default=ApplicationState.DRAFT)
    begun_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    first_by = models.TextField(default="", blank=True)
    decided_by = models.TextField(default="", blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(default="", blank=True)
    words = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(state__in=("draft", "submitted", "second", "returned")),
                name="parties_one_open_application",
            ),
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(submitted_at__isnull=False, organisation__isnull=False),
                name="parties_application_handed_in",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="parties_application_queue",
                condition=Q(state__in=("submitted", "second")),
            )
        ]


class Allowance(models.Model):
    """
    How much one creditor may submit in thirty days, and how much of it is used; the row is the
    lock, and the database keeps the use within it.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=PARTY_KEEP)

    organisation = models.OneToOneField(
        Organisation, models.PROTECT, primary_key=True, related_name="+"
    )
    step = models.PositiveSmallIntegerField(default=0)
    # What binds: the limit of the step, or what was in use when a lower one began.
    claims_cap = models.PositiveIntegerField(default=0)
    amount_cap = models.PositiveBigIntegerField(default=0)
    claims_used = models.PositiveIntegerField(default=0)
    amount_used = models.PositiveBigIntegerField(default=0)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(claims_used__lte=F("claims_cap")) & Q(amount_used__lte=F("amount_cap")),
                name="parties_allowance_not_exceeded",
            )
        ]


class AllowanceUse(Row):
    """Claims submitted at one moment; after thirty days they count no more."""

    privacy: ClassVar[Privacy] = Privacy(keep=PARTY_KEEP)

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    claims = models.PositiveIntegerField()
    amount = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "at"], name="parties_use_window")]

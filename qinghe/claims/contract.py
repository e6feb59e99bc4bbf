"""Tables: the terms of a contract, earlier payments, checks of the amount, acts of limitation."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.claims.contract_terms import (
    ActKind,
    BookedTo,
    DayCount,
    FeeKind,
    Outcome,
    Schedule,
)
from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row

KEEP = "Five years after the claim is closed (limitation and evidence)."


class ContractTerms(Row):
    """
    What was agreed, as the creditor delivered it; a newer delivery replaces an older, which stays.

    Amounts are minor units, rates percent a year, the penalty percent a day.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    # Who lent, in the sense of the interest rules: the cap follows the loan when it is assigned.
    lender_kind = models.TextField(default="", blank=True)
    principal = models.BigIntegerField()
    handed_over = models.BigIntegerField(null=True)
    disbursed_on = models.DateField()
    matures_on = models.DateField()
    schedule = models.TextField(choices=Schedule.choices, default=Schedule.BULLET)
    periods = models.PositiveSmallIntegerField(default=1)
    period_months = models.PositiveSmallIntegerField(default=1)
    rate_pct = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    day_count = models.TextField(choices=DayCount.choices, default=DayCount.ACTUAL_365)
    overdue_rate_pct = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    penalty_daily_pct = models.DecimalField(max_digits=7, decimal_places=5, null=True)
    grace_days = models.PositiveSmallIntegerField(default=0)
    accelerated_on = models.DateField(null=True)
    sued_on = models.DateField(null=True)
    delivered_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)
    # They came with a file of many claims, and the amount was not checked with them yet.
    check_wanted = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"], name="claims_terms_unchecked", condition=Q(check_wanted=True)
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(replaced_at__isnull=True), name="claims_terms_once"
            ),
            models.CheckConstraint(
                condition=Q(principal__gt=0) & Q(matures_on__gt=F("disbursed_on")),
                name="claims_terms_possible",
            ),
        ]


class StagedTerms(models.Model):
    """
    What one staged row of a batch says of its contract and of payments so far; not logged either.

    No principal: the row tells payments only. `payments` and `fees` are lists of id, day, amount
    and, for payments, reference.
    """

    privacy: ClassVar[Privacy] = Privacy(keep="Until the batch is decided, seven days at most.")

    pk = models.CompositePrimaryKey("batch_id", "row")
    batch_id = models.UUIDField()
    row = models.PositiveIntegerField()
    # Empty: the lender is the creditor, as it is known here.
    lender_kind = models.TextField(default="", blank=True)
    principal = models.BigIntegerField(null=True)
    handed_over = models.BigIntegerField(null=True)
    disbursed_on = models.DateField(null=True)
    matures_on = models.DateField(null=True)
    schedule = models.TextField()
    periods = models.PositiveSmallIntegerField(null=True)
    period_months = models.PositiveSmallIntegerField()
    rate_pct = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    day_count = models.TextField()
    overdue_rate_pct = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    penalty_daily_pct = models.DecimalField(max_digits=7, decimal_places=5, null=True)
    grace_days = models.PositiveSmallIntegerField()
    accelerated_on = models.DateField(null=True)
    sued_on = models.DateField(null=True)
    payments = models.JSONField(default=list)
    fees = models.JSONField(default=list)


class ContractFee(Row):
    """One charge of a contract, with its kind and the day it fell due."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    terms = models.ForeignKey(ContractTerms, models.PROTECT, related_name="+")
    kind = models.TextField(choices=FeeKind.choices)
    amount = models.BigIntegerField()
    on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="claims_fee_above_zero")
        ]
        indexes = [models.Index(fields=["terms"], name="claims_fee_terms")]


class ContractPayment(Row):
    """One payment of the debtor before the claim came here, as the creditor tells it."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    on = models.DateField()
    amount = models.BigIntegerField()
    booked_to = models.TextField(choices=BookedTo.choices, default=BookedTo.UNKNOWN, blank=True)
    reference = models.TextField()
    delivered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "reference"], name="claims_contract_payment_once"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="claims_contract_payment_above_zero"
            ),
        ]


class Verification(Row):
    """
    One check of the amount: claimed, agreed and lawful, line by line. Append-only.

    `law` is the version of the pack; `lines`, `cautions` and `missing` are as they were shown.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    computed_at = models.DateTimeField()
    as_of = models.DateField()
    law = models.TextField()
    outcome = models.TextField(choices=Outcome.choices)
    claimed = models.BigIntegerField()
    contract = models.BigIntegerField(null=True)
    lawful = models.BigIntegerField(null=True)
    # The highest yearly rate at which the claim may go on to bear interest.
    late_rate_pct = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    not_due = models.BigIntegerField(default=0)
    credit = models.BigIntegerField(default=0)
    completeness = models.PositiveSmallIntegerField()
    lines = models.JSONField(default=list)
    cautions = models.JSONField(default=list)
    missing = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="cannot", lawful__isnull=True)
                | (~Q(outcome="cannot") & Q(lawful__isnull=False)),
                name="claims_verification_said",
            ),
            models.CheckConstraint(
                condition=Q(completeness__lte=100), name="claims_verification_percent"
            ),
        ]
        indexes = [models.Index(fields=["claim", "-computed_at"], name="claims_verification_last")]


class LimitationAct(Row):
    """Something that moves the limitation of a claim, with the evidence that shows it."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    kind = models.TextField(choices=ActKind.choices)
    on = models.DateField()
    ended_on = models.DateField(null=True)
    evidence = models.ForeignKey("claims.Evidence", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField()
    # The creditor tells it; it counts only once a reviewer has seen that the file shows it.
    accepted = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(default="", blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["recorded_at"],
                name="claims_acts_waiting",
                condition=Q(accepted__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted__isnull=True, decided_at__isnull=True)
                | Q(accepted__isnull=False, decided_at__isnull=False),
                name="claims_act_decided",
            ),
            models.UniqueConstraint(fields=["claim", "kind", "on"], name="claims_act_once"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("on")),
                name="claims_act_period",
            ),
        ]

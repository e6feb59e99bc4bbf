"""Payments, allocation and split, cashier orders, payouts. Balances live in the ledger."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.claims.terms import Component
from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.settlement.models.bank import (
    Candidate,
    GapNote,
    SendBack,
    Statement,
    StatementEntry,
    Suspense,
    Twin,
)
from qinghe.settlement.models.closing import KeptStatement, MonthClose
from qinghe.settlement.models.corrections import CommissionCorrection
from qinghe.settlement.models.costs import CostAdvance, CostRefund
from qinghe.settlement.models.debits import Debit, DebitMandate, DebitRun
from qinghe.settlement.models.fees import Fee
from qinghe.settlement.models.invoices import Invoice
from qinghe.settlement.models.lowerings import Lowering, LoweringMark
from qinghe.settlement.models.objections import Objection
from qinghe.settlement.models.payouts import (
    Payout,
    PayoutLimit,
    PayoutReturn,
    PayoutRun,
    VoidedFile,
)
from qinghe.settlement.models.reports import ProviderLine, ProviderReport
from qinghe.settlement.models.returns import Dispute, Refund
from qinghe.settlement.terms import OrderState, PaymentSource, PaymentState

__all__ = [
    "Allocation",
    "Candidate",
    "CashierOrder",
    "CommissionCorrection",
    "CostAdvance",
    "CostRefund",
    "Debit",
    "DebitMandate",
    "DebitRun",
    "Dispute",
    "Fee",
    "GapNote",
    "Invoice",
    "KeptStatement",
    "Lowering",
    "LoweringMark",
    "Mark",
    "MonthClose",
    "Objection",
    "Payment",
    "Payout",
    "PayoutLimit",
    "PayoutReturn",
    "PayoutRun",
    "ProviderLine",
    "ProviderReport",
    "Receipt",
    "Refund",
    "Review",
    "SendBack",
    "Split",
    "Statement",
    "StatementEntry",
    "Stay",
    "Suspense",
    "Twin",
    "VoidedFile",
]

KEEP = "Ten years after the year of booking (accounting law)."


class CashierOrder(Row):
    """A debtor on the way to the cashier: fixed amount; the provider answers by signed webhook."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    provider = models.TextField()
    state = models.TextField(choices=OrderState.choices, default=OrderState.CREATED)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # Where the payer goes on: the provider's page, or what its code says.
    page = models.TextField(default="", db_default="", blank=True)
    # The provider's number of the order, where it asks for its own.
    session = models.TextField(default="", db_default="", blank=True)
    # The provider's number of the payment.
    number = models.TextField(default="", db_default="", blank=True)
    # When the provider is asked what became of it, should its notice never come.
    ask_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="settlement_order_positive"),
            models.UniqueConstraint(
                fields=["provider", "number"],
                condition=~Q(number=""),
                name="settlement_order_number_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["ask_at"],
                name="settlement_order_ask",
                condition=Q(ask_at__isnull=False),
            )
        ]


class Payment(Row):
    """Money that came in. `reference` is unique per source, so a repeated notice books nothing."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    claim = models.ForeignKey("claims.Claim", models.PROTECT, null=True, related_name="+")
    creditor = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    order = models.ForeignKey(CashierOrder, models.PROTECT, null=True, related_name="+")
    source = models.TextField(choices=PaymentSource.choices)
    reference = models.TextField()
    amount = models.BigIntegerField()
    # Part that exceeds what was owed; waits for refund.
    excess = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    paid_on = models.DateField()
    state = models.TextField(choices=PaymentState.choices)
    received_at = models.DateTimeField()
    reversed_at = models.DateTimeField(null=True)
    # Who first spoke for undoing it, and who agreed where one person is not enough.
    reversal_asked_by = models.TextField(default="", db_default="", blank=True)
    reversal_asked_at = models.DateTimeField(null=True)
    reversal_agreed_by = models.TextField(default="", db_default="", blank=True)
    # What was asked for, so that the second person agrees to this and to nothing else.
    reversal_reason = models.TextField(default="", db_default="", blank=True)
    reversal_back = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["creditor", "source", "reference"], name="settlement_payment_once"
            ),
            models.CheckConstraint(
                condition=Q(reversal_agreed_by="")
                | ~Q(reversal_agreed_by=F("reversal_asked_by")) & ~Q(reversal_asked_by=""),
                name="settlement_payment_reversal_two",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, excess__gte=0, excess__lte=F("amount")),
                name="settlement_payment_positive",
            ),
            models.CheckConstraint(
                condition=Q(state="unmatched") | Q(claim__isnull=False),
                name="settlement_posted_has_claim",
            ),
        ]
        indexes = [
            models.Index(fields=["claim", "received_at"], name="settlement_payment_claim"),
            models.Index(fields=["creditor", "-received_at"], name="settlement_payment_creditor"),
            # What is to be given back, found without looking at all that was paid.
            models.Index(
                fields=["received_at"],
                name="settlement_payment_excess",
                condition=Q(excess__gt=0, source="cashier", state="posted"),
            ),
            # What somebody wants undone: few of many.
            models.Index(
                fields=["reversal_asked_at"],
                name="settlement_payment_asked",
                condition=Q(reversal_asked_at__isnull=False, state="posted"),
            ),
        ]


class Allocation(Row):
    """Which component of the claim a payment paid."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="+")
    component = models.TextField(choices=Component.choices)
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payment", "component"], name="settlement_allocation_once"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="settlement_allocation_positive"
            ),
        ]


class Split(Row):
    """How one payment was divided: creditor, collector, quality reserve, platform."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    payment = models.OneToOneField(Payment, models.PROTECT, related_name="+")
    mandate = models.ForeignKey("market.Mandate", models.PROTECT, null=True, related_name="+")
    collector = models.ForeignKey(
        "parties.Organisation", models.PROTECT, null=True, related_name="+"
    )
    amount = models.BigIntegerField()
    creditor_share = models.BigIntegerField()
    commission = models.BigIntegerField()
    reserve = models.BigIntegerField()
    platform_fee = models.BigIntegerField()
    # Costs that others than the creditor get back first, and those of the creditor in its share.
    costs_back = models.BigIntegerField(default=0, db_default=0)
    costs_own = models.BigIntegerField(default=0, db_default=0)
    # The tax contained in commission with reserve, and in the platform's fee.
    commission_tax = models.BigIntegerField(default=0, db_default=0)
    fee_tax = models.BigIntegerField(default=0, db_default=0)
    rate = models.DecimalField(max_digits=5, decimal_places=4)
    at = models.DateTimeField()
    # When the reserve was released to the collector, or forfeited after a justified complaint.
    reserve_settled_at = models.DateTimeField(null=True)
    # What of the reserve the collector got; null until then, and where it was settled before this.
    reserve_paid = models.BigIntegerField(null=True)
    # The decision it was forfeited by; a granted appeal finds it again.
    forfeited_for = models.TextField(default="", db_default="", blank=True)
    # What of the commission the creditor has not covered yet; money paid here covers its own.
    uncovered = models.BigIntegerField(default=0, db_default=0)
    # Under a plan: the stage of the day, and when the quality part is decided.
    stage = models.TextField(default="", db_default="", blank=True)
    review_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    amount=F("creditor_share")
                    + F("commission")
                    + F("reserve")
                    + F("platform_fee")
                    + F("costs_back")
                ),
                name="settlement_split_sums",
            ),
            models.CheckConstraint(
                condition=Q(creditor_share__gte=0, commission__gte=0, reserve__gte=0)
                & Q(platform_fee__gte=0, costs_back__gte=0, costs_own__gte=0),
                name="settlement_split_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(fee_tax__gte=0, fee_tax__lte=F("platform_fee"), commission_tax__gte=0)
                & Q(commission_tax__lte=F("commission") + F("reserve"))
                & Q(costs_own__lte=F("creditor_share")),
                name="settlement_split_contained",
            ),
            models.CheckConstraint(
                condition=Q(uncovered__gte=0)
                & Q(
                    uncovered__lte=F("commission")
                    + F("reserve")
                    + F("platform_fee")
                    + F("costs_back")
                ),
                name="settlement_split_uncovered",
            ),
        ]
        indexes = [
            models.Index(fields=["collector", "at"], name="settlement_split_collector"),
            models.Index(
                fields=["at"],
                name="settlement_split_reserve",
                condition=Q(reserve__gt=0, reserve_settled_at__isnull=True),
            ),
            models.Index(
                fields=["at"],
                name="settlement_split_to_cover",
                condition=Q(uncovered__gt=0),
            ),
            models.Index(
                fields=["forfeited_for"],
                name="settlement_split_forfeited",
                condition=~Q(forfeited_for=""),
            ),
        ]


class Mark(Row):
    """A justified complaint about the work under a mandate, as the floor above told it."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    mandate = models.ForeignKey("market.Mandate", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    cause = models.TextField(default="", db_default="", blank=True)
    # An appeal was granted: from then on it weighs nothing.
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["cause"], name="settlement_mark_cause", condition=~Q(cause=""))
        ]


class Stay(Row):
    """The quality part under a mandate waits while a complaint or an appeal may still change it."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    mandate = models.ForeignKey("market.Mandate", models.PROTECT, related_name="+")
    cause = models.TextField()
    since = models.DateTimeField()
    # Not set while somebody has yet to decide.
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cause", "mandate"], name="settlement_stay_once")
        ]


class Review(Row):
    """How the quality part of one payment was decided: each measure, its weight, and the sum."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    # A replay after a reversal divides a payment anew, and its quality part is reviewed again.
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="+")
    mandate = models.ForeignKey("market.Mandate", models.PROTECT, related_name="+")
    reserve = models.BigIntegerField()
    paid = models.BigIntegerField()
    back = models.BigIntegerField()
    # Per measure: weight as text, how many were good, of how many.
    measures = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reserve=F("paid") + F("back"), paid__gte=0, back__gte=0),
                name="settlement_review_sums",
            )
        ]


class Receipt(Row):
    """
    Money that arrived at the bank and is no payment of a debtor.

    A creditor's, to cover commission on money it received itself; without a creditor the platform's
    own, which alone may be lent when a payment is undone after its shares went out. One person
    records it; it is booked when another, who stands apart, has found it on the bank's statement.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    creditor = models.ForeignKey(
        "parties.Organisation", models.PROTECT, null=True, related_name="+"
    )
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    # As the bank's statement names it; one booking, however often it is told.
    reference = models.TextField(unique=True)
    recorded_by = models.TextField()
    at = models.DateTimeField()
    # It counts only from here on.
    confirmed_by = models.TextField(default="", db_default="", blank=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="settlement_receipt_positive"),
            models.CheckConstraint(condition=~Q(reference=""), name="settlement_receipt_named"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by="")
                | Q(confirmed_at__isnull=False)
                & ~Q(confirmed_by="")
                & ~Q(confirmed_by=F("recorded_by")),
                name="settlement_receipt_two",
            ),
        ]

"""How long a mandate lasts by what the debtor does, and the service its collector owes."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.market.extending import LONGEST
from qinghe.market.terms import KEEP, Excuse, ExtensionKind, NextStep, Outlook, ReturnReason


class Watched(models.Model):
    """The clocks of a mandate: its bounded end, and when its service is looked at. Abstract."""

    # The end that was signed; `ends_at` may be later by what the debtor did.
    agreed_ends_at = models.DateTimeField(null=True)
    first_action_at = models.DateTimeField(null=True)
    last_action_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    # When the service is looked at next; null: terms without service levels.
    check_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    # In force again after the payment that had completed it was undone; no day between counts.
    reinstated_at = models.DateTimeField(null=True)
    warned_for = models.TextField(
        choices=ReturnReason.choices, default="", db_default="", blank=True
    )
    return_code = models.TextField(
        choices=ReturnReason.choices, default="", db_default="", blank=True
    )

    # Of a return for a reason outside the collector: whether it holds, who said so and when.
    excuse = models.TextField(choices=Excuse.choices, default="", db_default="", blank=True)
    excuse_by = models.UUIDField(null=True)
    excuse_at = models.DateTimeField(null=True)
    # Why it was not confirmed, for the collector to read.
    excuse_words = models.TextField(default="", db_default="", blank=True)

    class Meta:
        abstract = True


# Only a return has an excuse; confirmed or refused it is by somebody.
EXCUSED = Q(excuse="") | Q(
    Q(excuse__in=(Excuse.WAITING, Excuse.PROVEN), excuse_at__isnull=True)
    | Q(excuse__in=(Excuse.CONFIRMED, Excuse.REFUSED), excuse_at__isnull=False),
    state="returned",
)
BOUNDED = Q(agreed_ends_at__isnull=True) | Q(
    ends_at__gte=F("agreed_ends_at"), ends_at__lte=F("agreed_ends_at") + timedelta(days=LONGEST)
)


class Extension(Row):
    """One thing that the debtor did, and the later end it brought; a payment taken back ends it."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    mandate = models.ForeignKey("market.Mandate", models.PROTECT, related_name="+")
    kind = models.TextField(choices=ExtensionKind.choices)
    # The promise, plan or payment.
    source = models.UUIDField()
    until = models.DateTimeField()
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mandate", "source"], name="market_extension_once"),
            models.UniqueConstraint(
                fields=["mandate"],
                condition=Q(kind="told_promise"),
                name="market_told_promise_once",
            ),
        ]
        indexes = [models.Index(fields=["source"], name="market_extension_source")]


class Report(Row):
    """What a collector tells the creditor about a case: in codes, without a word on the person."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    mandate = models.ForeignKey("market.Mandate", models.PROTECT, related_name="+")
    outlook = models.TextField(choices=Outlook.choices)
    next_step = models.TextField(choices=NextStep.choices)
    by_user = models.UUIDField(null=True)
    at = models.DateTimeField()

"""Records of work, promises, call-backs, plans and hardship."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.casework.terms import (
    Action,
    EarlyState,
    HardshipRefusal,
    HardshipState,
    OfferRole,
    PlanState,
    PromiseState,
    Result,
    Rhythm,
)
from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row

KEEP = "Five years after the claim is closed."


class Record(Row):
    """One collection record (催记): what was done and its result, in codes; text is encrypted."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("note",))

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    mandate = models.ForeignKey("market.Mandate", models.PROTECT, related_name="+")
    attempt = models.ForeignKey("contact.Attempt", models.PROTECT, null=True, related_name="+")
    action = models.TextField(choices=Action.choices)
    result = models.TextField(choices=Result.choices)
    note = models.ForeignKey("parties.VaultItem", models.PROTECT, null=True, related_name="+")
    by_user = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["claim", "-at"], name="casework_record_claim")]


class Promise(Row):
    """A promise to pay an amount by a day; payments decide whether it was kept."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    mandate = models.ForeignKey("market.Mandate", models.PROTECT, null=True, related_name="+")
    amount = models.BigIntegerField()
    due_on = models.DateField()
    # What had been paid on the claim when the promise was made; of that, what was told later.
    paid_before = models.BigIntegerField()
    paid_earlier = models.BigIntegerField(default=0, db_default=0)
    state = models.TextField(choices=PromiseState.choices, default=PromiseState.OPEN)
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    # Until when it is not judged, whatever its day: the money that had kept it was taken back.
    expected_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="casework_promise_positive"),
            models.UniqueConstraint(
                fields=["claim"], condition=Q(state="open"), name="casework_one_open_promise"
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], name="casework_promise_due", condition=Q(state="open"))
        ]


class CallBack(Row):
    """An agreed moment to call, checked against closed hours when it is planned."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    mandate = models.ForeignKey("market.Mandate", models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["planned_at"],
                name="casework_callback_due",
                condition=Q(done_at__isnull=True),
            )
        ]


class Plan(Row):
    """
    An instalment plan. While it is kept, nobody collects.

    `affordable` is the most that the debtor can spare a month, where it was told; what it was
    reckoned from is not kept.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    state = models.TextField(choices=PlanState.choices, default=PlanState.PROPOSED)
    total = models.BigIntegerField()
    monthly = models.BigIntegerField()
    count = models.PositiveSmallIntegerField()
    first_due_on = models.DateField()
    rhythm = models.TextField(choices=Rhythm.choices, default=Rhythm.EQUAL, db_default="equal")
    step = models.BigIntegerField(default=0, db_default=0)
    step_months = models.PositiveSmallIntegerField(default=0, db_default=0)
    # Months of the year (1 to 12) in which `monthly` is paid; `otherwise` in the others.
    months = models.JSONField(default=list, db_default=[])
    otherwise = models.BigIntegerField(default=0, db_default=0)
    # The largest instalment.
    largest = models.BigIntegerField(default=0, db_default=0)
    affordable = models.BigIntegerField(null=True)
    # The running plan in whose place this one comes, if it is agreed.
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    # What had been paid on the claim when the plan began; later money belongs to the instalments.
    paid_before = models.BigIntegerField(default=0)
    proposed_by = models.TextField()
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Since when it stands again: the money that had ended it did not stay.
    reinstated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(state="proposed"), name="casework_one_proposed_plan"
            ),
            models.UniqueConstraint(
                fields=["claim"], condition=Q(state="active"), name="casework_one_running_plan"
            ),
            models.CheckConstraint(
                condition=Q(affordable__isnull=True) | Q(largest__lte=F("affordable")),
                name="casework_plan_affordable",
            ),
            models.CheckConstraint(
                condition=Q(step__gte=0, otherwise__gte=0), name="casework_plan_never_below"
            ),
            models.CheckConstraint(
                condition=Q(monthly__gt=0, total__gt=0, count__gt=0), name="casework_plan_positive"
            ),
        ]


class Instalment(Row):
    """One due part of a plan; `paid` grows with payments in order."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    seq = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    amount = models.BigIntegerField()
    paid = models.BigIntegerField(default=0)
    missed_at = models.DateTimeField(null=True)
    # Until when it is not late, whatever its due day: its money is on its way, or was taken back.
    expected_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "seq"], name="casework_instalment_once"),
            models.CheckConstraint(
                condition=Q(paid__gte=0, paid__lte=F("amount")), name="casework_instalment_paid"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                name="casework_instalment_due",
                condition=Q(missed_at__isnull=True) & ~Q(paid=F("amount")),
            )
        ]


class Hardship(Row):
    """The person wants to pay but cannot. Contact stops first, proof may come later."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("person", "statement"))

    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    statement = models.ForeignKey("parties.VaultItem", models.PROTECT, null=True, related_name="+")
    state = models.TextField(choices=HardshipState.choices, default=HardshipState.OPEN)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    pause_until = models.DateField(null=True)
    # Why it was not granted; empty for what was refused before reasons were asked for.
    refusal = models.TextField(choices=HardshipRefusal.choices, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(state="open"), name="casework_one_open_hardship"
            ),
            models.CheckConstraint(
                condition=Q(refusal="") | Q(state="declined"), name="casework_hardship_refusal"
            ),
        ]


class Authority(Row):
    """
    One row of a creditor's authority matrix: how much less a role may offer to take.

    The first row that fits counts; a newer matrix replaces all rows of an older, which stay.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    creditor = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    seq = models.PositiveSmallIntegerField()
    role = models.TextField(choices=OfferRole.choices)
    # Empty: every stage. Null: every amount.
    stage = models.TextField(default="", blank=True)
    owed_to = models.BigIntegerField(null=True)
    discount_pct = models.DecimalField(max_digits=5, decimal_places=2)
    days = models.PositiveSmallIntegerField()
    set_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["creditor", "seq"],
                condition=Q(replaced_at__isnull=True),
                name="casework_authority_once",
            ),
            models.CheckConstraint(
                condition=Q(discount_pct__gte=0, discount_pct__lte=100, days__gt=0),
                name="casework_authority_possible",
            ),
        ]


class EarlyOffer(Row):
    """
    Less than is owed, paid by a day, settles the claim; the rest is then waived.

    Until it is paid nothing changes, and when its day has passed nothing has changed.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    mandate = models.ForeignKey("market.Mandate", models.PROTECT, null=True, related_name="+")
    # The row it is within; null: the creditor itself consented.
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, related_name="+")
    amount = models.BigIntegerField()
    # What was owed when it was made; an offer is always below it.
    owed = models.BigIntegerField()
    # What had been paid when it was made, and what of it was told later: neither fulfils it.
    paid_before = models.BigIntegerField()
    paid_earlier = models.BigIntegerField(default=0, db_default=0)
    waived = models.BigIntegerField(default=0)
    last_day = models.DateField()
    state = models.TextField(choices=EarlyState.choices)
    made_by = models.TextField(choices=OfferRole.choices)
    # Who made it; beyond the authority of its role somebody else consents.
    author = models.TextField()
    made_at = models.DateTimeField()
    consented_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lt=F("owed"), waived__gte=0),
                name="casework_early_below_owed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("asked", "declined", "withdrawn"))
                | Q(authority__isnull=False)
                | Q(consented_at__isnull=False),
                name="casework_early_has_authority",
            ),
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(state__in=("asked", "offered", "accepted")),
                name="casework_one_early_offer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["last_day"],
                name="casework_early_due",
                condition=Q(state__in=("asked", "offered", "accepted")),
            )
        ]

"""Tables: who a claim belongs to, step by step, and claims that may be one and the same debt."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.claims.contract_terms import (
    DuplicateGround,
    DuplicateState,
    IdentityCode,
    TitleState,
)
from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row

KEEP = "Five years after the claim is closed (limitation and evidence)."


class Title(Row):
    """
    One step of a claim from one creditor to the next; step 1 begins with the original creditor.

    Steps before the claim came here name their creditors in words; a step made here names
    organisations. It binds the debtor from `notice_reached_on` (Civil Code, art. 546).
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    step = models.PositiveSmallIntegerField()
    from_name = models.TextField()
    to_name = models.TextField()
    # Lender kind of the one it came from, in the sense of the interest rules.
    from_kind = models.TextField(default="", blank=True)
    from_org = models.ForeignKey(
        "parties.Organisation", models.PROTECT, null=True, related_name="+"
    )
    to_org = models.ForeignKey("parties.Organisation", models.PROTECT, null=True, related_name="+")
    on = models.DateField()
    evidence = models.ForeignKey("claims.Evidence", models.PROTECT, null=True, related_name="+")
    notice_reached_on = models.DateField(null=True)
    notice_evidence = models.ForeignKey(
        "claims.Evidence", models.PROTECT, null=True, related_name="+"
    )
    state = models.TextField(choices=TitleState.choices, default=TitleState.HELD)
    recorded_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "step"],
                condition=Q(state="held"),
                name="claims_title_step_once",
            ),
            models.UniqueConstraint(
                fields=["claim"], condition=Q(state="offered"), name="claims_title_one_offer"
            ),
            models.CheckConstraint(
                condition=Q(notice_reached_on__isnull=True) | Q(notice_reached_on__gte=F("on")),
                name="claims_title_notice_after",
            ),
            models.CheckConstraint(
                condition=~Q(from_name=F("to_name")), name="claims_title_two_parties"
            ),
        ]
        indexes = [
            models.Index(
                fields=["to_org"], name="claims_title_offers", condition=Q(state="offered")
            )
        ]


class IdentityDoubt(Row):
    """One thing that does not fit together about the person of a claim, found at intake."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    code = models.TextField(choices=IdentityCode.choices)
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "code"], name="claims_identity_doubt_once")
        ]


class Duplicate(Row):
    """Two claims that may be one and the same debt; both stand still until a person decides."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    # The one that came first, and the one that came later.
    first = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    second = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    ground = models.TextField(choices=DuplicateGround.choices)
    state = models.TextField(choices=DuplicateState.choices, default=DuplicateState.OPEN)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    kept = models.ForeignKey("claims.Claim", models.PROTECT, null=True, related_name="+")
    reason = models.TextField(default="", blank=True)
    decided_by = models.TextField(default="", db_default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="claims_duplicate_once"),
            models.CheckConstraint(
                condition=~Q(first=F("second")), name="claims_duplicate_two_claims"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="claims_duplicate_decided",
            ),
        ]
        indexes = [
            models.Index(
                fields=["found_at", "id"],
                name="claims_duplicate_open",
                condition=Q(state="open"),
            ),
            models.Index(fields=["second"], name="claims_duplicate_second"),
        ]

"""What is known of a creditor or collector: who stands behind it, its account, its proofs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.parties.models.people import Licence, Organisation, VaultItem
from qinghe.parties.terms import (
    LIVE_TRANSFERS,
    ActsAs,
    CheckOutcome,
    PartyFlagKind,
    ProofKind,
    SettlementState,
    TaxpayerKind,
    TransferState,
)

PARTY_KEEP = "Five years after the party's last business here (anti-money-laundering duties)."
MOST_TRIES = 3


class Representative(Row):
    """Somebody who stands behind a party: the creditor in person, a signatory, a principal."""

    privacy: ClassVar[Privacy] = Privacy(keep=PARTY_KEEP, personal=("name", "number", "line"))

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    acts_as = models.TextField(choices=ActsAs.choices)
    # Tokens into the vault; pages show their masked text.
    name = models.ForeignKey(VaultItem, models.PROTECT, related_name="+")
    number = models.ForeignKey(VaultItem, models.PROTECT, related_name="+")
    line = models.ForeignKey(VaultItem, models.PROTECT, null=True, related_name="+")
    position = models.TextField(default="", blank=True)
    # The first day without authority, where a paper gives it, and that paper's hash.
    mandate_ends_on = models.DateField(null=True)
    paper = models.TextField(default="", blank=True)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(removed_at__isnull=True, acts_as="self"),
                name="parties_one_self",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(removed_at__isnull=True, acts_as="signatory"),
                name="parties_one_signatory",
            ),
        ]


class SettlementAccount(Row):
    """The bank account money is paid out to; the number is in the vault."""

    privacy: ClassVar[Privacy] = Privacy(keep=PARTY_KEEP, personal=("holder", "number"))

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    holder = models.ForeignKey(VaultItem, models.PROTECT, related_name="+")
    number = models.ForeignKey(VaultItem, models.PROTECT, related_name="+")
    bank = models.TextField()
    state = models.TextField(choices=SettlementState.choices, default=SettlementState.DECLARED)
    added_at = models.DateTimeField()
    # Who entered it; a changed account is proven by somebody else.
    added_by = models.UUIDField(null=True)
    proven_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=~Q(state="replaced"),
                name="parties_one_settlement_account",
            )
        ]


class MicroTransfer(Row):
    """
    A random amount of 1 to 99 cents sent to an account, whose holder states it.

    Only a keyed hash of the amount stays; the amount itself is sealed until it was sent.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=PARTY_KEEP, personal=("account", "sealed"))

    account = models.ForeignKey(SettlementAccount, models.PROTECT, related_name="+")
    code = models.TextField(unique=True)
    digest = models.BinaryField()
    sealed = models.ForeignKey(VaultItem, models.SET_NULL, null=True, related_name="+")
    state = models.TextField(choices=TransferState.choices, default=TransferState.WAITING)
    gateway = models.TextField()
    reference = models.TextField(default="", blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(state__in=LIVE_TRANSFERS),
                name="parties_one_live_transfer",
            ),
            models.CheckConstraint(
                condition=Q(tries__lte=MOST_TRIES), name="parties_transfer_tries"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at")), name="parties_transfer_period"
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                name="parties_transfer_due",
                condition=Q(state__in=LIVE_TRANSFERS),
            )
        ]


class IdentityCheck(Row):
    """One question to a register, and its answer; never what was asked about whom in the clear."""

    privacy: ClassVar[Privacy] = Privacy(keep=PARTY_KEEP, personal=("representative",))

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    # Nobody: the question was about the business itself.
    representative = models.ForeignKey(Representative, models.PROTECT, null=True, related_name="+")
    gateway = models.TextField()
    outcome = models.TextField(choices=CheckOutcome.choices, default=CheckOutcome.UNKNOWN)
    reference = models.TextField(default="", blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    # When the question is put again; nothing once it was answered, or where a person answers.
    next_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="unknown", answered_at__isnull=True)
                | (~Q(outcome="unknown") & Q(answered_at__isnull=False)),
                name="parties_check_answered",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                name="parties_check_due",
                condition=Q(answered_at__isnull=True, next_at__isnull=False),
            ),
            models.Index(fields=["organisation"], name="parties_check_party"),
        ]


class Proof(Row):
    """One item of proof about a party; it counts until `expires_on`, the first day without it."""

    privacy: ClassVar[Privacy] = Privacy(keep=PARTY_KEEP)

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.TextField(choices=ProofKind.choices)
    # Which row it stands on (`check:…`, `transfer:…`, `licence:…`), or a file's hash.
    source = models.TextField()
    licence = models.ForeignKey(Licence, models.PROTECT, null=True, related_name="+")
    decided_by = models.TextField()
    decided_at = models.DateTimeField()
    expires_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "source"],
                condition=Q(ended_at__isnull=True),
                name="parties_proof_once",
            )
        ]


class PartyFlag(Row):
    """A doubt about a party that a reviewer clears or confirms before it is approved."""

    privacy: ClassVar[Privacy] = Privacy(keep=PARTY_KEEP)

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.TextField(choices=PartyFlagKind.choices)
    other = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    raised_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(default="", blank=True)
    confirmed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "other"],
                nulls_distinct=False,
                name="parties_flag_once",
            )
        ]


class EndingNotice(Row):
    """A party was told, so many days before, that its level will fall on a day."""

    privacy: ClassVar[Privacy] = Privacy(keep=PARTY_KEEP)

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    ends_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "ends_on", "days"], name="parties_notice_once"
            )
        ]


class Lifting(Row):
    """A measure two persons are about to lift: one asked with a reason, another agrees."""

    privacy: ClassVar[Privacy] = Privacy(keep=PARTY_KEEP)

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    # What is lifted: `suspension`, or `cover:` and the deposit's id, or the floor above's own word.
    measure = models.TextField()
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    reason = models.TextField(default="", blank=True)
    agreed_by = models.TextField(default="", blank=True)
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "measure"],
                condition=Q(agreed_at__isnull=True),
                name="parties_one_lifting",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by="") | ~Q(agreed_by=F("asked_by")),
                name="parties_lifted_by_two",
            ),
        ]


class TaxStatus(Row):
    """How an organisation is taxed from a day on, until the next row; a change is a new row."""

    privacy: ClassVar[Privacy] = Privacy(keep="Ten years after the year it ends in (tax law).")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    taxpayer = models.TextField(choices=TaxpayerKind.choices)
    # The first of a month: an invoice of a month has one rate.
    from_on = models.DateField()
    told_by = models.TextField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "from_on"], name="parties_tax_status_once"
            ),
            models.CheckConstraint(condition=Q(from_on__day=1), name="parties_tax_status_month"),
        ]

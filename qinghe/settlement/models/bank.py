"""What the bank says, and money that came whose purpose is not known yet."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.settlement.bank_terms import SendBackState, Wish

KEEP = "Ten years after the year of booking (accounting law)."


class Statement(Row):
    """One statement of the platform's account, as the bank sent it; once per file and place."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    account = models.TextField()
    currency = models.CharField(max_length=3)
    kind = models.TextField()
    number = models.TextField(default="", blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    opening = models.BigIntegerField(null=True)
    closing = models.BigIntegerField(null=True)
    # Of the file, and which statement of it: the same file again adds nothing.
    digest = models.TextField()
    place = models.IntegerField()
    imported_by = models.TextField()
    imported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "place"], name="settlement_statement_once")
        ]


class StatementEntry(Row):
    """
    One entry of a statement; never altered, but for what explains money that went out.

    `key` is the bank's own number, or a digest with a count where it gives none: an entry told
    by two statements is one.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("words", "payer_masked"))

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="+")
    account = models.TextField()
    key = models.TextField()
    booked_on = models.DateField()
    value_on = models.DateField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    credit = models.BooleanField()
    reference = models.TextField(default="", blank=True)
    # Who sent it, from where and with which words: opened for one purpose, and on record.
    words = models.ForeignKey("parties.VaultItem", models.PROTECT, null=True, related_name="+")
    payer_masked = models.TextField(default="", blank=True)
    # Number of the claim whose reference stands in the words, its check digits right.
    claim_number = models.TextField(default="", blank=True)
    # What explains money that went out: a payout, money sent back, or a person's note.
    explained = models.TextField(default="", blank=True)
    explained_by = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="settlement_entry_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="settlement_entry_positive"),
        ]
        indexes = [
            models.Index(
                fields=["booked_on"],
                name="settlement_entry_unexplained",
                condition=Q(credit=False, explained=""),
            )
        ]


class Suspense(Row):
    """
    Money that came to the bank. `rest` is what of it waits: not applied, sent back, or known.

    One person proposes what it is, another agrees; only what a reference or a clear lead tells is
    booked without them.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    entry = models.OneToOneField(StatementEntry, models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    rest = models.BigIntegerField()
    # What was in the books already when the statement came.
    known = models.BigIntegerField(default=0)
    payment = models.ForeignKey("settlement.Payment", models.PROTECT, null=True, related_name="+")
    # How often it was booked: a payment that was undone may be booked anew.
    booked = models.IntegerField(default=0)
    since = models.DateTimeField()
    wish = models.TextField(choices=Wish.choices, default=Wish.NONE, blank=True)
    wish_claim = models.ForeignKey("claims.Claim", models.PROTECT, null=True, related_name="+")
    wish_note = models.TextField(default="", blank=True)
    asked_by = models.TextField(default="", blank=True)
    asked_at = models.DateTimeField(null=True)
    agreed_by = models.TextField(default="", blank=True)
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, rest__gte=0, known__gte=0, rest__lte=F("amount")),
                name="settlement_suspense_rest",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by="") | ~Q(agreed_by=F("asked_by")),
                name="settlement_suspense_two",
            ),
            models.CheckConstraint(
                condition=Q(wish_claim__isnull=False, wish="assign")
                | Q(wish_claim__isnull=True) & ~Q(wish="assign"),
                name="settlement_suspense_wish",
            ),
        ]
        indexes = [
            models.Index(fields=["since"], name="settlement_suspense_open", condition=Q(rest__gt=0))
        ]


class Candidate(Row):
    """A claim that money in suspense may pay, with its score in hundredths of a bit."""

    privacy: ClassVar[Privacy] = Privacy(keep="As long as the money waits.")

    suspense = models.ForeignKey(Suspense, models.CASCADE, related_name="+")
    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    score = models.IntegerField()
    signs = models.JSONField()
    expected = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["suspense", "claim"], name="settlement_candidate_once")
        ]


class SendBack(Row):
    """Money on its way back to who sent it, at the bank; a second person agrees."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    number = models.TextField(unique=True)
    suspense = models.ForeignKey(Suspense, models.PROTECT, related_name="+")
    # The payment it was too much for; no replay may apply it again.
    payment = models.ForeignKey("settlement.Payment", models.PROTECT, null=True, related_name="+")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.TextField(choices=SendBackState.choices, default=SendBackState.WAITING)
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    agreed_by = models.TextField(default="", blank=True)
    agreed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="settlement_back_positive"),
            models.CheckConstraint(
                condition=Q(agreed_by="") | ~Q(agreed_by=F("asked_by")),
                name="settlement_back_two",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["ready", "done"]) | ~Q(agreed_by=""),
                name="settlement_back_agreed",
            ),
        ]

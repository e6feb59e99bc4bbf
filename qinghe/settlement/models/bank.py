"""What the bank says, and money that came whose purpose is not known yet."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.settlement.bank_terms import SendBackState, TwinState, Wish

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
    # Who else saw it at the bank.
    compared_by = models.TextField(default="", db_default="", blank=True)
    compared_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "place"], name="settlement_statement_once"),
            models.CheckConstraint(
                condition=Q(compared_by="", compared_at__isnull=True)
                | Q(compared_at__isnull=False) & ~Q(compared_by__in=["", F("imported_by")]),
                name="settlement_statement_two",
            ),
        ]
        indexes = [
            models.Index(
                fields=["imported_at"],
                name="settlement_statement_open",
                condition=Q(compared_at__isnull=True),
            )
        ]


class GapNote(Row):
    """
    A person's words on two statements that do not join; withdrawn, the gap waits again.

    `after` and `missing` tell which gap: another one before the same statement waits on.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    # The statement behind the gap, the last day before it, and what is missing in minor units.
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="+")
    after = models.DateField()
    missing = models.BigIntegerField()
    note = models.TextField()
    noted_by = models.TextField()
    noted_at = models.DateTimeField()
    withdrawn_by = models.TextField(default="", blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "after", "missing"],
                condition=Q(withdrawn_at__isnull=True),
                name="settlement_gap_noted_once",
            ),
            models.CheckConstraint(condition=~Q(note=""), name="settlement_gap_words"),
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
            ),
            # What came under a claim's reference is told on the claim's page.
            models.Index(fields=["claim_number"], name="settlement_entry_claim"),
            # Whether money left under a number is asked at every step of a payout.
            models.Index(
                fields=["explained"],
                name="settlement_entry_explained",
                condition=Q(credit=False) & ~Q(explained=""),
            ),
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
    # The booking that tells the money already: one booking explains one entry.
    booking = models.TextField(default="", db_default="", blank=True)
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
            models.UniqueConstraint(
                fields=["booking"],
                condition=~Q(booking=""),
                name="settlement_suspense_booking_once",
            ),
        ]
        indexes = [
            models.Index(fields=["since"], name="settlement_suspense_open", condition=Q(rest__gt=0))
        ]


class Twin(Row):
    """
    An entry that came with a number where the same money stands without one, or the other way; or
    with words of which one of the two has only the beginning.

    It books nothing until a person says that it is another payment; nothing of the one that
    stands is sent back meanwhile.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    entry = models.OneToOneField(StatementEntry, models.PROTECT, related_name="+")
    stands = models.ForeignKey(StatementEntry, models.PROTECT, related_name="+")
    state = models.TextField(choices=TwinState.choices, default=TwinState.OPEN)
    # What one person says it is; another agrees, and only that counts.
    wish = models.TextField(choices=TwinState.choices, default="", db_default="", blank=True)
    asked_by = models.TextField(default="", db_default="", blank=True)
    asked_at = models.DateTimeField(null=True)
    told_by = models.TextField(default="", blank=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(told_by="") | Q(asked_by="") | ~Q(told_by=F("asked_by")),
                name="settlement_twin_two",
            ),
            models.CheckConstraint(
                condition=Q(state="open", told_by="", told_at__isnull=True)
                | ~Q(state="open") & ~Q(told_by="") & Q(told_at__isnull=False),
                name="settlement_twin_told",
            ),
        ]
        indexes = [models.Index(fields=["stands"], name="settlement_twin_stands")]


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
    """
    Money on its way back to who sent it, at the bank; a second person agrees.

    Of money in suspense, or of a debit that brought too much; never of both.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("account",))

    number = models.TextField(unique=True)
    suspense = models.ForeignKey(Suspense, models.PROTECT, null=True, related_name="+")
    debit = models.ForeignKey("settlement.Debit", models.PROTECT, null=True, related_name="+")
    # The payment it was too much for; no replay may apply it again.
    payment = models.ForeignKey("settlement.Payment", models.PROTECT, null=True, related_name="+")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    # Where it goes, as a person learnt it from the bank; null where the statement tells it.
    account = models.ForeignKey("parties.VaultItem", models.PROTECT, null=True, related_name="+")
    state = models.TextField(choices=SendBackState.choices, default=SendBackState.WAITING)
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    agreed_by = models.TextField(default="", blank=True)
    agreed_at = models.DateTimeField(null=True)
    # When its file was first taken for the bank: from here on it may have left.
    file_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="settlement_back_positive"),
            models.CheckConstraint(
                condition=Q(suspense__isnull=True) ^ Q(debit__isnull=True),
                name="settlement_back_of_one",
            ),
            models.UniqueConstraint(
                fields=["debit"],
                condition=Q(state__in=["waiting", "ready"]),
                name="settlement_back_one_a_debit",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by="") | ~Q(agreed_by=F("asked_by")),
                name="settlement_back_two",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["ready", "done"]) | ~Q(agreed_by=""),
                name="settlement_back_agreed",
            ),
        ]

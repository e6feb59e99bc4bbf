"""Who may collect: sittings of the exam, certificates, and what covers a collector's orders."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.parties.models.people import STAFF_KEEP, Organisation
from qinghe.parties.models.standing import PARTY_KEEP
from qinghe.parties.terms import CoverKind


class Sitting(Row):
    """One sitting of the exam: the questions drawn, in order, and what was answered."""

    privacy: ClassVar[Privacy] = Privacy(keep=STAFF_KEEP, personal=("user_id",))

    user_id = models.UUIDField()
    bank = models.TextField()
    # Each question's key with the places of its answers as they were shown.
    drawn = models.JSONField()
    answers = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    right = models.PositiveSmallIntegerField(null=True)
    passed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user_id"],
                condition=Q(finished_at__isnull=True),
                name="parties_one_open_sitting",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("started_at")), name="parties_sitting_period"
            ),
        ]
        indexes = [models.Index(fields=["user_id", "-started_at"], name="parties_sittings")]


class Certificate(Row):
    """One collector's certificate of competence; without a valid one nobody contacts or takes."""

    privacy: ClassVar[Privacy] = Privacy(keep=STAFF_KEEP, personal=("user_id",))

    user_id = models.UUIDField()
    number = models.TextField(unique=True)
    sitting = models.ForeignKey(Sitting, models.PROTECT, null=True, related_name="+")
    issued_on = models.DateField()
    # The first day without it.
    ends_on = models.DateField()
    revoked_at = models.DateTimeField(null=True)
    reason = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("issued_on")), name="parties_certificate_period"
            )
        ]
        indexes = [
            models.Index(fields=["user_id", "ends_on"], name="parties_certificate_holder"),
            models.Index(fields=["ends_on"], name="parties_certificate_due"),
        ]


class Cover(Row):
    """
    A deposit or an insurance that covers what a collector holds; two persons put it on file.

    No money moves here: the amount is what a paper shows.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=PARTY_KEEP)

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.TextField(choices=CoverKind.choices)
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    paper = models.TextField(default="", blank=True)
    reference = models.TextField(default="", blank=True)
    recorded_by = models.TextField()
    recorded_at = models.DateTimeField()
    confirmed_by = models.TextField(default="", blank=True)
    confirmed_at = models.DateTimeField(null=True)
    # The first day without it; a deposit has none until it is given back.
    ends_on = models.DateField(null=True)
    released_at = models.DateTimeField(null=True)
    # Called for proven breaches; only the rest covers anything.
    called = models.PositiveBigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(called__lte=F("amount")), name="parties_cover_called"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="parties_cover_amount"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | ~Q(confirmed_by=F("recorded_by")),
                name="parties_cover_two_persons",
            ),
        ]
        indexes = [models.Index(fields=["organisation"], name="parties_cover_party")]

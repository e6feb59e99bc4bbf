"""Signs of a dishonest market, flags made of them, and what people decided after hearing."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.quality.integrity_terms import FlagState, Outcome, RuleCode, RulingState

KEEP = "Five years after the decision."


class IntegrityFlag(Row):
    """
    One rule found enough signs about some organisations. Alone it changes nothing: a person looks.

    `key` is the ids of the organisations, sorted and joined; `score` the sum of the signs' points.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    number = models.TextField(unique=True)
    rule = models.TextField(choices=RuleCode.choices)
    key = models.TextField()
    state = models.TextField(choices=FlagState.choices, default=FlagState.OPEN)
    score = models.PositiveIntegerField()
    # Rows of the same kind, guilty or not, against which a share was judged; 0: no share counts.
    whole = models.PositiveIntegerField(default=0)
    raised_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "key"], condition=~Q(state="decided"), name="quality_flag_open_once"
            ),
            models.CheckConstraint(
                condition=Q(state="decided", decided_at__isnull=False)
                | (~Q(state="decided") & Q(decided_at__isnull=True)),
                name="quality_flag_decided",
            ),
        ]
        indexes = [
            models.Index(
                fields=["raised_at"], name="quality_flag_waiting", condition=~Q(state="decided")
            ),
            models.Index(fields=["rule", "key", "decided_at"], name="quality_flag_before"),
        ]


class Sign(Row):
    """
    One fact that speaks for a rule: a kind, the row it stands in and its points.

    `ref` names a row, such as `mandate:0193...`; never an identity.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    rule = models.TextField(choices=RuleCode.choices)
    key = models.TextField()
    kind = models.TextField()
    ref = models.TextField()
    weight = models.PositiveIntegerField()
    at = models.DateTimeField()
    flag = models.ForeignKey(IntegrityFlag, models.PROTECT, null=True, related_name="+")
    # A sign that turned out to be none, such as a complaint that was dismissed, counts no more.
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "key", "kind", "ref"], name="quality_sign_once")
        ]
        indexes = [models.Index(fields=["ref"], name="quality_sign_of")]


class Tally(models.Model):
    """How many rows of a kind a day had: what the share of the suspicious ones is a share of."""

    privacy: ClassVar[Privacy] = Privacy(keep="Two years: numbers about organisations.")

    name = models.TextField()
    key = models.TextField()
    day = models.DateField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "key", "day"], name="quality_tally_once")
        ]


class SweepMark(models.Model):
    """Up to which moment the market was looked at."""

    privacy: ClassVar[Privacy] = Privacy(keep="As long as the installation runs.")

    name = models.TextField(primary_key=True)
    at = models.DateTimeField()


class RetiredRule(models.Model):
    """A rule that was wrong too often and raises no flags until somebody takes it back."""

    privacy: ClassVar[Privacy] = Privacy(keep="As long as the installation runs.")

    rule = models.TextField(primary_key=True, choices=RuleCode.choices)
    reason = models.TextField()
    by = models.TextField()
    at = models.DateTimeField()


class Respondent(Row):
    """An organisation that a flag is about: when it was asked, and that it has answered."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("statement",))

    flag = models.ForeignKey(IntegrityFlag, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    question = models.TextField(default="", blank=True)
    statement = models.ForeignKey("parties.VaultItem", models.PROTECT, null=True, related_name="+")
    stated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["flag", "organisation"], name="quality_respondent_once"
            ),
            models.CheckConstraint(
                condition=Q(asked_at__isnull=True, due_at__isnull=True)
                | Q(due_at__gt=F("asked_at")),
                name="quality_respondent_asked",
            ),
            models.CheckConstraint(
                condition=Q(stated_at__isnull=True, statement__isnull=True)
                | Q(stated_at__isnull=False, statement__isnull=False, asked_at__isnull=False),
                name="quality_respondent_stated",
            ),
        ]


class Ruling(Row):
    """
    What was decided about one organisation under one flag: asked by one officer, agreed by another.

    `damage` is what a proven breach cost `harmed`, in minor units; it bounds what may be called.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("appeal",))

    flag = models.ForeignKey(IntegrityFlag, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    outcome = models.TextField(choices=Outcome.choices)
    state = models.TextField(choices=RulingState.choices, default=RulingState.ASKED)
    reason = models.TextField()
    stop_days = models.PositiveSmallIntegerField(default=0)
    damage = models.PositiveBigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="", blank=True)
    harmed = models.ForeignKey("parties.Organisation", models.PROTECT, null=True, related_name="+")
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    decided_by = models.TextField(default="", blank=True)
    decided_at = models.DateTimeField(null=True)
    objection_until = models.DateTimeField(null=True)
    # Whether the organisation was stopped by this ruling, and not before.
    suspended = models.BooleanField(default=False)
    appeal = models.ForeignKey("parties.VaultItem", models.PROTECT, null=True, related_name="+")
    appealed_at = models.DateTimeField(null=True)
    appeal_decided_by = models.TextField(default="", blank=True)
    appeal_decided_at = models.DateTimeField(null=True)
    appeal_answer = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["flag", "organisation"],
                condition=~Q(state="dropped"),
                name="quality_ruling_once",
            ),
            # Whoever could sanction alone could be bought alone.
            models.CheckConstraint(
                condition=Q(outcome="unfounded")
                | ~Q(state__in=("standing", "overturned"))
                | (~Q(decided_by="") & ~Q(decided_by=F("asked_by"))),
                name="quality_ruling_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at__isnull=True)
                | (~Q(state="asked") & Q(decided_at__isnull=False)),
                name="quality_ruling_decided",
            ),
            models.CheckConstraint(
                condition=Q(appeal_decided_by="")
                | (~Q(appeal_decided_by=F("asked_by")) & ~Q(appeal_decided_by=F("decided_by"))),
                name="quality_ruling_appeal_third",
            ),
            models.CheckConstraint(
                condition=Q(damage=0) | Q(outcome="proven", harmed__isnull=False),
                name="quality_ruling_damage",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"], name="quality_ruling_asked", condition=Q(state="asked")
            ),
            models.Index(fields=["organisation", "-asked_at"], name="quality_ruling_of"),
        ]


class DepositCall(Row):
    """
    A part of a deposit that is called for a proven breach; the money comes when the holder pays it.

    The officers and the end of the objection stand here again, so that the table itself refuses a
    call by one person or one that came too early.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    ruling = models.ForeignKey(Ruling, models.PROTECT, related_name="+")
    cover = models.ForeignKey("parties.Cover", models.PROTECT, related_name="+")
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    asked_by = models.TextField()
    agreed_by = models.TextField()
    objection_until = models.DateTimeField()
    called_by = models.TextField()
    called_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    reference = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="quality_call_positive"),
            models.CheckConstraint(
                condition=~Q(asked_by="") & ~Q(agreed_by="") & ~Q(agreed_by=F("asked_by")),
                name="quality_call_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(called_at__gte=F("objection_until")), name="quality_call_not_early"
            ),
        ]

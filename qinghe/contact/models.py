"""The person's gate, every attempt ever asked for, wishes, and what was delivered."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Func, JSONField, Q, Value

from qinghe.contact.terms import (
    AttemptState,
    ContactPurpose,
    HouseState,
    MailingState,
    Mode,
    Outcome,
    OverrideReason,
    OverrideState,
    WishKind,
)
from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.parties.terms import Channel

KEEP = "Five years after the contact (industry convention of 2018, five years of records)."
KEEP_RULES = "As long as the contacts that were judged by it."
OVERRIDE_LASTS = timedelta(days=1)


class Period(Func):
    """The half-open span of time between two columns."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class HousePack(Row):
    """
    One version of the operator's own pack; its content never changes once written.

    In force from `starts_at` until `ends_at`, half-open, at most one at a time. The database itself
    keeps that the author approves nothing, and that whoever asks for an end does not grant it.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP_RULES)

    number = models.PositiveIntegerField(unique=True)
    title = models.TextField()
    content = models.JSONField()
    state = models.TextField(choices=HouseState.choices, default=HouseState.DRAFT)
    author = models.UUIDField()
    drafted_at = models.DateTimeField()
    # What a replay of past attempts showed: the second person reads what the author read.
    replay = models.JSONField(null=True)
    approver = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    end_asked_by = models.UUIDField(null=True)
    end_asked_for = models.DateTimeField(null=True)
    end_granted_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(approver=F("author")),
                name="contact_house_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(end_granted_by__isnull=True) | ~Q(end_granted_by=F("end_asked_by")),
                name="contact_house_end_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(approver__isnull=False, starts_at__gt=F("approved_at")),
                name="contact_house_starts_later",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="contact_house_period",
            ),
            ExclusionConstraint(
                name="contact_house_one_at_a_time",
                expressions=[(Period("starts_at", "ends_at"), RangeOperators.OVERLAPS)],
                condition=Q(state="approved"),
            ),
        ]


class Override(Row):
    """
    One notice that the law requires, let past a cap of the platform by two persons of compliance.

    It lasts a day at most and carries one attempt at most, whatever a program does.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("person",))

    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    channel = models.TextField()
    template = models.TextField()
    rules = ArrayField(models.TextField())
    reason = models.TextField(choices=OverrideReason.choices)
    words = models.TextField()
    state = models.TextField(choices=OverrideState.choices, default=OverrideState.ASKED)
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="contact_override_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("asked", "refused")) | Q(decided_by__isnull=False),
                name="contact_override_is_approved",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__lte=F("asked_at") + OVERRIDE_LASTS),
                name="contact_override_lasts_a_day",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=("letter", "email")) & ~Q(rules=[]),
                name="contact_override_is_written",
            ),
        ]


class Gate(models.Model):
    """One row per person. Whoever wants to contact the person locks it before looking."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("person",))

    person = models.OneToOneField(
        "parties.Person", models.PROTECT, primary_key=True, related_name="+"
    )
    asked = models.PositiveIntegerField(default=0)


class Attempt(Row):
    """
    One request to reach a person, with the decision and all it was based on.

    Refused attempts are kept too. A permitted attempt spends the budget even when sending fails.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("person", "point"))

    # Indexes of their own would repeat the ones below, on the table that grows fastest.
    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+", db_index=False)
    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+", db_index=False)
    mandate = models.ForeignKey("market.Mandate", models.PROTECT, null=True, related_name="+")
    collector = models.ForeignKey(
        "parties.Organisation", models.PROTECT, null=True, related_name="+", db_index=False
    )
    creditor_group = models.TextField()
    point = models.ForeignKey("parties.ContactPoint", models.PROTECT, null=True, related_name="+")
    channel = models.TextField(choices=Channel.choices)
    mode = models.TextField(choices=Mode.choices)
    purpose = models.TextField(choices=ContactPurpose.choices)
    template = models.TextField()
    by_user = models.UUIDField(null=True)
    at = models.DateTimeField()
    state = models.TextField(choices=AttemptState.choices)
    rules = ArrayField(models.TextField(), default=list)
    pack = models.TextField()
    counters = models.JSONField(default=dict)
    # What was found and what was looked at, so that the decision can be explained years later.
    findings = models.JSONField(default=list, db_default=Value([], JSONField()))
    seen = models.JSONField(default=dict, db_default=Value({}, JSONField()))
    next_allowed_at = models.DateTimeField(null=True)
    must_end_by = models.DateTimeField(null=True)
    # When the platform ended a call that would have run past that moment.
    ended_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    outcome = models.TextField(choices=Outcome.choices, null=True)  # noqa: DJ001  no outcome yet
    outcome_at = models.DateTimeField(null=True)
    # When a message came back that had been handed over, and the code it came back with.
    bounced_at = models.DateTimeField(null=True)
    bounced_with = models.TextField(default="", db_default="", blank=True)
    override = models.ForeignKey(
        Override, models.PROTECT, null=True, db_index=False, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["override"],
                condition=Q(override__isnull=False),
                name="contact_override_used_once",
            ),
            models.CheckConstraint(
                condition=Q(override__isnull=True)
                | Q(purpose="legal_notice") & ~Q(state="refused"),
                name="contact_override_for_notices",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | Q(sent_at__isnull=True, outcome__isnull=True),
                name="contact_refused_never_sent",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(rules=[]), name="contact_refusal_names_rule"
            ),
            models.CheckConstraint(
                condition=Q(outcome__isnull=True, outcome_at__isnull=True)
                | Q(outcome__isnull=False, outcome_at__isnull=False),
                name="contact_outcome_has_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-at"], name="contact_attempt_person"),
            models.Index(fields=["claim", "-at"], name="contact_attempt_claim"),
            models.Index(fields=["collector", "-at"], name="contact_attempt_collector"),
            # Rows come in the order of time, so a span of days is a few blocks.
            BrinIndex(fields=["at"], name="contact_attempt_days"),
            models.Index(
                fields=["state", "at"],
                name="contact_attempt_pending",
                condition=Q(state__in=("permitted", "sending")),
            ),
            models.Index(
                fields=["must_end_by"],
                name="contact_calls_to_end",
                condition=Q(channel="voice", state="done", outcome__isnull=True),
            ),
            models.Index(
                fields=["at"], name="contact_attempt_refused", condition=Q(state="refused")
            ),
        ]


class PackCopy(models.Model):
    """The texts of a rule pack as they read when it first decided something."""

    privacy: ClassVar[Privacy] = Privacy(keep="As long as attempts are kept that it decided.")

    version = models.TextField(primary_key=True)
    # {rule id: its papers}, as `qinghe.rules.papers.papers_of` writes them.
    rules = models.JSONField()
    kept_at = models.DateTimeField()


class RefusalDay(models.Model):
    """How often one rule refused on one day of the market, over everybody."""

    privacy: ClassVar[Privacy] = Privacy(keep="For good: a number about nobody.")

    rule = models.TextField()
    day = models.DateField()
    refused = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "day"], name="contact_refusals_once_a_day")
        ]
        indexes = [models.Index(fields=["day"], name="contact_refusals_day")]


class Mailing(Row):
    """One message to many persons, each asked for alone; what was chosen and how far it is."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    collector = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    by_user = models.UUIDField(null=True)
    channel = models.TextField(choices=Channel.choices)
    template = models.TextField()
    state = models.TextField(choices=MailingState.choices)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["collector", "-at"], name="contact_mailing_collector")]


class MailingItem(Row):
    """One case of a mailing: waiting for its turn, asked for, or left out with the reason."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    mailing = models.ForeignKey(Mailing, models.PROTECT, related_name="items")
    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    # A rule, or the code of a refusal; empty while nothing speaks against it.
    reason = models.TextField(default="", blank=True)
    next_allowed_at = models.DateTimeField(null=True)
    attempt = models.OneToOneField(Attempt, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailing", "claim"], name="contact_mailing_claim_once"),
            models.CheckConstraint(
                condition=Q(reason="") | Q(attempt__isnull=True),
                name="contact_left_out_is_not_asked",
            ),
        ]
        indexes = [
            models.Index(
                fields=["mailing", "id"],
                name="contact_mailing_waiting",
                condition=Q(reason="", attempt__isnull=True),
            ),
        ]


class Wish(Row):
    """How a person wants to be contacted, or not. Stronger than any strategy."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("person",))

    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    kind = models.TextField(choices=WishKind.choices)
    channels = ArrayField(models.TextField(), default=list)
    window_start = models.TimeField(null=True)
    window_end = models.TimeField(null=True)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(withdrawn_at__isnull=True),
                name="contact_one_live_wish",
            ),
            models.CheckConstraint(
                condition=~Q(kind="time") | Q(window_start__isnull=False, window_end__isnull=False),
                name="contact_time_wish_has_window",
            ),
        ]


class Delivery(Row):
    """What a gateway sent (the loopback: would have sent), encrypted; the debtor may see it."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("content", "file_sha256"))

    attempt = models.OneToOneField(Attempt, models.PROTECT, related_name="+")
    gateway = models.TextField()
    content = models.ForeignKey("parties.VaultItem", models.PROTECT, related_name="+")
    # The letter as typeset, sealed under its hash; empty for everything else.
    file_sha256 = models.TextField(default="", blank=True)
    at = models.DateTimeField()
    # When a letter was put on paper, and when it went to the post: only then it left the house.
    printed_at = models.DateTimeField(null=True)
    posted_at = models.DateTimeField(null=True)
    # By how many lines of its claim the amount in a letter was made; null: it names no amount.
    told_lines = models.PositiveIntegerField(null=True)
    # Who has had its file: nobody else can say that it is on paper.
    opened_by = ArrayField(models.TextField(), default=list, db_default=[])

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(printed_at__isnull=True) | ~Q(file_sha256=""),
                name="contact_only_letters_are_printed",
            ),
            models.CheckConstraint(
                condition=Q(posted_at__isnull=True) | Q(posted_at__gte=F("printed_at")),
                name="contact_printed_before_posted",
            ),
        ]
        indexes = [
            models.Index(
                fields=["at"],
                name="contact_letters_to_print",
                condition=Q(printed_at__isnull=True) & ~Q(file_sha256=""),
            ),
            models.Index(
                fields=["printed_at"],
                name="contact_letters_to_post",
                condition=Q(printed_at__isnull=False, posted_at__isnull=True),
            ),
        ]

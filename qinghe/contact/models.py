"""The person's gate, every attempt ever asked for, wishes, and what was delivered."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from qinghe.contact.terms import AttemptState, ContactPurpose, Mode, Outcome, WishKind
from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.parties.terms import Channel

KEEP = "Five years after the contact (industry convention of 2018, five years of records)."


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
    next_allowed_at = models.DateTimeField(null=True)
    must_end_by = models.DateTimeField(null=True)
    # When the platform ended a call that would have run past that moment.
    ended_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    outcome = models.TextField(choices=Outcome.choices, null=True)  # noqa: DJ001  no outcome yet
    outcome_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
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
    # When a letter went to the printer; until then it has not left the house.
    printed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(printed_at__isnull=True) | ~Q(file_sha256=""),
                name="contact_only_letters_are_printed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["at"],
                name="contact_letters_to_print",
                condition=Q(printed_at__isnull=True) & ~Q(file_sha256=""),
            ),
        ]

"""A collector's own team: queues, members with room and skills, and who handles which debtor."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from qinghe.claims.terms import Product, Stage
from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.market.terms import KEEP

STAFF_KEEP = "As long as the mandates of the time are kept."


class TeamQueue(Row):
    """Cases of some kinds that the same people work; an empty list lets everything through."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    name = models.TextField()
    # The first queue that fits takes a case.
    rank = models.PositiveSmallIntegerField(default=100)
    products = ArrayField(models.TextField(choices=Product.choices), default=list)
    stages = ArrayField(models.TextField(choices=Stage.choices), default=list)
    languages = ArrayField(models.TextField(), default=list)
    min_band = models.PositiveSmallIntegerField(default=0)
    max_band = models.PositiveSmallIntegerField(default=7)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=Q(ended_at__isnull=True),
                name="market_queue_name",
            ),
            models.CheckConstraint(
                condition=Q(max_band__gte=F("min_band")), name="market_queue_bands"
            ),
        ]


class TeamMember(Row):
    """Somebody of a team until it leaves: how much it holds, what it can, whether it leads."""

    privacy: ClassVar[Privacy] = Privacy(keep=STAFF_KEEP, personal=("user",))

    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    user = models.ForeignKey("parties.User", models.PROTECT, related_name="+")
    lead = models.BooleanField(default=False)
    # Cases it may hold; a lead may hold none.
    capacity = models.PositiveIntegerField()
    languages = ArrayField(models.TextField(), default=list)
    # Queues it works in; none means every queue.
    queues = ArrayField(models.UUIDField(), default=list)
    away_from = models.DateField(null=True)
    away_until = models.DateField(null=True)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"],
                condition=Q(left_at__isnull=True),
                name="market_member_once",
            ),
            models.CheckConstraint(
                condition=Q(away_from__isnull=True, away_until__isnull=True)
                | Q(away_until__gt=F("away_from")),
                name="market_member_away",
            ),
        ]


class TeamAssignment(Row):
    """
    Who of a team handles a debtor, with every case of the debtor that the team holds.

    It stays when the cases are over: a debtor that comes back goes to who knows it.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("person",))

    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+", db_index=False)
    member = models.ForeignKey(TeamMember, models.PROTECT, related_name="+", db_index=False)
    queue = models.ForeignKey(
        TeamQueue, models.PROTECT, null=True, related_name="+", db_index=False
    )
    # Why this member: known, room, moved, left.
    why = models.TextField()
    reason = models.TextField(default="", blank=True)
    by = models.TextField()
    starts_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "person"],
                condition=Q(ended_at__isnull=True),
                name="market_one_handler",
            ),
            models.CheckConstraint(
                condition=~Q(why="moved") | ~Q(reason=""), name="market_moved_with_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=["member"], name="market_handled_by", condition=Q(ended_at__isnull=True)
            ),
            models.Index(fields=["organisation", "person", "-starts_at"], name="market_handlers"),
        ]

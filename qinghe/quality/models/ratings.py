"""What parties say of each other after a mandate, and debtors of how they were treated."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.parties.terms import Channel
from qinghe.quality.models.complaints import KEEP
from qinghe.quality.terms import Face, Side


class Rating(Row):
    """
    One side's answers about the other after a mandate; a trigger refuses every change.

    Sealed until both sides have answered or the time for it is over: `queries.ratings` alone tells.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    mandate = models.ForeignKey("market.Mandate", models.PROTECT, related_name="+", db_index=False)
    side = models.TextField(choices=Side.choices)
    by = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    about = models.ForeignKey(
        "parties.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    # Answers to the four questions of the side, 1 to 5.
    first = models.PositiveSmallIntegerField()
    second = models.PositiveSmallIntegerField()
    third = models.PositiveSmallIntegerField()
    fourth = models.PositiveSmallIntegerField()
    given_by = models.TextField()
    given_at = models.DateTimeField()
    # From here on everybody concerned reads it, unless the other side answered before.
    opens_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mandate", "side"], name="quality_rating_once"),
            models.CheckConstraint(
                condition=Q(first__range=(1, 5), second__range=(1, 5))
                & Q(third__range=(1, 5), fourth__range=(1, 5)),
                name="quality_rating_marks",
            ),
            models.CheckConstraint(condition=~Q(by=F("about")), name="quality_rating_of_another"),
            models.CheckConstraint(
                condition=Q(given_at__lt=F("opens_at")), name="quality_rating_in_time"
            ),
        ]
        indexes = [models.Index(fields=["about", "-given_at"], name="quality_rating_about")]


class Signal(Row):
    """
    How a debtor felt treated. There is no column for a person, a claim or a contact: only for whom,
    in which month and by which channel. `token` is a keyed hash, so that a contact is told once.
    """

    privacy: ClassVar[Privacy] = Privacy(keep="Two years.")

    collector = models.ForeignKey(
        "parties.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    month = models.DateField()
    channel = models.TextField(choices=Channel.choices)
    face = models.TextField(choices=Face.choices)
    token = models.BinaryField(unique=True)

    class Meta:
        indexes = [models.Index(fields=["month", "collector"], name="quality_signal_month")]

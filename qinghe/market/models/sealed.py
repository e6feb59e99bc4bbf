"""What sealed bids and sealed quotations have in common: envelopes, and the boxes they lie in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.market.terms import KEEP


class Box(models.Model):
    """The envelopes of one minute under one root; nobody can tell how many."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    id = models.BigAutoField(primary_key=True)
    root = models.BinaryField()
    # A leaf that no envelope made: without it the root of an empty box would be known.
    filler = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        abstract = True


class Envelope(Row):
    """One hand-in of a collector; a subclass names what it answers, and its `box`."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    collector = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    # Which hand-in of this collector it is, from 1.
    turn = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    key_id = models.TextField()
    sealed = models.BinaryField()
    commitment = models.TextField()
    place = models.PositiveIntegerField(null=True)

    class Meta:
        abstract = True

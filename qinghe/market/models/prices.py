"""What a place with each collector was worth in the latest dispatch window."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.market.models.dispatch import DispatchRound
from qinghe.market.terms import KEEP


class DispatchPrices(Row):
    """
    The prices of the latest window of a currency, from which the next one starts.

    `prices` holds, by collector's id, what a place costs in minor units; who is not in it costs
    nothing. They only save time: a window ends at its optimum whatever it starts from.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    currency = models.CharField(max_length=3, unique=True)
    round = models.ForeignKey(DispatchRound, models.PROTECT, related_name="+")
    bonus = models.BigIntegerField()
    prices = models.JSONField(default=dict)

"""What a member of a collector looks for in the hall again and again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row


class SavedSearch(Row):
    """
    Filters of the hall under a name, for one member of one organisation.

    `looked_at` is when it was opened last; `told_at` when a notice said that something new came.
    """

    privacy: ClassVar[Privacy] = Privacy(
        keep="Until its member deletes it.", personal=("user", "name")
    )

    user = models.ForeignKey("parties.User", models.CASCADE, related_name="+", db_index=False)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    name = models.TextField()
    filters = models.JSONField()
    notice = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    looked_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "name"], name="market_search_name_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="market_search_named"),
        ]
        indexes = [
            models.Index(fields=["id"], name="market_search_notice", condition=Q(notice=True))
        ]

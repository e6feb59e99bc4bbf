"""What somebody looks for in the hall again and again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row


class SavedSearch(Row):
    """Filters of the hall under a name, of one person in one organisation."""

    privacy: ClassVar[Privacy] = Privacy(keep="Until its owner deletes it.")

    organisation = models.ForeignKey("parties.Organisation", models.CASCADE, related_name="+")
    user_id = models.UUIDField()
    name = models.TextField()
    # The address of the hall after the question mark, made from known words only.
    query = models.TextField(blank=True)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user_id", "name"], name="market_one_search_name"
            )
        ]

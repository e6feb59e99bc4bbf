"""The abstract base of most tables; it makes no table itself."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from qinghe.kernel.ids import new_id
from qinghe.kernel.privacy import Privacy


class Row(models.Model):
    """A row with a UUIDv7 key and a declaration of its personal data."""

    privacy: ClassVar[Privacy]

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True

"""How one rule has read here: the words that were kept with decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models.fields.json import KeyTransform

from qinghe.contact.models import PackCopy


@dataclass(frozen=True)
class KeptVersion:
    """One reading of a rule: the pack it stood in, and since when it decided here."""

    version: str
    since: datetime
    papers: Mapping[str, Any]


def kept_versions(*, rule: str) -> list[KeptVersion]:
    """Return the readings of a rule, newest first; packs that did not change it are left out."""
    rows = PackCopy.objects.filter(version__startswith=f"{rule.partition('-')[0].lower()}-")
    found: list[KeptVersion] = []
    for version, since, papers in rows.order_by("kept_at", "version").values_list(
        "version", "kept_at", KeyTransform(rule, "rules")
    ):
        if papers is not None and (not found or found[-1].papers != papers):
            found.append(KeptVersion(version, since, papers))
    return found[::-1]

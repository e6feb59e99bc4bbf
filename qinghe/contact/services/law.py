"""Keep the words of the law with the decisions made under it."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from qinghe.contact.models import PackCopy
from qinghe.rules.packs import PACK_NAMES, pack_version
from qinghe.rules.papers import papers_of

# What this process has seen committed: a pack is copied once, not asked about at every decision.
_kept: set[str] = set()


def keep_law(versions: str, *, at: datetime) -> None:
    """
    Keep the texts of packs that decide for the first time, in the decision's own transaction.

    `versions` is what an attempt keeps, such as `cn-0.1.0-8f3a plt-0.1.0-77aa`.
    """
    new = set(versions.split()) - _kept
    if not new:
        return
    missing = new - set(PackCopy.objects.filter(pk__in=new).values_list("pk", flat=True))
    copies = [
        PackCopy(version=pack_version(name), rules=papers_of(name), kept_at=at)
        for name in PACK_NAMES
        if pack_version(name) in missing
    ]
    PackCopy.objects.bulk_create(copies, ignore_conflicts=True)
    transaction.on_commit(partial(_kept.update, new))

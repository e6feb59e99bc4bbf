"""Whether the account that a person gives is its own, by the names the vault knows of it."""

from __future__ import annotations

import re
import unicodedata
from uuid import UUID

from qinghe.parties.models import VaultItem
from qinghe.parties.services.secrets import unseal
from qinghe.parties.terms import Secret


def holds_itself(person_id: UUID, holder: str) -> bool:
    """
    Tell whether a holder is the person; of whom no name is known, nothing can be said against it.

    Width, case, spaces and the order of words make no difference.
    """
    items = VaultItem.objects.filter(person=person_id, kind=Secret.NAME)
    names = [unseal(item) for item in items]
    return not names or any(_same(holder, name) for name in names)


def _same(one: str, other: str) -> bool:
    ours, theirs = _words(one), _words(other)
    # 陈 测试 is 陈测试, and Muster Anna is Anna Muster.
    return "".join(ours) == "".join(theirs) or sorted(ours) == sorted(theirs)


def _words(name: str) -> list[str]:
    tidy = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[·•,.-]", " ", tidy).split()

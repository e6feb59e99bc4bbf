"""
The debtor's key of a demonstration: a letter's code and its answer, shown on purpose.

A real market never shows a code again; here every start issues a new one for a synthetic person and
keeps it in the data folder, for the door's page to print.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import Count

from config import var
from qinghe.claims.models import Claim
from qinghe.claims.terms import ClaimState
from qinghe.parties.models import VaultItem
from qinghe.parties.services import issue_door_code, unseal
from qinghe.parties.terms import Secret
from qinghe.simulation.world import FOUNDER

FILE = "demo-door.json"


@dataclass(frozen=True)
class DoorKey:
    """What the synthetic debtor of a demonstration types at the door."""

    code: str
    answer: str


def issue(*, at: datetime) -> DoorKey | None:
    """Issue a code for the synthetic person with the most claims being worked, and keep it."""
    person_id = next(_busiest(), None)
    if person_id is None:
        return None
    number = VaultItem.objects.filter(person=person_id, kind=Secret.ID_NUMBER).first()
    if number is None:
        return None
    code = issue_door_code(person_id=person_id, actor=FOUNDER, at=at)
    key = DoorKey(code, unseal(number)[-4:])
    path = _path()
    path.touch(mode=0o600)
    path.write_text(json.dumps(asdict(key)), "utf-8")
    return key


def current() -> DoorKey | None:
    """Return the key of this demonstration; None in a real market."""
    if not settings.DEMO or not _path().exists():
        return None
    return DoorKey(**json.loads(_path().read_text("utf-8")))


def _busiest() -> Iterator[UUID]:
    placed = Claim.objects.filter(state=ClaimState.PLACED).values("debtor")
    ranked = placed.annotate(claims=Count("pk")).order_by("-claims", "debtor")
    return iter(ranked.values_list("debtor", flat=True)[:1])


def _path() -> Path:
    return var.folder("run") / FILE

"""
Close the envelopes of a minute in one box: the journal learns a root, never a number.

One row per box, whether no bid came or fifty. So the journal proves later that no envelope was
added, changed or taken away, and tells nobody beforehand that there was one.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import connection

from qinghe.journal import seals
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.market.models import BidBox, BidEnvelope

# One box at a time (any constant of our own does).
BOXING = 0x51696E68
FILLER_BYTES = 32


@verb("market.seal-bids")
def seal_box(*, actor: Actor, at: datetime) -> BidBox:
    """Put every envelope that lies in no box yet into a new one, and its root into the journal."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BOXING])
    waiting = list(BidEnvelope.objects.filter(box__isnull=True).order_by("id"))
    filler = secrets.token_bytes(FILLER_BYTES)
    root = root_of(filler, [envelope.commitment for envelope in waiting])
    box = BidBox.objects.create(root=root, filler=filler, at=at)
    for place, envelope in enumerate(waiting):
        envelope.box, envelope.place = box, place
    BidEnvelope.objects.bulk_update(waiting, ["box", "place"], batch_size=500)
    subject = f"bids:{box.pk}"
    record(kind="market.bids-sealed", subject=subject, actor=actor, at=at, root=root.hex())
    return box


def root_of(filler: bytes, commitments: list[str]) -> bytes:
    """Return the root over a box: the leaf that no bid made, then the envelopes in their places."""
    return seals.root([filler, *(each.encode() for each in commitments)])

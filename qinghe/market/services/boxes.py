"""
Close the envelopes of a minute in one box: the journal learns a root, never a number.

One row per box, whether no bid came or fifty. So the journal proves later that no envelope was
added, changed or taken away, and tells nobody beforehand that there was one.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TypeVar

from django.db import connection

from qinghe.journal import seals
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.market.models import BidBox, BidEnvelope, QuoteBox, QuoteEnvelope

BoxOf = TypeVar("BoxOf", BidBox, QuoteBox)
EnvelopeOf = TypeVar("EnvelopeOf", BidEnvelope, QuoteEnvelope)
# One box at a time (any constant of our own does).
BOXING = 0x51696E68
FILLER_BYTES = 32


@verb("market.seal-bids")
def seal_box(*, actor: Actor, at: datetime) -> BidBox:
    """Put every envelope that lies in no box yet into a new one, and its root into the journal."""
    box = put_in_box(BidBox, BidEnvelope, lock=BOXING, at=at)
    subject = f"bids:{box.pk}"
    record(kind="market.bids-sealed", subject=subject, actor=actor, at=at, root=box.root.hex())
    return box


def put_in_box(
    boxes: type[BoxOf], envelopes: type[EnvelopeOf], *, lock: int, at: datetime
) -> BoxOf:
    """Put every envelope of a kind that lies in no box yet into a new one; one box at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
    waiting = list(envelopes._default_manager.filter(box__isnull=True).order_by("id"))
    filler = secrets.token_bytes(FILLER_BYTES)
    root = root_of(filler, [envelope.commitment for envelope in waiting])
    box = boxes._default_manager.create(root=root, filler=filler, at=at)
    for place, envelope in enumerate(waiting):
        envelope.box_id, envelope.place = box.pk, place
    envelopes._default_manager.bulk_update(waiting, ["box", "place"], batch_size=500)
    return box


def root_of(filler: bytes, commitments: list[str]) -> bytes:
    """Return the root over a box: the leaf that no bid made, then the envelopes in their places."""
    return seals.root([filler, *(each.encode() for each in commitments)])

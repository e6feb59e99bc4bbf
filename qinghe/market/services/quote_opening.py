"""Seal the answers of a minute in one box, and open a request when its hour has come."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, system
from qinghe.market.envelopes import commitment
from qinghe.market.information_refusals import NoSuchRequest, QuotesSealed
from qinghe.market.models import Quotation, QuoteBox, QuoteEnvelope, QuoteRequest
from qinghe.market.quote_envelopes import Said, read
from qinghe.market.quoting import QuoteState
from qinghe.market.sealing import opened
from qinghe.market.services.boxes import put_in_box
from qinghe.parties.vault import VaultDamaged

BOXING = 0x51696E69
AT_ONCE = 500


def open_quotes_due(*, at: datetime) -> int:
    """Seal what lies about, then open every request whose hour has come; return how many were."""
    actor = system("market.quotes")
    waiting = QuoteRequest.objects.filter(state=QuoteState.OPEN)
    if not waiting.exists():
        return 0
    seal_quotes(actor=actor, at=at)
    due = waiting.filter(closes_at__lte=at).order_by("closes_at", "pk")
    ids = list(due.values_list("pk", flat=True)[:AT_ONCE])
    for request_id in ids:
        open_quotes(request_id=request_id, actor=actor, at=at)
    return len(ids)


@verb("market.seal-quotes")
def seal_quotes(*, actor: Actor, at: datetime) -> QuoteBox:
    """Put every envelope that lies in no box yet into a new one, and its root into the journal."""
    box = put_in_box(QuoteBox, QuoteEnvelope, lock=BOXING, at=at)
    subject = f"quote-box:{box.pk}"
    record(kind="market.quotes-boxed", subject=subject, actor=actor, at=at, root=box.root.hex())
    return box


@verb("market.open-quotes")
def open_quotes(*, request_id: UUID, actor: Actor, at: datetime) -> QuoteRequest:
    """
    Open the answers to one request; opened before, or taken back: nothing happens.

    :raises NoSuchRequest: unknown
    :raises QuotesSealed: its hour has not come
    :raises VaultDamaged: an envelope was altered, moved, or its key is gone
    """
    found = QuoteRequest.objects.select_for_update().filter(pk=request_id).first()
    if found is None:
        raise NoSuchRequest
    if found.state != QuoteState.OPEN:
        return found
    if at < found.closes_at:
        raise QuotesSealed
    seal_quotes(actor=actor, at=at)
    words = _last_words(found)
    Quotation.objects.bulk_create(_kept(row, said, at) for row, said, _plain in words)
    found.state, found.opened_at = QuoteState.OPENED, at
    found.save(update_fields=["state", "opened_at"])
    texts = [plain.decode().rstrip() for _row, _said, plain in words]
    record(
        kind="market.quotes-opened",
        subject=f"quotes:{found.pk}",
        actor=actor,
        at=at,
        request=found.number,
        answers=texts,
    )
    return found


def _last_words(found: QuoteRequest) -> list[tuple[QuoteEnvelope, Said, bytes]]:
    """Return each agency's last word, without those that took theirs back."""
    last: dict[UUID, tuple[QuoteEnvelope, Said, bytes]] = {}
    for row in QuoteEnvelope.objects.filter(request=found).order_by("turn", "id"):
        plain = opened(row.pk, row.key_id, row.sealed)
        last[row.collector_id] = (row, _true(row, plain), plain)
    return [last[key] for key in sorted(last) if not last[key][1].withdrawn]


def _true(row: QuoteEnvelope, plain: bytes) -> Said:
    said = read(plain)
    outside = (row.request_id, row.collector_id, row.at, row.commitment)
    if outside != (said.request_id, said.collector_id, said.at, commitment(plain)):
        raise VaultDamaged("the row of an envelope was altered")
    return said


def _kept(row: QuoteEnvelope, said: Said, at: datetime) -> Quotation:
    told = vars(said.quote) if said.quote else {}
    return Quotation(
        request_id=row.request_id,
        collector_id=row.collector_id,
        envelope=row,
        refused=said.refused,
        opened_at=at,
        **told,
    )

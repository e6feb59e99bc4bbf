"""Keep apart who brings about that an organisation is paid and who approves that it is."""

from __future__ import annotations

from django.db.models import Max

from qinghe.kernel.actor import Actor
from qinghe.parties.pairs import independent
from qinghe.settlement.models import Payment, Payout, Receipt
from qinghe.settlement.refusals import NotApart
from qinghe.settlement.terms import PayoutState


def check_apart(payout: Payout, actor: Actor) -> None:
    """
    Refuse whoever recorded money from the organisation, or first asked to undo a payment of it,
    since it was last paid in this currency.

    :raises NotApart: the actor did, or one of the two made the other
    """
    if not all(independent(label, actor.label) for label in _behind(payout)):
        raise NotApart


def _behind(payout: Payout) -> set[str]:
    same = {"currency": payout.currency}
    paid = Payout.objects.filter(
        organisation=payout.organisation_id, state=PayoutState.PAID, **same
    ).exclude(pk=payout.pk)
    since = paid.aggregate(at=Max("prepared_at"))["at"]
    receipts = Receipt.objects.filter(
        creditor=payout.organisation_id, confirmed_at__isnull=False, **same
    )
    undone = Payment.objects.filter(
        creditor=payout.organisation_id, reversed_at__isnull=False, **same
    ).exclude(reversal_asked_by="")
    if since:
        receipts = receipts.filter(confirmed_at__gte=since)
        undone = undone.filter(reversed_at__gte=since)
    rows = receipts.values_list("recorded_by", flat=True)
    return {*rows, *undone.values_list("reversal_asked_by", flat=True).distinct()}

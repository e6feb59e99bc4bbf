"""Say whether the reason of a return holds: the creditor's word, or the operator's in its place."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.market.models import Mandate
from qinghe.market.queries import mandate_by_id
from qinghe.market.services.mandates import locked_mandate
from qinghe.market.terms import Excuse
from qinghe.parties.roles import Permission, require


class NothingToExcuse(DomainError):
    code = "market.nothing-to-excuse"
    text = _("There is no return here whose reason waits for an answer.")


@verb("market.confirm-return")
def confirm_return(*, mandate_id: UUID, actor: Actor, at: datetime) -> Mandate:
    """
    Confirm the reason a collector gave for a return: it stops counting towards cooling off.

    :raises NotPermitted: the role does not place claims
    :raises NoSuchMandate: unknown, or another creditor's
    :raises NothingToExcuse: no return, or answered before
    """
    return _answer(mandate_id, Excuse.CONFIRMED, "", actor, at)


@verb("market.refuse-return")
def refuse_return(*, mandate_id: UUID, words: str, actor: Actor, at: datetime) -> Mandate:
    """
    Say that the reason of a return does not hold, and why; the collector reads it.

    :raises NotPermitted: the role does not place claims
    :raises NoSuchMandate: unknown, or another creditor's
    :raises NothingToExcuse: no return, or answered before
    """
    return _answer(mandate_id, Excuse.REFUSED, words, actor, at)


def _answer(mandate_id: UUID, excuse: Excuse, words: str, actor: Actor, at: datetime) -> Mandate:
    require(actor, Permission.PLACE_CLAIMS)
    mandate_by_id(mandate_id=mandate_id, actor=actor)
    mandate = locked_mandate(mandate_id)
    if mandate.excuse != Excuse.WAITING:
        raise NothingToExcuse
    mandate.excuse, mandate.excuse_words = excuse, words.strip()
    mandate.excuse_by, mandate.excuse_at = actor.user_id, at
    mandate.save(update_fields=["excuse", "excuse_words", "excuse_by", "excuse_at"])
    record(
        kind=f"market.return-{excuse.value}",
        subject=f"claim:{mandate.claim_id}",
        actor=actor,
        at=at,
        mandate=mandate.pk,
        collector=mandate.collector_id,
        code=mandate.return_code,
    )
    return mandate

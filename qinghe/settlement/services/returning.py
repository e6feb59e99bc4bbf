"""
Two persons say that a payout came back which the bank has, or had, where the bank does not say so.

The one asks, the other agrees; until then it stays as it is, and nothing is payable anew.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, system
from qinghe.kernel.redaction import redact
from qinghe.kernel.shown import check_shown
from qinghe.parties.roles import Permission, require
from qinghe.settlement.models import Payout, PayoutReturn, PayoutRun, StatementEntry
from qinghe.settlement.payout_refusals import (
    NoSuchReturnAsked,
    NotLeft,
    ReturnAsked,
    ReturnBySamePerson,
    WhyMissing,
)
from qinghe.settlement.payout_terms import PayoutState
from qinghe.settlement.queries.apart import apart
from qinghe.settlement.queries.gone import return_mark
from qinghe.settlement.refusals import NoCash, NoSuchPayout, PayoutMoved
from qinghe.settlement.services.payouts import (
    AT_BANK,
    Word,
    check_code,
    settle_sent,
    take_payout_back,
)

STATEMENT: Final = system("settlement.statement")
# Where it was heard, when a file of the bank's answers says so.
ANSWERS: Final = "bank"
LONGEST: Final = 200


@verb("settlement.ask-return")
def ask_return(
    *, payout_id: UUID, reason: str, actor: Actor, at: datetime, code: str = ""
) -> PayoutReturn:
    """
    Ask that a payout be taken back from the bank; nothing moves until a second person agrees.

    Of one that came back before, and of which the bank says that it was paid, it is the word that
    it did come back.

    :raises NotPermitted: the role may not prepare payouts
    :raises WhyMissing: no words about where that was heard
    :raises UnknownReturnCode: not one of the bank's reasons
    :raises NoSuchPayout: unknown
    :raises NotLeft: neither with the bank nor paid
    :raises ReturnAsked: somebody asked before
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    if not (words := redact(reason.strip())[:LONGEST]):
        raise WhyMissing
    check_code(code)
    payout = _locked(payout_id)
    if payout.state not in AT_BANK and payout.contradicted_at is None:
        raise NotLeft(number=payout.number)
    if open_return(payout) is not None:
        raise ReturnAsked(number=payout.number)
    asked = PayoutReturn.objects.create(
        payout=payout, code=code, reason=words, asked_by=actor.label, asked_at=at
    )
    _note("return-asked", payout, asked, actor, at)
    return asked


@verb("settlement.agree-return")
def agree_return(*, payout_id: UUID, actor: Actor, at: datetime, seen: str | None = None) -> Payout:
    """
    Agree that a payout came back; its money is payable again, or waits no longer.

    :param seen: the mark of the word that was shown, `AskedBack.shown`
    :raises NotPermitted: the role may not approve payouts
    :raises NoSuchPayout: unknown
    :raises NoSuchReturnAsked: nobody asks
    :raises ChangedMeanwhile: another word than was shown, or the payout was paid or seen to leave
    :raises ReturnBySamePerson: asked for by this very person, or by somebody tied to it
    :raises PayoutMoved: neither with the bank nor paid any more
    """
    require(actor, Permission.APPROVE_PAYOUTS)
    payout = _locked(payout_id)
    asked = _asked(payout)
    check_shown(seen, return_mark(asked, payout))
    if not apart(asked.asked_by, actor):
        raise ReturnBySamePerson
    asked.agreed_by, asked.agreed_at = actor.label, at
    asked.save(update_fields=["agreed_by", "agreed_at"])
    if payout.contradicted_at is not None:
        return _upheld(payout, asked, actor, at)
    word = Word(asked.reason, asked.code, said_by=asked.asked_by)
    return take_payout_back(payout_id=payout_id, word=word, actor=actor, at=at)


@verb("settlement.drop-return")
def drop_return(*, payout_id: UUID, actor: Actor, at: datetime) -> PayoutReturn:
    """
    Take the word back that a payout came back, one's own or a colleague's; it stays as it is.

    :raises NotPermitted: the role may not prepare payouts
    :raises NoSuchPayout: unknown
    :raises NoSuchReturnAsked: nobody asks
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    payout = _locked(payout_id)
    asked = _asked(payout)
    asked.dropped_by, asked.dropped_at = actor.label, at
    asked.save(update_fields=["dropped_by", "dropped_at"])
    _note("return-dropped", payout, asked, actor, at)
    return asked


def hear_paid(*, at: datetime) -> int:
    """
    Book as paid what a statement shows to have left under its number; return how many.

    Inside the caller's transaction. The entry was explained by the number because the amount is
    the payout's own.
    """
    left = StatementEntry.objects.filter(
        credit=False,
        explained=OuterRef("number"),
        amount=OuterRef("amount"),
        currency=OuterRef("currency"),
    )
    sent = Payout.objects.filter(Exists(left), state=PayoutState.SENT).order_by("run", "pk")
    return sum(_heard(pk, at) for pk in list(sent.values_list("pk", flat=True)))


def open_return(payout: Payout) -> PayoutReturn | None:
    """Return what waits for a second person to say of a payout, or nothing."""
    return PayoutReturn.objects.filter(payout=payout, agreed_at=None, dropped_at=None).first()


def _heard(payout_id: UUID, at: datetime) -> bool:
    try:
        with transaction.atomic():
            settle_sent(payout_id=payout_id, actor=STATEMENT, at=at)
    except (NoCash, PayoutMoved):
        return False
    return True


def _upheld(payout: Payout, asked: PayoutReturn, actor: Actor, at: datetime) -> Payout:
    """Settle what the bank said against it; what a statement tells against it stays."""
    payout.contradicted_at = None
    payout.save(update_fields=["contradicted_at"])
    _note("return-upheld", payout, asked, actor, at)
    return payout


def _locked(payout_id: UUID) -> Payout:
    """Lock a payout after its run, as everywhere."""
    run = Payout.objects.filter(pk=payout_id).values("run")
    list(PayoutRun.objects.filter(pk__in=run).select_for_update().values_list("pk"))
    payout = Payout.objects.filter(pk=payout_id).select_for_update(of=("self",)).first()
    if payout is None:
        raise NoSuchPayout
    return payout


def _asked(payout: Payout) -> PayoutReturn:
    found = open_return(payout)
    if found is None:
        raise NoSuchReturnAsked
    return found


def _note(what: str, payout: Payout, asked: PayoutReturn, actor: Actor, at: datetime) -> None:
    record(
        kind=f"payout.{what}",
        subject=f"payout:{payout.pk}",
        actor=actor,
        at=at,
        number=payout.number,
        amount=payout.amount,
        currency=payout.currency,
        code=asked.code,
        reason=asked.reason,
    )

"""
Hear what the bank says of payouts. Told again, late or out of order, it changes nothing.

A return is the last word: what is told of a payout afterwards books nothing, and is shown to a
person. So is a payment that the bank calls a duplicate, for the first one may have been paid.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.money import to_major
from qinghe.parties.roles import Permission, require
from qinghe.settlement.models import Payout, PayoutReturn, PayoutRun
from qinghe.settlement.payout_files.answers import Answer, Said, Unreadable, read_answers
from qinghe.settlement.payout_refusals import BadReport
from qinghe.settlement.payout_terms import PayoutState
from qinghe.settlement.return_codes import DUPLICATE
from qinghe.settlement.services.payouts import (
    AT_BANK,
    Word,
    has_left,
    pay_payout,
    take_payout_back,
)
from qinghe.settlement.services.returning import ANSWERS, ask_return, open_return


class Heard(TextChoices):
    """What came of one answer of the bank."""

    PAID = "paid", pgettext_lazy("bank's answer", "Booked as paid")
    RETURNED = "returned", pgettext_lazy("bank's answer", "Money back, payable again")
    ASKED = (
        "asked",
        _("It says that money came back which had left: a second person must agree, on its run"),
    )
    KNOWN = "known", pgettext_lazy("bank's answer", "Known before")
    PENDING = "pending", pgettext_lazy("bank's answer", "Not decided by the bank yet")
    UNKNOWN = "unknown", pgettext_lazy("bank's answer", "No payout of ours")
    DIFFERS = "differs", _("Another amount than ours: a person must look")
    DUPLICATE = "duplicate", _("The bank calls it a duplicate: a person must look")
    UNCLEAR = "unclear", _("The bank's word for it is not known here: a person must look")
    CONTRADICTS = "contradicts", _("It does not fit what was told before: a person must look")


# What a person must look at.
OPEN: Final = (Heard.ASKED, Heard.DIFFERS, Heard.DUPLICATE, Heard.UNCLEAR, Heard.CONTRADICTS)


@dataclass(frozen=True)
class Line:
    """What came of one answer; the bank's amount where it told one, and ours in minor units."""

    number: str
    heard: Heard
    told: Decimal | None
    told_currency: str
    ours: int | None
    currency: str
    run_id: UUID | None

    @property
    def differs(self) -> bool:
        return self.heard == Heard.DIFFERS

    @property
    def told_words(self) -> str:
        """Return the bank's amount as it told it; nothing where it told none."""
        return "" if self.told is None else f"{self.told:,f} {self.told_currency or self.currency}"


@dataclass(frozen=True)
class Report:
    """What came of a file of answers, in the bank's order."""

    sha256: str
    lines: tuple[Line, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Return how many answers ended how."""
        return dict(Counter(str(line.heard) for line in self.lines))

    @property
    def to_look_at(self) -> list[str]:
        """Return the payouts that a person must look at."""
        return [line.number for line in self.lines if line.heard in OPEN]


def read_bank_answers(*, content: bytes, actor: Actor, at: datetime) -> Report:
    """
    Read a file of the bank's answers, and book each of them in its own transaction.

    Killed in the middle, it is read again: what was booked before counts as known.

    :raises NotPermitted: the role may not pay out
    :raises BadReport: it cannot be read
    :raises NoCash: the bank paid more than the platform's account holds here
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    plain = actor.with_key(None)
    try:
        told = read_answers(content)
    except Unreadable as fault:
        raise BadReport(why=str(fault)) from fault
    answers, sha256 = [one for each in told for one in _each(each)], _hash(content)
    heard = [hear_bank(answer=each, sha256=sha256, actor=plain, at=at) for each in answers]
    report = Report(sha256, _lines(answers, heard))
    _note(report=report, actor=plain, at=at)
    return report


@verb("settlement.hear-bank")
def hear_bank(*, answer: Answer, sha256: str, actor: Actor, at: datetime) -> Heard:
    """
    Book what the bank says of one payout.

    That something came back which had left is only asked for: a second person must agree.

    :param sha256: the hash of the file that says so
    :raises NotPermitted: the role may not pay out, or, of a return, not approve payouts
    :raises NoCash: the bank paid more than the platform's account holds here
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    # Its run first, as everywhere: the payout is looked at under the lock of both.
    run_id = Payout.objects.filter(number=answer.number).values_list("run_id", flat=True).first()
    if run_id is not None:
        list(PayoutRun.objects.filter(pk=run_id).select_for_update().values_list("pk"))
    rows = Payout.objects.filter(number=answer.number, run__isnull=False)
    payout = rows.select_for_update(of=("self",)).first()
    if payout is None:
        return Heard.UNKNOWN
    heard = _judge(payout, answer)
    told: dict[str, Any] = {"payout_id": payout.pk, "actor": actor, "at": at}
    if heard == Heard.PAID:
        pay_payout(**told)
    elif heard == Heard.RETURNED:
        require(actor, Permission.APPROVE_PAYOUTS)
        take_payout_back(**told, word=Word(ANSWERS, answer.code, answers=sha256))
    elif heard == Heard.CONTRADICTS and answer.said == Said.PAID:
        _contradict(payout, sha256, actor, at)
    elif heard == Heard.ASKED and open_return(payout) is None:
        ask_return(**told, reason=ANSWERS, code=answer.code)
    return heard


def _contradict(payout: Payout, sha256: str, actor: Actor, at: datetime) -> None:
    """Keep that the bank calls paid what came back; what persons settled no file says again."""
    if payout.state != PayoutState.FAILED or payout.contradicted_by == sha256:
        return
    payout.contradicted_at, payout.contradicted_by = at, sha256
    payout.save(update_fields=["contradicted_at", "contradicted_by"])
    record(
        kind="payout.contradicted",
        subject=f"payout:{payout.pk}",
        actor=actor,
        at=at,
        number=payout.number,
        amount=payout.amount,
        currency=payout.currency,
        answers=sha256,
    )


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _judge(payout: Payout, answer: Answer) -> Heard:
    if _differs(payout, answer):
        return Heard.DIFFERS
    if answer.said == Said.PENDING:
        return Heard.UNCLEAR if answer.unclear else Heard.PENDING
    state = PayoutState(payout.state)
    if answer.said == Said.PAID:
        outcomes = {PayoutState.SENT: Heard.PAID, PayoutState.PAID: Heard.KNOWN}
        return outcomes.get(state, Heard.CONTRADICTS)
    if answer.code == DUPLICATE:
        return Heard.KNOWN if state == PayoutState.PAID else Heard.DUPLICATE
    if state == PayoutState.FAILED:
        return Heard.KNOWN
    if state not in AT_BANK:
        return Heard.CONTRADICTS
    if not has_left(payout):
        return Heard.RETURNED
    # What persons took back stays so, however often the file is read.
    dropped = PayoutReturn.objects.filter(payout=payout, reason=ANSWERS, dropped_at__isnull=False)
    return Heard.CONTRADICTS if dropped.exists() else Heard.ASKED


def _differs(payout: Payout, answer: Answer) -> bool:
    if answer.currency and answer.currency != payout.currency:
        return True
    ours = to_major(payout.amount, payout.currency)
    return answer.amount is not None and answer.amount != ours


def _each(answer: Answer) -> Iterator[Answer]:
    """Yield an answer for each payout it is about: those of a run, where it names the file."""
    numbers = list(
        Payout.objects.filter(run__number=answer.number)
        .order_by("number")
        .values_list("number", flat=True)
    )
    yield from [replace(answer, number=number) for number in numbers] or [answer]


def _lines(answers: Sequence[Answer], heard: Sequence[Heard]) -> tuple[Line, ...]:
    rows = Payout.objects.filter(number__in={each.number for each in answers})
    known = {row.number: row for row in rows}
    found = []
    for answer, came in zip(answers, heard, strict=True):
        ours = known.get(answer.number)
        found.append(
            Line(
                answer.number,
                came,
                answer.amount,
                answer.currency,
                ours.amount if ours else None,
                ours.currency if ours else "",
                ours.run_id if ours else None,
            )
        )
    return tuple(found)


@verb("settlement.note-report")
def _note(*, report: Report, actor: Actor, at: datetime) -> None:
    record(
        kind="payout.answers-read",
        subject=f"bank-answers:{report.sha256}",
        actor=actor,
        at=at,
        counts=report.counts,
        look_at=[number for number in report.to_look_at if number.startswith("PO-")],
    )

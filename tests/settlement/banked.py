"""Organisations with accounts, and runs at every stage, for tests of payouts."""

from __future__ import annotations

from datetime import datetime

from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.ids import digits
from qinghe.parties.models import Organisation, SettlementAccount
from qinghe.parties.services import seal
from qinghe.parties.terms import Secret, SettlementState
from qinghe.settlement import services
from qinghe.settlement.models import Payout, PayoutRun, Suspense
from qinghe.settlement.payout_terms import FileFormat
from tests.factories import AT, actor, claim
from tests.settlement.test_payments import TODAY, pay

ONE = actor(Role.OPERATOR)
OTHER = actor(Role.OPERATOR)


def account(owner: Organisation, *, proven: bool = True, **fields: object) -> SettlementAccount:
    """Let an organisation have a bank account, proven unless said otherwise."""
    holder, number = str(fields.pop("holder", owner.name)), str(fields.pop("number", digits(16)))
    defaults = {
        "bank": "示例银行上海分行 102290000001",
        "state": SettlementState.PROVEN if proven else SettlementState.DECLARED,
        "proven_at": AT if proven else None,
        "added_at": AT,
    }
    return SettlementAccount.objects.create(
        organisation=owner,
        holder=seal(kind=Secret.NAME, value=holder, person_id=None, at=AT),
        number=seal(kind=Secret.ACCOUNT, value=number, person_id=None, at=AT),
        **{**defaults, **fields},
    )


def owed(amount: int, *, banked: bool = True, **fields: object) -> Organisation:
    """Return a creditor for whom an amount was paid here."""
    target = claim(principal=max(amount, 1), **fields)
    if banked:
        account(target.creditor)
    told = {"source": "cashier", "currency": target.currency, "paid_on": TODAY}
    pay(target, amount, reference=f"r{digits(8)}", **told)
    return target.creditor


def opened(currency: str = "CNY", who: Actor = ONE, at: datetime = AT) -> PayoutRun:
    """Prepare what is payable, and collect it."""
    services.prepare_payouts(actor=who, at=at)
    return services.open_run(currency=currency, actor=who, at=at)


def approved(at: datetime = AT) -> PayoutRun:
    return services.approve_run(run_id=opened(at=at).pk, actor=OTHER, at=at)


def filed(file_format: str = FileFormat.CHINESE, at: datetime = AT) -> PayoutRun:
    return services.make_bank_file(
        run_id=approved(at).pk, file_format=file_format, executes_on=TODAY, actor=ONE, at=at
    )


def sent(file_format: str = FileFormat.CHINESE, at: datetime = AT) -> PayoutRun:
    return services.hand_in(run_id=filed(file_format, at).pk, actor=ONE, at=at)


def content_of(run: PayoutRun) -> bytes:
    return services.open_bank_file(run_id=run.pk, actor=ONE, at=AT).content


def payout_of(owner: Organisation) -> Payout:
    return Payout.objects.filter(organisation=owner).latest("pk")


def come_back(payout: Payout, code: str = "TM01", at: datetime = AT) -> Payout:
    """Let one person say by phone that a payout came back, and another agree."""
    told = {"payout_id": payout.pk, "at": at}
    services.ask_return(reason="told by phone", code=code, actor=OTHER, **told)
    return services.agree_return(actor=ONE, **told)


def known(came: Suspense, who: Actor = ONE) -> None:
    """Propose that money is in the books already, by the first booking that fits."""
    booking = services.known_bookings(suspense_id=came.pk, actor=who)[0].key
    services.propose_known(suspense_id=came.pk, booking=booking, actor=who, at=AT)


def said_known(came: Suspense, note: str = "somewhere") -> None:
    """Let money be said to be known as it could be once: by any words."""
    told = {"wish": "known", "wish_note": note, "asked_by": ONE.label, "asked_at": AT}
    Suspense.objects.filter(pk=came.pk).update(**told)


def told(*lines: tuple[str, str, str]) -> bytes:
    """Return a bank's answers as CSV: number, state, reason."""
    rows = [f"1,{number},{state},{reason}" for number, state, reason in lines]
    return "\r\n".join(["序号,用途,状态,原因", *rows]).encode("gb18030")

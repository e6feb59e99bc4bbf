"""Payouts prepared by one person and approved by another; money in transit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError
from qinghe.ledger.queries import sums_of, trial_balance
from qinghe.parties.queries.payees import new_accounts
from qinghe.parties.roles import Permission
from qinghe.settlement.payout_terms import PayoutState
from qinghe.settlement.queries import payments, payouts
from qinghe.settlement.queries.apart import tied_to, why_not_approve
from qinghe.settlement.queries.dues import DueRow, dues, receipts_waiting
from qinghe.settlement.queries.gone import gone
from qinghe.settlement.queries.payable import never_paid
from qinghe.settlement.queries.runs import collectable, runs
from qinghe.settlement.queries.unpaid import unpaid
from qinghe.settlement.return_codes import CODES
from qinghe.settlement.services import (
    approve_payout,
    confirm_receipt,
    drop_receipt,
    pay_payout,
    prepare_payouts,
    receive_money,
    return_payout,
)
from qinghe.settlement.terms import PaymentState
from qinghe.web.amounts import PlainDecimal, to_minor_in
from qinghe.web.doors import StaffRequest, acted, page, unclear

HERE = "web:payouts"
# What the platform holds and for whom: words, account prefixes, last part, sign as people say it.
POTS = (
    (_("Held at cashiers and bank"), ("platform:cash",), "", 1),
    (_("To be paid to creditors"), ("creditor",), "collected", -1),
    (_("To be paid to collectors"), ("collector",), "payable", -1),
    (_("Quality part, waiting"), ("collector",), "reserve", -1),
    (_("Commission due from creditors"), ("creditor",), "commission_due", 1),
    (_("Due from agencies for introductions"), ("collector",), "introduction_due", 1),
    (_("Payouts on their way"), ("platform:payout",), "", -1),
    (_("To be given back to debtors"), ("debtor",), "refund", -1),
    (_("Platform fees"), ("platform:fees",), "", -1),
    (_("Tax in the platform's fees"), ("platform:tax",), "", -1),
    (_("The platform's own money"), ("platform:own",), "", -1),
    (_("Lent, to be given back"), ("creditor", "collector", "debtor"), "clawback", 1),
    (_("Waiting to be explained"), ("platform:suspense",), "", -1),
)


OWN = "own"


class ReceiptForm(forms.Form):
    """Money at the bank that no debtor paid: who sent it, how much, under which reference."""

    sender = forms.ChoiceField(label=_("From"))
    amount = PlainDecimal(
        label=_("Amount"), min_value=Decimal("0.01"), max_digits=14, decimal_places=2
    )
    currency = forms.ChoiceField(label=_("Currency"))
    reference = forms.CharField(label=_("The bank's reference"), max_length=80)

    def __init__(self, *args: Any, rows: list[DueRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {str(row.creditor_id): row.creditor_name for row in rows}
        own = (OWN, _("The platform's own money"))
        self.fields["sender"].choices = [*names.items(), own]  # type: ignore[attr-defined]
        money = sorted({"CNY", *(row.currency for row in rows)})
        self.fields["currency"].choices = [(c, c) for c in money]  # type: ignore[attr-defined]

    def clean(self) -> None:
        to_minor_in(self, "amount", self.cleaned_data.get("currency", ""))


class ReturnForm(forms.Form):
    """Why a payout is taken back; it stays in the journal."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


@page(Permission.PREPARE_PAYOUTS)
def payout_list(request: StaffRequest) -> HttpResponse:
    """Show the payouts, those that wait for a second person first."""
    order = {state: place for place, state in enumerate(PayoutState.values)}
    rows = sorted(payouts(actor=request.actor), key=lambda row: order[row.state])
    why_not = why_not_approve([p for p in rows if p.state == PayoutState.DRAFT], request.actor)
    ready, not_now = collectable(actor=request.actor, at=request.at)
    drafts = {row.organisation_id for row in rows if row.state == PayoutState.DRAFT}
    context = {
        "rows": [(row, why_not.get(row.id), not_now.get(row.id)) for row in rows],
        "new_accounts": new_accounts(never_paid(drafts), request.at),
        "runs": runs(actor=request.actor),
        "ready": ready,
        "gone": gone(rows=rows, actor=request.actor),
        "codes": [(code, each.words) for code, each in CODES.items()],
        "unpaid": unpaid(actor=request.actor, at=request.at),
    }
    return render(request, "web/operator/payouts.html", context)


@page(Permission.PREPARE_PAYOUTS, methods=("POST",))
def payouts_prepare(request: StaffRequest) -> HttpResponse:
    """Draft one payout per organisation and currency for what is payable now."""

    try:
        drafted = prepare_payouts(actor=request.actor, at=request.at)
    except DomainError as refusal:
        messages.error(request, refusal.user_message)
    else:
        done = _("Prepared. A second person must approve.")
        messages.success(request, done if drafted else _("Nothing is payable now."))
    return redirect(HERE)


@page(Permission.APPROVE_PAYOUTS, methods=("POST",))
def payout_approve(request: StaffRequest, payout_id: UUID) -> HttpResponse:
    """Approve a payout that somebody else prepared."""

    def act() -> object:
        return approve_payout(payout_id=payout_id, actor=request.actor, at=request.at)

    return acted(request, act, to=HERE, done=_("Approved."))


@page(Permission.PREPARE_PAYOUTS, methods=("POST",))
def payout_pay(request: StaffRequest, payout_id: UUID) -> HttpResponse:
    """Note that the bank paid an approved payout."""

    def act() -> object:
        return pay_payout(payout_id=payout_id, actor=request.actor, at=request.at)

    return acted(request, act, to=HERE, done=_("Booked as paid."))


@page(Permission.APPROVE_PAYOUTS, methods=("POST",))
def payout_return(request: StaffRequest, payout_id: UUID) -> HttpResponse:
    """Take a payout back that nobody let go; what left takes a second person."""
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, HERE)

    def act() -> object:
        return return_payout(
            payout_id=payout_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    done = _("Taken back. The money is payable to the organisation again.")
    return acted(request, act, to=HERE, done=done)


@page(Permission.MANAGE_PAYMENTS)
def money_page(request: StaffRequest) -> HttpResponse:
    """Show what the platform holds for whom, whether the books balance, and unmatched payments."""
    pots = [
        (words, [(c, n * sign) for c, n in sums_of(prefixes=paths, ending=end).items() if n])
        for words, paths, end, sign in POTS
    ]
    context = {
        "pots": pots,
        "trial": trial_balance(),
        "unmatched": payments(actor=request.actor, state=PaymentState.UNMATCHED),
        "dues": (owed := dues(actor=request.actor)),
        "receipt_form": ReceiptForm(rows=owed),
        "waiting": (waiting := receipts_waiting(actor=request.actor)),
        "tied": tied_to((row.recorded_by for row in waiting), request.actor),
    }
    return render(request, "web/operator/money.html", context)


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def receipt_add(request: StaffRequest) -> HttpResponse:
    """Record money at the bank that no debtor paid; a second person confirms it."""
    form = ReceiptForm(request.POST, rows=dues(actor=request.actor))
    if not form.is_valid():
        return unclear(request, form, "web:money")
    told = form.cleaned_data

    def act() -> object:
        return receive_money(
            creditor_id=None if told["sender"] == OWN else UUID(told["sender"]),
            amount=told["amount"],
            currency=told["currency"],
            reference=told["reference"],
            actor=request.actor,
            at=request.at,
        )

    done = _("Recorded. It counts when a second person has confirmed it.")
    return acted(request, act, to="web:money", done=done)


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def receipt_confirm(request: StaffRequest, receipt_id: UUID) -> HttpResponse:
    """Confirm that the bank's statement shows what a colleague recorded."""

    def act() -> object:
        return confirm_receipt(receipt_id=receipt_id, actor=request.actor, at=request.at)

    return acted(request, act, to="web:money", done=_("Booked. What it covers is payable now."))


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def receipt_drop(request: StaffRequest, receipt_id: UUID) -> HttpResponse:
    """Take back what was recorded by mistake."""

    def act() -> object:
        return drop_receipt(receipt_id=receipt_id, actor=request.actor, at=request.at)

    return acted(request, act, to="web:money", done=_("Dropped. It counts nowhere."))

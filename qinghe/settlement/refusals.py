"""What this room refuses, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError


class WrongCurrency(DomainError):
    code = "settlement.wrong-currency"
    text = _("This claim is in {currency}.")


class PaymentDiffers(DomainError):
    code = "settlement.payment-differs"
    text = _("A payment with this reference was booked before with another amount or claim.")


class NoSuchPayment(DomainError):
    code = "settlement.no-such-payment"
    status = 404
    text = _("There is no such payment.")


class NotReversible(DomainError):
    code = "settlement.not-reversible"
    text = _("Only a booked payment can be reversed.")


class ReversalBySamePerson(DomainError):
    code = "settlement.reversal-same-person"
    status = 403
    text = _(
        "You asked for this, or stand behind the one who did. Shares have left, or a debtor would"
        " be asked again: another person must agree."
    )


class NeedsTwo(DomainError):
    code = "settlement.needs-two"
    status = 403
    text = _(
        "Two persons must agree to this: a share was paid out, the debtor paid here, or the claim"
        " was settled. One asks on the page of the payment, another agrees there."
    )


class NoSuchReversalAsked(DomainError):
    code = "settlement.no-such-reversal-asked"
    status = 404
    stale = True
    text = _("Nobody asks to undo this payment any more. Reload the page.")


class NoSuchOrder(DomainError):
    code = "settlement.no-such-order"
    status = 404
    text = _("There is no such cashier order.")


class BadAmount(DomainError):
    code = "settlement.bad-amount"
    text = _("Choose an amount above zero and not above what is owed.")


class AboveLawful(DomainError):
    code = "settlement.above-lawful"
    text = _(
        "Contract and law give at most {most} today. The creditor asks for more, and that cannot"
        " be paid here. Choose {most} or less."
    )


class AboveOffer(DomainError):
    code = "settlement.above-offer"
    text = _(
        "By the offer to you, {most} settles everything. Choose {most} or less. If you would rather"
        " pay more, say no to the offer first."
    )


class AboveOwed(DomainError):
    code = "settlement.above-owed"
    status = 422
    text = _(
        "This is {excess} more than is owed. The debtor would have to get that back from you."
        " Check the amount; if it is right, say that so much is too much."
    )


class PaidLater(DomainError):
    code = "settlement.paid-later"
    text = _("The day of payment lies in the future.")


class PaidTooEarly(DomainError):
    code = "settlement.paid-too-early"
    status = 422
    text = _("Nobody can have paid before {earliest}. Please check the day of payment.")


class NoCashier(DomainError):
    code = "settlement.no-cashier"
    text = _("Paying here is not possible yet. Please pay the creditor directly.")


class NothingOwed(DomainError):
    code = "settlement.nothing-owed"
    text = _("Nothing is owed on this claim.")


class NoticeDiffers(DomainError):
    code = "settlement.notice-differs"
    text = _("The notice names another amount or currency than the order.")


class NoSuchPayout(DomainError):
    code = "settlement.no-such-payout"
    status = 404
    text = _("There is no such payout.")


class SamePerson(DomainError):
    code = "settlement.same-person"
    text = _("A payout is approved by another person than the one who prepared it.")


class NotApart(DomainError):
    code = "settlement.not-apart"
    status = 403
    text = _(
        "You recorded money from this party, asked for a payment of it to be reversed, or took in a"
        " statement with money for it, since it was last paid. Another person must approve this"
        " payout; or, for the statement, compare it with the bank under Suspense."
    )


class PayoutMoved(DomainError):
    code = "settlement.payout-moved"
    text = _("This payout is in another state now. Reload the page.")


class NoCash(DomainError):
    code = "settlement.no-cash"
    text = _("There is not enough money on the platform's account for this.")


class OwnMoneyShort(DomainError):
    code = "settlement.own-money-short"
    text = _(
        "This would take {amount} {currency} from money held for others. Bring own money of the"
        " platform to the account and book it first."
    )


class ReceiptDiffers(DomainError):
    code = "settlement.receipt-differs"
    text = _("Money with this reference was booked before with another amount or sender.")


class NoSuchReceipt(DomainError):
    code = "settlement.no-such-receipt"
    status = 404
    text = _("There is no such money waiting to be confirmed. Reload the page.")


class ReceiptBySamePerson(DomainError):
    code = "settlement.receipt-same-person"
    status = 403
    text = _("Who recorded it cannot confirm it, nor somebody who made that person's account.")


class ReferenceMissing(DomainError):
    code = "settlement.reference-missing"
    status = 422
    text = _("Give the reference under which the bank's statement shows this money.")


class NoSuchSender(DomainError):
    code = "settlement.no-such-sender"
    status = 404
    text = _("There is no such creditor.")


class UnknownMapping(DomainError):
    code = "settlement.unknown-mapping"
    text = _("There is no column mapping with this name.")


class AccountChanged(DomainError):
    code = "settlement.account-changed"
    text = _(
        "The account of {organisation} was changed lately. Nothing is paid to it before {until}."
    )


class BadFile(DomainError):
    code = "settlement.bad-file"
    text = _("Row {row}, column {column}: this cannot be read. Correct the file and send it again.")


class RowPaidTooEarly(DomainError):
    code = "settlement.row-paid-too-early"
    status = 422
    text = _(
        "Row {row}, column {column}: nobody can have paid this before {earliest}. Nothing of the"
        " file was booked. Correct the day, or leave the row out, and send the file again."
    )


class MissingColumn(DomainError):
    code = "settlement.missing-column"
    text = _("The file has no column {column}.")


class NoStatement(DomainError):
    code = "settlement.no-statement"
    status = 404
    text = _("There is no such statement.")


class NoFeeDue(DomainError):
    code = "settlement.no-fee-due"
    status = 404
    text = _("There is no such fee, or it was paid before.")


class NoSuchLowering(DomainError):
    code = "settlement.no-such-lowering"
    status = 404
    text = _("There is no such case, or it is not yours.")


class LoweringMoved(DomainError):
    code = "settlement.lowering-moved"
    text = _("This case has moved on. Load the page again: it shows what can be done now.")


class LoweringTooLate(DomainError):
    code = "settlement.lowering-too-late"
    text = _("The time to object ended on {until}.")


class LoweringWords(DomainError):
    code = "settlement.lowering-words"
    status = 422
    text = _("Write a few words: what you know, since when, and from where.")


class LoweringUnheard(DomainError):
    code = "settlement.lowering-unheard"
    text = _("Wait for the creditor's answer, or until its time to answer is over.")


class AboveLowering(DomainError):
    code = "settlement.above-lowering"
    status = 422
    text = _("Write an amount from 0 to {most} {currency}: no more than the claim was lowered by.")


class AnotherDecides(DomainError):
    code = "settlement.another-decides"
    text = _(
        "Another officer must decide: you made this proposal, or your accounts are not independent."
    )


class DebtsApart(DomainError):
    code = "settlement.debts-apart"
    status = 422
    text = _("One payment can pay several debts of one person to one creditor. Name such debts.")


class DebtNotNamed(DomainError):
    code = "settlement.debt-not-named"
    status = 422
    text = _("The debt that comes first must be one of those the payment is for.")

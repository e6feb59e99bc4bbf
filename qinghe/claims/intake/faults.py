"""What can be wrong with a row: the reason and how to fix it, by code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one row. Row 1 is the header; `facts` never hold the value itself."""

    row: int
    column: str
    code: str
    facts: dict[str, int | str]


@dataclass(frozen=True)
class Advice:
    """The sentences about a fault, with `{facts}` to fill."""

    reason: StrPromise
    fix: StrPromise
    # The same about many rows at once, where a sentence speaks of one row.
    of_many: StrPromise | None = None
    fix_of_many: StrPromise | None = None

    def generally(self) -> tuple[str, str]:
        """Return reason and fix of many rows in the active language, without their facts."""
        return str(self.of_many or self.reason), str(self.fix_of_many or self.fix)

    def told(self, facts: dict[str, int | str]) -> tuple[str, str]:
        """Return reason and fix in the active language."""
        return str(self.reason).format(**facts), str(self.fix).format(**facts)


ADVICE: Final[dict[str, Advice]] = {
    "missing": Advice(_("The cell is empty."), _("Fill it in.")),
    "too-long": Advice(
        _("The text is longer than {limit} characters."),
        _("Shorten it to {limit} characters."),
        _("The text is too long."),
        _("Shorten it."),
    ),
    "duplicate": Advice(
        _("The same contract number stands in row {first_row}."),
        _("Keep one row per contract, or give each claim its own number."),
        _("The same contract number stands in an earlier row."),
    ),
    "duplicate-differs": Advice(
        _("The same contract number has other data in another row; the first is row {first_row}."),
        _("Keep the row that is right, or give each claim its own number."),
        _("The same contract number has other data in another row."),
    ),
    "bad-amount": Advice(
        _("This is not an amount."), _("Write digits with a decimal point, such as 1234.50.")
    ),
    "negative": Advice(_("The amount is negative."), _("Write what is owed as a positive amount.")),
    "bad-term": Advice(
        _("This is no value of this column."),
        _("Write it as the form for one contract shows it, or leave the cell empty."),
    ),
    "contradiction": Advice(
        _("This row contradicts itself: {fact}."),
        _("Correct it by the contract."),
        _("The row contradicts itself."),
    ),
    "bad-booked-to": Advice(
        _("This is no part of a debt."),
        _("Write costs, interest or principal, or leave the cell empty."),
    ),
    "zero": Advice(_("Nothing is owed."), _("Leave the row out, or write the open amount.")),
    "decimals": Advice(
        _("The currency has {decimals} decimals; the amount has more."),
        _("Round the amount to {decimals} decimals."),
        _("The amount has more decimals than the currency."),
        _("Round the amount."),
    ),
    "too-much": Advice(
        _("The amount is above the limit for one claim."),
        _("Check for a misplaced decimal point."),
    ),
    "bad-date": Advice(
        _("This is no date of the calendar, or in another format than the file's."),
        _("Write the day as year-month-day, such as 2026-03-31."),
    ),
    "date-out-of-range": Advice(_("The day is too far away to be right."), _("Check the year.")),
    "due-before-contract": Advice(
        _("The claim falls due before the contract was signed."),
        _("Check both dates; they may be exchanged."),
    ),
    "contract-in-future": Advice(
        _("The contract is signed after the day of this file."),
        _("Check the date of the contract."),
    ),
    "unknown-currency": Advice(
        _("There is no such currency."), _("Write the code of ISO 4217, such as CNY.")
    ),
    "mixed-currency": Advice(
        _("The other rows of this file are in {currency}."),
        _("Send claims in another currency as a file of their own."),
        _("Most rows of this file are in another currency."),
    ),
    "unknown-product": Advice(
        _("There is no such product."),
        _(
            "Write Credit card, Consumer loan, Small loan, Private loan, Trade credit or Other; or "
            "the code credit_card, consumer_loan, small_loan, private_loan, trade_credit or other."
        ),
    ),
    "unknown-kind": Advice(
        _("This is no kind of debtor."), _("Write natural for a person, business for a firm.")
    ),
    "unknown-region": Advice(
        _("No province or city has this name or code."),
        _("Write the city's name or its six-digit code, such as 330100."),
    ),
    "bad-hand": Advice(
        _("The number of placements must be between 1 and {limit}."),
        _("Write 1 for a claim that was never outsourced."),
        _("This is no possible number of placements."),
    ),
    "bad-rate": Advice(
        _("This is not a yearly rate in percent between 0 and 100."),
        _("Write percent a year, such as 12.5."),
    ),
    "rate-over-limit": Advice(
        _("The law does not let a claim at this rate be collected (rule {rule})."),
        _("Leave the claim out; it must not be collected at this rate."),
        _("The law does not let a claim at this rate be collected."),
    ),
    "rate-not-known": Advice(
        _("The lawful cap for the day of this contract is not published here yet."),
        _("Leave the rate empty, or ask the operator to update the rates."),
    ),
    "rate-without-contract": Advice(
        _("A rate for late payment needs the day of the contract: the cap hangs on it."),
        _("Add the date of the contract, or leave the rate empty."),
    ),
    "bad-id": Advice(
        _("The identity number cannot exist: its length, birth date or check digit is wrong."),
        _("Compare it with the contract. Spreadsheets cut long numbers: format them as text."),
    ),
    "bad-phone": Advice(
        _("No such phone number can exist."),
        _("Write the debtor's own number; outside China with the country code."),
    ),
    "phone-in-text": Advice(
        _("There is a telephone number where none belongs."),
        _("Delete it: nobody but the debtor may be contacted about this debt."),
    ),
    "number-known": Advice(
        _("A claim with this contract number is on the platform already."),
        _("Correct that one, or give this claim another number."),
    ),
    "day-ahead": Advice(_("The day is still to come."), _("Choose today or an earlier day.")),
    "bad-email": Advice(_("This is no e-mail address."), _("Check it, or leave the cell empty.")),
    "no-identity": Advice(
        _("Nothing tells who owes: no identity number and no phone number."),
        _("Add the identity number of the debtor."),
    ),
    "zero-term": Advice(_("The amount is zero."), _("Write the amount, or leave the cell empty.")),
    "handed-over-more": Advice(
        _("More was handed over than the principal of the contract."),
        _("Compare both with the contract; they may be exchanged."),
    ),
    "bad-daily-rate": Advice(
        _("This is not a penalty in percent a day between 0 and {limit}."),
        _("Write percent a day, such as 0.05."),
        _("This is no possible penalty in percent a day."),
    ),
    "bad-count": Advice(
        _("This is no whole number between {least} and {limit}."),
        _("Write a whole number, or leave the cell empty."),
        _("This is no whole number of the expected size."),
    ),
    "bad-form": Advice(
        _("There is no such way of paying back."),
        _("Write bullet, interest_first, equal_instalments or equal_principal."),
    ),
    "bad-day-count": Advice(
        _("There is no such way of counting days."), _("Write act/365, act/360 or 30/360.")
    ),
    "bad-lender": Advice(
        _("There is no such kind of lender."),
        _("Write it as the list of lenders on the page of a contract does, such as bank."),
    ),
    "lender-needs-chain": Advice(
        _("The lender is of another kind than you: the claim was assigned to you."),
        _("Leave the cell empty, and tell the chain of assignments on the claim's contract page."),
    ),
    "bad-list": Advice(
        _("Part {place} of this cell is no day with an amount above zero."),
        _("Write each as 2025-03-01 500.00, with semicolons between them."),
        _("A part of this cell is no day with an amount above zero."),
    ),
    "repayment-ahead": Advice(
        _("A repayment is of a day after the day of this file."), _("Check the days.")
    ),
    "repaid-without-days": Advice(
        _("Something was repaid, but not on which days."),
        _("Write each repayment with its day into the column repayments, or leave this out."),
    ),
    "repaid-differs": Advice(
        _("The repayments in this row add up to another amount."),
        _("Compare the sum with the repayments, or leave it out."),
    ),
    "terms-without-principal": Advice(
        _("Something was repaid, but not how much was lent at first."),
        _("Add the principal of the contract."),
    ),
    "terms-without-loan": Advice(
        _("Terms of the contract are given, but not how much was lent at first."),
        _("Add the principal of the contract, or leave the terms out."),
    ),
    "terms-without-day": Advice(
        _("The terms are given, but not on which day the money was paid out."),
        _("Add that day, or the date of the contract."),
    ),
    "ends-before-payout": Advice(
        _("The last day to pay back is not after the day of payment."),
        _("Check both dates; they may be exchanged."),
    ),
    "too-many-instalments": Advice(
        _("So many instalments do not fit between the day of payment and the last day."),
        _("Check the number, the months in a period and both days."),
    ),
    "first-day-differs": Advice(
        _("By the number of instalments and the last day the first one falls due on {day}."),
        _("Correct it by the contract, or leave the first day out."),
        _("The first day does not fit the number of instalments and the last day."),
    ),
    "terms-differ": Advice(
        _("This contract is on the platform already, with other terms or repayments, or none."),
        _("Change them on the contract page of the claim or by a file of terms; not here."),
    ),
    "contract-changed": Advice(
        _("This contract is on the platform already, with other data."),
        _("Withdraw the claim there first, or leave the row out."),
    ),
}

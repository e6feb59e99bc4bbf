"""What the fields of a claim are called on the mapping page."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

IGNORE = "-"
FIELD_WORDS = {
    "contract_number": _("Contract number"),
    "debtor_name": _("Debtor's name"),
    "debtor_reference": _("Customer number"),
    "debtor_kind": _("Person or firm"),
    "id_number": _("Identity number"),
    "phone": _("Debtor's phone"),
    "email": _("Debtor's e-mail"),
    "address": _("Debtor's address"),
    "region": _("City or province"),
    "product": _("Product"),
    "principal": _("Principal"),
    "interest": _("Interest"),
    "fees": _("Costs"),
    "currency": _("Currency"),
    "contract_date": _("Contract signed on"),
    "due_date": _("Due on"),
    "annual_overdue_rate": _("Overdue rate, % a year"),
    "hand": _("Placement number"),
}
TERM_WORDS = {
    "loan_principal": _("Principal of the contract"),
    "handed_over": _("Really handed over"),
    "paid_out_on": _("Paid out on"),
    "matures_on": _("Last day to pay back"),
    "repayment_form": _("How it is paid back"),
    "instalments": _("Number of instalments"),
    "period_months": _("Months in a period"),
    "first_due_on": _("First instalment due on"),
    "agreed_rate": _("Agreed rate, % a year"),
    "day_count": _("How days are counted"),
    "penalty_daily": _("Penalty, % a day"),
    "grace_days": _("Days of grace"),
    "accelerated_on": _("Everything called due on"),
    "sued_on": _("Sued on"),
    "lender_kind": _("Kind of lender"),
    "service_charges": _("Service and other charges"),
    "repayments": _("Repayments so far, each with its day"),
    "repaid": _("Repaid so far, in all"),
}
ALL_WORDS = FIELD_WORDS | TERM_WORDS
DATE_WORDS = (
    ("", _("As in the file: year first")),
    ("%m/%d/%Y", _("Month/day/year, 03/31/2026")),
    ("%d/%m/%Y", _("Day/month/year, 31/03/2026")),
    ("%d.%m.%Y", _("Day.month.year, 31.03.2026")),
)
# What tells who somebody is; the page shows the form of such values, never the values.
PERSONAL = frozenset({"debtor_name", "id_number", "phone", "email", "address"})
LONG_DIGITS = re.compile(r"\d{7,}")
STARS = "***"


def veiled(value: str, field: str) -> str:
    """Return a value as the mapping page may show it: personal data as its first sign and stars."""
    if field in PERSONAL:
        return value[:1] + STARS if value else ""
    if "@" in value:
        return STARS
    return LONG_DIGITS.sub(lambda found: found.group()[:2] + STARS, value)

"""
Why a bank did not pay: the external codes of ISO 20022, and the words Chinese banks use instead.

`account` says that the fault lies with the account paid to: nothing more goes there until it is
proven anew. A code that is not listed counts as such a fault; that is the safe side.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

# The bank has this reference already: the first one counts, and nothing comes back.
DUPLICATE: Final = "AM05"
# A reason in words, or none.
OTHER: Final = "NARR"
WORD: Final = re.compile(r"[A-Z0-9]+")


@dataclass(frozen=True)
class ReturnCode:
    """One reason of a bank: its words here, whose fault it is, and signs of it in a bank's text."""

    words: StrPromise
    account: bool
    signs: tuple[str, ...] = ()


CODES: Final[dict[str, ReturnCode]] = {
    "BE01": ReturnCode(
        _("The name does not belong to the account"), True, ("户名", "name mismatch")
    ),
    "AC04": ReturnCode(_("The account is closed"), True, ("销户", "closed")),
    "AC06": ReturnCode(_("The account is blocked"), True, ("冻结", "止付", "blocked")),
    "RC01": ReturnCode(_("The bank's code is wrong"), True, ("行号", "开户行")),
    "AC01": ReturnCode(_("The account number is wrong"), True, ("账号", "账户", "帐号")),
    "AC03": ReturnCode(_("The payee's account number is not valid"), True),
    "AG01": ReturnCode(_("The account does not take such payments"), True, ("不允许", "限制")),
    "MD07": ReturnCode(_("The holder of the account has died"), True),
    "MS02": ReturnCode(_("The payee refused the money"), True, ("拒收",)),
    "AM04": ReturnCode(_("The platform's account did not hold enough"), False, ("余额不足",)),
    DUPLICATE: ReturnCode(_("The bank has this payment already"), False, ("重复", "duplicate")),
    "AM09": ReturnCode(_("The amount is not what the bank expected"), False, ("金额",)),
    "TM01": ReturnCode(_("It came after the bank's closing time"), False, ("超时", "截止")),
    "FOCR": ReturnCode(_("Called back at our request"), False),
    "RR04": ReturnCode(_("A rule of the supervisor forbids it"), True),
    "MS03": ReturnCode(_("The bank gives no reason"), True),
    OTHER: ReturnCode(_("Another reason"), True),
}
# After these nothing is paid to the same account until it is proven anew.
ACCOUNT_CODES: Final = frozenset(code for code, each in CODES.items() if each.account)


def code_of(told: str) -> str:
    """Return the code of what a bank wrote: a code among its words, words for one, or another."""
    named = (word for word in WORD.findall(told.upper()) if word in CODES and word != OTHER)
    if code := next(named, ""):
        return code
    low = told.casefold()
    for code, each in CODES.items():
        if any(sign in low for sign in each.signs):
            return code
    return OTHER

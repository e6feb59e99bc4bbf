"""Words of our side that a debtor will read are screened before they are kept."""

from __future__ import annotations

import re
from typing import Final

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from qinghe.claims.elsewhere import has_account, has_address
from qinghe.kernel.errors import DomainError
from qinghe.rules.screen.terms import Utterance
from qinghe.rules.screen.verdict import screen

LONGEST_QUOTE: Final = 30
_FIGURES: Final = re.compile(r"\d+")


class WordsRefused(DomainError):
    code = "claims.words-refused"
    status = 422
    text = _("“{words}” must not be written to a debtor (rule {rule}). Say for example: {instead}")


class AccountRefused(WordsRefused):
    code = "claims.account-refused"
    status = 422
    text = _(
        "Leave out the long number: a debtor could take it for an account to pay to. Name a payment"
        " by its day and amount, and a claim by its number here."
    )


class AddressRefused(WordsRefused):
    code = "claims.address-refused"
    status = 422
    text = _(
        "Leave out the web address: only addresses of this platform may be written to a debtor. Say"
        " instead in words what is found there."
    )


def check_words(text: str) -> None:
    """
    Refuse a text that a debtor must not read from us: a threat, an insult, a false consequence, or
    what could lead the debtor's money elsewhere.

    :raises WordsRefused: the words, the rule they break, and a lawful way to say it
    :raises AccountRefused: an IBAN, or a number so long that it could be an account
    :raises AddressRefused: a web address that is not of this house
    """
    if has_account(text):
        raise AccountRefused
    if has_address(text, here=settings.QINGHE_BASE_URL):
        raise AddressRefused
    answer = screen(Utterance(text, role="debtor", channel="letter", identity_verified=True))
    if not answer.denied:
        return
    first = answer.findings[0]
    # No figure travels on: it could be somebody's number.
    words = _FIGURES.sub("…", text[first.start : first.end])
    raise WordsRefused(
        words=words if len(words) <= LONGEST_QUOTE else f"{words[:LONGEST_QUOTE]}…",
        rule=first.rule_id,
        act=first.act,
        instead=first.say(get_language() or "en"),
    )

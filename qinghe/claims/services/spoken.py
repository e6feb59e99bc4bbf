"""Words of our side that a debtor or a creditor will read are screened before they are kept."""

from __future__ import annotations

import re
from typing import Final

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from qinghe.claims.elsewhere import has_account, has_address
from qinghe.kernel.errors import DomainError
from qinghe.rules.screen.lexicon import act
from qinghe.rules.screen.terms import Finding, Utterance
from qinghe.rules.screen.verdict import screen

LONGEST_QUOTE: Final = 30
_FIGURES: Final = re.compile(r"\d+")


class WordsRefused(DomainError):
    code = "claims.words-refused"
    status = 422
    text = _("“{words}” must not be written to a debtor (rule {rule}). Say for example: {instead}")


class WordsToCreditorRefused(WordsRefused):
    code = "claims.words-to-creditor-refused"
    status = 422
    text = _(
        "“{words}” must not be written to a creditor (rule {rule}): it reads like “{like}”. Say "
        "plainly what is missing, or what is wrong with which paper."
    )


class AccountRefused(WordsRefused):
    code = "claims.account-refused"
    status = 422
    text = _(
        "Leave out the long number: whoever reads it could take it for an account to pay to. Name a"
        " payment by its day and amount, and a claim by its number here."
    )


class AddressRefused(WordsRefused):
    code = "claims.address-refused"
    status = 422
    text = _(
        "Leave out the web address: only addresses of this platform may be written here. Say"
        " instead in words what is found there."
    )


def check_words(text: str, *, to_creditor: bool = False) -> None:
    """
    Refuse a text that nobody must read from us: a threat, an insult, a false consequence, or what
    could lead money elsewhere. What no debtor may read goes to no creditor either.

    :raises WordsRefused: the words, the rule they break, and a lawful way to say it
    :raises WordsToCreditorRefused: the same in words for a desk that writes to the creditor
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
    first, lang = answer.findings[0], get_language() or "en"
    told = {"words": _quoted(text, first), "rule": first.rule_id, "act": first.act}
    if to_creditor:
        raise WordsToCreditorRefused(**told, like=act(first.act).title(lang))
    raise WordsRefused(**told, instead=first.say(lang))


def _quoted(text: str, found: Finding) -> str:
    # No figure travels on: it could be somebody's number.
    words = _FIGURES.sub("…", text[found.start : found.end])
    return words if len(words) <= LONGEST_QUOTE else f"{words[:LONGEST_QUOTE]}…"

"""Words of our side that a debtor will read are screened before they are kept."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError
from qinghe.rules.screen.terms import Utterance
from qinghe.rules.screen.verdict import screen

LONGEST_QUOTE: Final = 30
_FIGURES: Final = re.compile(r"\d+")


class WordsRefused(DomainError):
    code = "claims.words-refused"
    status = 422
    text = _("“{words}” must not be written to a debtor (rule {rule}). Say for example: {instead}")


def check_words(text: str) -> None:
    """
    Refuse a text that a debtor must not read from us: a threat, an insult, a false consequence.

    :raises WordsRefused: the words, the rule they break, and a lawful way to say it
    """
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

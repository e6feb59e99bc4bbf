"""
Words and numbers of the information mode (信息服务): directory, quotations, introductions. Pure.

Portfolios are described in bands only: nothing here can hold a claim or a debtor.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qinghe import market
from qinghe.kernel.redaction import redact

# The text an agency agreed to when it let itself be listed; another text asks anew.
CONSENT: Final = "2026-12"
# So many agencies may be chosen by hand; more means: all that fit.
MOST_CHOSEN: Final = 10
MOST_ASKED: Final = 50
SHORTEST: Final = timedelta(hours=24)
LONGEST: Final = timedelta(days=28)
# An agency says within so long whether it wants to be introduced.
ANSWER_WITHIN: Final = timedelta(days=7)
HAND_INS: Final = 20
LONGEST_SENTENCE: Final = 160
# Every envelope has this many bytes, so that neither a refusal nor a long sentence can be told.
ENVELOPE: Final = 2048


class SizeBand(TextChoices):
    """How many people collect at an agency, by its own word."""

    TINY = "1-9", _("1 to 9 people")
    SMALL = "10-49", _("10 to 49 people")
    MIDDLE = "50-199", _("50 to 199 people")
    LARGE = "200+", _("200 people or more")


class CountBand(TextChoices):
    """How many claims a portfolio has."""

    C1 = "c1", _("fewer than 100 claims")
    C2 = "c2", _("100 to 999 claims")
    C3 = "c3", _("1,000 to 9,999 claims")
    C4 = "c4", _("10,000 claims or more")


class SumBand(TextChoices):
    """What a portfolio adds up to."""

    S1 = "s1", _("less than CNY 1 million")
    S2 = "s2", _("CNY 1 to 10 million")
    S3 = "s3", _("CNY 10 to 100 million")
    S4 = "s4", _("CNY 100 million or more")


class QuoteState(TextChoices):
    OPEN = "open", pgettext_lazy("quotation", "Sealed until its hour")
    OPENED = "opened", pgettext_lazy("quotation", "Opened")
    WITHDRAWN = "withdrawn", pgettext_lazy("quotation", "Taken back")
    CLOSED = "closed", pgettext_lazy("quotation", "Finished")


class NoQuote(TextChoices):
    """Why an agency does not want a portfolio."""

    NO_TIME = "no_time", _("No one is free to work it")
    REGION = "region", _("Too far for us")
    KIND = "kind", _("We do not do this kind of claim")
    SIZE = "size", _("Too small or too large for us")
    CONFLICT = "conflict", _("A conflict of interest")
    OTHER = "other", pgettext_lazy("decline", "Another reason")


class PassedOver(TextChoices):
    """Why a creditor does not take a quotation; the agency reads it."""

    PRICE = "price", _("The commission is too high")
    SERVICE = "service", _("The service offered does not suffice")
    RECORD = "record", _("The complaint record")
    SIZE = "size", _("The agency is too small for the portfolio")
    CHOSEN = "chosen", _("Another agency was chosen")
    DROPPED = "dropped", _("The portfolio is not given out")


class IntroState(TextChoices):
    PROPOSED = "proposed", pgettext_lazy("introduction", "Waits for the agency")
    MADE = "made", pgettext_lazy("introduction", "Introduced")
    DECLINED = "declined", pgettext_lazy("introduction", "Declined by the agency")
    LAPSED = "lapsed", pgettext_lazy("introduction", "Not answered in time")


class Signed(TextChoices):
    """What became of an introduction, as one side tells it."""

    YES = "signed", _("We signed a contract")
    NO = "not_signed", _("We did not come to terms")


class IntroComplaintKind(TextChoices):
    """What a side may complain about; a case and its debtor are never part of it."""

    SILENT = "silent", _("The other side does not answer")
    TERMS = "terms", _("The other side went back on what it quoted")
    FALSE = "false", _("Something stated was not true")
    FEE = "fee", _("A contract was signed and is denied")
    UNLAWFUL = "unlawful", _("Unlawful collecting was asked for or offered")


class IntroComplaintState(TextChoices):
    OPEN = "open", pgettext_lazy("complaint", "Being looked at")
    UPHELD = "upheld", pgettext_lazy("complaint", "Justified")
    DISMISSED = "dismissed", pgettext_lazy("complaint", "Not justified")


@dataclass(frozen=True)
class Fee:
    """What an introduction costs the agency, in minor units, and the list it comes from."""

    amount: int
    currency: str
    version: str


def fee_of(sum_band: str) -> Fee:
    """Return the flat fee for an introduction about a portfolio of a band."""
    listed = _fees()
    return Fee(int(listed["fees"][sum_band]), str(listed["currency"]), str(listed["version"]))


# Ways around the platform and out of its record; a sentence that names one is not passed on.
_AROUND: Final = re.compile(
    r"微信|威信|薇信|wechat|weixin|\bqq\b|whatsapp|telegram|手机号|加我|联系我|电话"
    r"|线下|私下|绕过|绕开|不走平台|off.?platform|offline|outside the platform|https?://|www\.",
    re.IGNORECASE,
)


def goes_around(sentence: str) -> bool:
    """Tell whether a sentence carries an address, or invites to settle outside the record."""
    digits = sum(each.isdigit() for each in sentence)
    return redact(sentence) != sentence or digits > 8 or bool(_AROUND.search(sentence))


@cache
def _fees() -> dict[str, Any]:
    text = files(market).joinpath("introduction_fees.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded

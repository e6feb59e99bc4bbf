"""The signed terms as a PDF: the exact text, both signatures, the hash they were given for."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qinghe.kernel.typeset import typeset
from qinghe.market.queries.signed import SignatureRow, SignedRow

TEMPLATE: Final = "qinghe.market:mandate.typ"


def mandate_pdf(
    signed: SignedRow, *, number: str, creditor: str, collector: str, at: datetime
) -> bytes:
    """Return what was signed as a PDF on A4, in the active language; parties by name."""
    lang = "zh" if (get_language() or "").startswith("zh") else "en"
    title, *paragraphs = _paragraphs(signed.texts[lang])
    sides = (signed.creditor, signed.collector)
    facts = {
        "lang": lang,
        "title": title.lstrip("# "),
        "number": number,
        "sha256": signed.sha256,
        "paragraphs": [text.replace("**", "") for text in paragraphs],
        "words": {
            "signatures": _("Signatures"),
            "creditor": _("Creditor"),
            "collector": _("Collector"),
            "hash_of": _("Both signed the text with this SHA-256, in Chinese and English:"),
        },
        "rows": [
            [_("Claim"), number, number],
            [_("Organisation"), creditor, collector],
            [_("Name"), *(side.name for side in sides)],
            [_("Signed"), *(_moment(side) for side in sides)],
        ],
    }
    return typeset(TEMPLATE, facts, at=at)


def _paragraphs(text: str) -> list[str]:
    """Return the heading and then one text per numbered paragraph; lines of one are joined."""
    found: list[str] = []
    for line in text.splitlines():
        if not line.strip():
            found.append("")
        elif (line.startswith("   ") and found) or (found and found[-1] and not line[:1].isdigit()):
            found[-1] += ("" if found[-1][-1:] > "\u2e7f" else " ") + line.strip()
        else:
            found.append(line.strip())
    return [text for text in found if text]


def _moment(side: SignatureRow) -> str:
    local = side.at.astimezone(ZoneInfo(settings.DISPLAY_ZONE))
    return f"{local:%Y-%m-%d %H:%M:%S} ({settings.DISPLAY_ZONE})"

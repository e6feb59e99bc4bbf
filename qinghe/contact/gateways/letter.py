"""
A letter as a PDF for a window envelope, ready for a printing house. Nothing outside reveals a debt.

The code of the debtor's door is printed and never part of an address: the QR leads to the door.
"""

from __future__ import annotations

from io import BytesIO
from typing import Final

import segno

from qinghe.claims.days import day_of
from qinghe.contact.gateways.message import Message, Receipt
from qinghe.contact.terms import Outcome
from qinghe.kernel.typeset import typeset

TEMPLATE: Final = "qinghe.contact.gateways:letter.typ"
WORDS: Final = {
    "zh": {
        "sender": "清和",
        "code": "查询码",
        "reference": "信函编号",
        "fold": "只有收信人可以打开。",
        "lang": "zh",
    },
    "en": {
        "sender": "Qinghe",
        "code": "Access code",
        "reference": "Letter",
        "fold": "For the addressee only.",
        "lang": "en",
    },
}


def deliver(message: Message) -> Receipt:
    """Typeset one letter; the copy that is kept as text does not show the code."""
    return Receipt(
        "letter", Outcome.DELIVERED, f"{message.subject}\n\n{message.text}", file=pdf(message)
    )


def pdf(message: Message) -> bytes:
    """Return the letter as a PDF on A4."""
    words = WORDS["zh" if message.language.startswith("zh") else "en"]
    facts = {
        **words,
        "name": message.name,
        "address": message.address,
        "subject": message.subject,
        "paragraphs": [part for part in message.text.split("\n\n") if part.strip()],
        "door": message.door,
        "access": " ".join((message.code[:5], message.code[5:])).strip(),
        "number": message.reference,
        "day": f"{day_of(message.at):%Y-%m-%d}",
    }
    return typeset(TEMPLATE, facts, at=message.at, images={"door.svg": _qr(message.door)})


def _qr(door: str) -> bytes:
    out = BytesIO()
    segno.make_qr(door, error="m").save(out, kind="svg", border=2, xmldecl=False, svgns=True)
    return out.getvalue()

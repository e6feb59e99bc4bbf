"""What the people of a journey hold in their hands: a batch, a contract, a letter."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta

from qinghe.simulation.batches import HEADER
from qinghe.simulation.people import wrong_checksum

CLAIMS = 6
CODE = re.compile(r"\b([0-9A-Z]{5}) ([0-9A-Z]{5})\b")
# One row that cannot be right, so that the check has something to say.
FAULTY = {"due_date": "2026-02-30"}


def batch(name: str, seed: int, today: date) -> tuple[bytes, str]:
    """Return a CSV of six claims of one person and a faulty row; and the person's answer."""
    id_number = wrong_checksum(f"99010019900307{seed:03}")
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER, lineterminator="\n")
    writer.writeheader()
    for place in range(CLAIMS + 1):
        due = today - timedelta(days=20 + 22 * place)
        writer.writerow(
            {
                "contract_number": f"J{seed}-{place + 1:04}",
                "debtor_name": name,
                "id_number": id_number,
                "phone": f"+86100{seed:04}0000",
                "email": f"journey{seed}@example.com",
                "address": "330100 示例路 8 号",
                "region": "330100",
                "product": ("credit_card", "consumer_loan", "small_loan")[place % 3],
                "principal": f"{(place + 1) * 3210 + 45.67:.2f}",
                "interest": f"{(place + 1) * 61.5:.2f}",
                "fees": "0.00",
                "currency": "CNY",
                "contract_date": (due - timedelta(days=365)).isoformat(),
                "due_date": due.isoformat(),
                "annual_overdue_rate": "10.0",
                "hand": "1",
                **(FAULTY if place == CLAIMS else {}),
            }
        )
    return text.getvalue().encode(), id_number[-4:]


def code_on(letter: str) -> str:
    """Return the access code printed on a letter."""
    found = CODE.search(letter)
    assert found, letter
    return "".join(found.groups())

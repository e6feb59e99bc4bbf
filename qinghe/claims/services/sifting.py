"""Compare a checked file with what is on the platform: new rows, unchanged rows, changed ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import polars as pl
from django.conf import settings

from qinghe.claims import ageing
from qinghe.claims.intake.check import Checked, check
from qinghe.claims.intake.columns import ColumnMapping, fit
from qinghe.claims.intake.corrected import Cells, corrected
from qinghe.claims.intake.faults import Fault
from qinghe.claims.intake.read import header_of, read_table
from qinghe.claims.models import Claim
from qinghe.claims.terms import Product
from qinghe.parties.models import Organisation
from qinghe.parties.vault import Ring, ring

# What makes a row the same claim with the same data when it is delivered again.
SAME = (
    "contract_number", "kind_value", "debtor_name", "debtor_reference", "id_number",
    "product_value", "currency", "contract_on", "due_on", "rate", "hand_number",
    "minor_principal", "minor_interest", "minor_fees",
)  # fmt: skip


@dataclass(frozen=True)
class Sound:
    """One faultless row, typed; amounts in minor units."""

    row: int
    contract_number: str
    debtor_kind: str
    debtor_name: str
    # How the creditor's own books, or else its data, tell this debtor from others.
    debtor_key: str
    id_number: str
    phone: str
    email: str
    address: str
    region: str
    product: str
    hand: int
    currency: str
    contract_on: date | None
    due_on: date
    rate_pct: Decimal | None
    principal: int
    interest: int
    costs: int
    fingerprint: bytes

    @property
    def claimed(self) -> int:
        """Return all components together."""
        return self.principal + self.interest + self.costs


@dataclass(frozen=True)
class Sifted:
    """A file judged against the platform."""

    read: int
    new: tuple[Sound, ...]
    unchanged: int
    faults: tuple[Fault, ...]
    amount: int
    currency: str
    stages: dict[str, int]

    @property
    def rejected(self) -> int:
        """Return how many rows have at least one fault."""
        return len({fault.row for fault in self.faults})


def sift(
    content: bytes,
    mapping: ColumnMapping,
    *,
    creditor: Organisation,
    as_of: date,
    cells: Cells | None = None,
) -> Sifted:
    """
    Return what a file would change, with cells that were corrected since.

    :raises FileUnreadable: not a table
    :raises EncodingUnsure: its encoding must be chosen
    :raises ColumnsRefused, PhonesInText: data about other people than the debtor
    :raises ColumnsNotMapped: a column is neither mapped nor ignored
    :raises FieldsMissing: a required field has no column
    """
    table = corrected(read_table(content, mapping.how), cells or {})
    return sift_table(table, mapping, creditor=creditor, as_of=as_of)


def sift_table(
    table: pl.DataFrame, mapping: ColumnMapping, *, creditor: Organisation, as_of: date
) -> Sifted:
    """
    Return what the rows of a file would change.

    :raises ColumnsRefused, PhonesInText: data about other people than the debtor
    :raises ColumnsNotMapped: a column is neither mapped nor ignored
    :raises FieldsMissing: a required field has no column
    """
    fitted = fit(mapping, header_of(table))
    checked = check(
        table, fitted, as_of=as_of, lender_kind=creditor.lender_kind, demo=settings.DEMO
    )
    return against_books(checked, fitted, creditor=creditor, as_of=as_of)


def against_books(
    checked: Checked, fitted: ColumnMapping, *, creditor: Organisation, as_of: date
) -> Sifted:
    """Return which of the sound rows are new, which are known, and which contradict the books."""
    rows = _sound(checked)
    known = _known(creditor.pk, rows)
    column = fitted.columns.get("contract_number", "contract_number")
    changed = [
        row for row in rows if known.get(row.contract_number, row.fingerprint) != row.fingerprint
    ]
    faults = [Fault(row.row, column, "contract-changed", {}) for row in changed]
    bad = {fault.row for fault in faults}
    good = [row for row in rows if row.row not in bad]
    new = tuple(row for row in good if row.contract_number not in known)
    return Sifted(
        read=checked.read,
        new=new,
        unchanged=len(good) - len(new),
        faults=tuple(sorted([*checked.faults, *faults], key=lambda fault: fault.row)),
        amount=sum(row.claimed for row in good),
        currency=checked.currency,
        stages=_stages(good, as_of),
    )


def _known(creditor_id: UUID, rows: Sequence[Sound]) -> dict[str, bytes]:
    claims = Claim.objects.filter(
        creditor_id=creditor_id, contract_number__in=[row.contract_number for row in rows]
    )
    pairs = claims.values_list("contract_number", "fingerprint")
    return {number: bytes(fingerprint) for number, fingerprint in pairs}


def _stages(rows: Sequence[Sound], as_of: date) -> dict[str, int]:
    counts = Counter(ageing.stage(row.due_on, as_of).value for row in rows)
    return dict(sorted(counts.items()))


def _sound(checked: Checked) -> list[Sound]:
    keys = ring()
    return [_one(row, keys) for row in checked.sound.iter_rows(named=True)]


def _one(row: dict[str, Any], keys: Ring) -> Sound:
    rate = row["rate_applied"]
    return Sound(
        row=row["row"],
        contract_number=row["contract_number"],
        debtor_kind=row["kind_value"],
        debtor_name=row["debtor_name"] or row["debtor_reference"],
        debtor_key=_debtor_key(row, keys),
        id_number=row["id_number"],
        phone=row["phone"],
        email=row["email"],
        address=row["address"],
        region=row["region_code"] or "",
        product=row["product_value"] or Product.OTHER,
        hand=row["hand_number"],
        currency=row["currency"],
        contract_on=row["contract_on"],
        due_on=row["due_on"],
        rate_pct=Decimal(rate) if rate else None,
        principal=row["minor_principal"],
        interest=row["minor_interest"],
        costs=row["minor_fees"],
        # Keyed: a hash of so few unknowns could be searched.
        fingerprint=keys.blind("claim", repr([row[name] for name in SAME])),
    )


def _debtor_key(row: dict[str, Any], keys: Ring) -> str:
    if row["debtor_reference"]:
        return f"ref:{row['debtor_reference']}"
    if row["id_number"]:
        return f"id:{keys.blind('debtor-id', row['id_number'].upper()).hex()}"
    # A phone may be shared; a phone and a name together are one debtor of this creditor.
    return f"phone:{keys.blind('debtor-phone', row['phone'] + row['debtor_name']).hex()}"

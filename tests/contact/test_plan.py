"""The gate finds one person's facts by index, however many persons and contacts there are."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from qinghe.bench.frame import filled
from qinghe.bench.gate import scanned

DAY = date(2026, 3, 10)


@pytest.mark.django_db
def test_the_one_read_of_the_gate_never_scans_a_table() -> None:
    filled("gate.sql", day=DAY, persons=3_000)
    filled("contacts.sql", day=DAY, persons=3_000, first=1, last=5)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    found = scanned()
    assert found["contact_attempt"] == "contact_attempt_person"
    # Tables that stay small are scanned when that is quicker.
    small = {"claims_hold", "contact_housepack", "contact_wish", "parties_organisation"}
    # One certificate, one licence and no listing stand here; all are found by key or index.
    small |= {"parties_certificate", "parties_licence", "market_listing"}
    # Nor is there a team.
    small |= {"market_teammember", "market_teamassignment"}
    scans = {table for table, way in found.items() if way.endswith("Scan")}
    assert scans <= small

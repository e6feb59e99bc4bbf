"""The hall's rows are drawn once for all that show the same, and never for one that shows else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import override

from qinghe.market.queries import HallRow
from qinghe.web.collector.hallrows import PARTS, drawn, parts_of

NOW = datetime(2026, 3, 10, 4, tzinfo=UTC)
ROW = HallRow(
    id=UUID(int=7), number="Q-7", mode="grab", state="open", creditor_kind="institution",
    region="330100", product="card", stage="M2", age_months=3, hand=1, currency="CNY", band=2,
    band_to=2, evidence_count=2, commission_rate=Decimal("0.12"), commission_to=Decimal("0.12"),
    quality_share=Decimal("0.25"), period_days=90, licence="collection", listed_at=NOW,
    expires_at=NOW, takeable=True, why_not=None,
)  # fmt: skip
OTHER: dict[str, Any] = {
    "mode": "bid", "region": "440000", "product": "loan", "creditor_kind": "private_creditor",
    "age_months": 24, "band": 1, "currency": "HKD", "band_to": 4,
    "commission_rate": Decimal("0.08"), "commission_to": Decimal("0.20"),
    "quality_share": Decimal("0.40"), "evidence_count": 0, "period_days": 60,
}  # fmt: skip

# A table has a column of its own for the age, a card says the name of the product alone.
ONLY = (
    ("table", "name"), ("table", "licence"), ("cards", "product"), ("cards", "proof"),
    ("cards", "period"), ("cards", "until"), ("cards", "before"),
)  # fmt: skip


def test_whatever_a_part_shows_is_what_it_is_known_by() -> None:
    (before,) = parts_of([ROW], NOW)
    for name, fields in PARTS.items():
        for field in fields:
            (after,) = parts_of([replace(ROW, **{field: OTHER[field]})], NOW)
            if (name, field) != ("rate", "mode"):
                assert after[name] != before[name], (name, field)
            assert parts_of([ROW], NOW) == [before]


def test_each_language_has_its_own_words() -> None:
    with override("en"):
        (english,) = parts_of([ROW], NOW)
    with override("zh-hans"):
        (chinese,) = parts_of([ROW], NOW)
    assert "documents" in str(english["proof"])
    assert "documents" not in str(chinese["proof"])
    assert english["licence"] != chinese["licence"]


def test_each_row_leads_to_its_own_page_by_its_own_words() -> None:
    other = replace(ROW, id=UUID(int=9), number="Q-9", takeable=False)
    first, second = parts_of([ROW, other], NOW)
    assert str(ROW.id) in str(first["href"])
    assert "Q-7" in str(first["taking"])
    assert str(other.id) in str(second["href"])
    assert "Q-9" not in str(second["taking"])


def test_a_reason_and_a_number_are_escaped_wherever_they_stand() -> None:
    row = replace(ROW, number="<b>", takeable=True)
    found = drawn([row], NOW)
    assert found.table.count("&lt;b&gt;") == found.cards.count("&lt;b&gt;") == 2
    assert "<b>" not in found.table


def test_table_and_cards_show_every_part_of_a_row() -> None:
    (parts,), found = parts_of([ROW], NOW), drawn([ROW], NOW)
    for name, part in parts.items():
        shown = {"table": found.table, "cards": found.cards}
        for place, html in shown.items():
            if (place, name) not in {*ONLY}:
                assert str(part) in html, (place, name)
    assert "\0" not in found.table + found.cards
    assert drawn([], NOW) == ("", "")

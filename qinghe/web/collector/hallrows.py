"""
The rows of the hall, each part drawn once for all rows and readers that show the same.

A table and its cards show the same words, and most rows share them with many others.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from qinghe.market.queries import HallRow
from qinghe.web import formats, stencils, words
from qinghe.web.templatetags.qinghe import stage_badge

# Each part is a template that sees these fields and no others: what it shows follows from them.
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "mode": ("mode",),
    "place": ("region",),
    "product": ("product", "creditor_kind"),
    "age": ("age_months",),
    "amount": ("band", "currency", "band_to"),
    "rate": ("mode", "commission_rate", "commission_to", "quality_share"),
    "proof": ("evidence_count",),
    "period": ("period_days",),
}
TEMPLATES: Final = {name: f"web/collector/{name}.html" for name in (*PARTS, "taking")}
NOBODY: Final = UUID(int=0)


class Drawn(NamedTuple):
    """The same rows as lines of a table and as cards; no rows are empty texts."""

    table: SafeString
    cards: SafeString


def drawn(rows: Iterable[HallRow], at: datetime) -> Drawn:
    """Return rows of the hall as HTML."""
    line = stencils.stencil("web/collector/hallrow.html")
    card = stencils.stencil("web/collector/hallcard.html")
    found = parts_of(rows, at)
    table, cards = (map(shape.filled, found) for shape in (line, card))
    return Drawn(SafeString("".join(table)), SafeString("".join(cards)))


def parts_of(rows: Iterable[HallRow], at: datetime) -> list[dict[str, object]]:
    """Return the parts of each row, its `taking` and its address, `href`, among them."""
    before, after = reverse("web:listing", args=[NOBODY]).split(str(NOBODY))
    this_year, language = formats.as_day(at).year, get_language() or ""
    return [
        {
            **_shared(row, language),
            "number": row.number,
            "before": row.hand - 1,
            "until": formats.moment(row.expires_at, this_year=this_year),
            "href": f"{before}{row.id}{after}",
            "taking": _taking(row, f"{before}{row.id}{after}"),
        }
        for row in rows
    ]


def _shared(row: HallRow, language: str) -> dict[str, object]:
    """Return what a row shares with others. The language is found once for all of them."""
    parts: dict[str, object] = {
        name: SafeString(_part(name, tuple(getattr(row, each) for each in fields), language))
        for name, fields in PARTS.items()
    }
    return {
        **parts,
        "name": _word(row.product, "product", language),
        "licence": _word(row.licence, "licence", language),
        "stage": stage_badge(row.stage),
    }


def _part(name: str, values: tuple[Hashable, ...], language: str) -> str:
    shown = tuple(zip(PARTS[name], values, strict=True))
    return stencils.kept(TEMPLATES[name], shown, language).start


@lru_cache(maxsize=256)
def _word(value: str, kind: str, _language: str) -> str:
    return words.label(value, kind)


def _taking(row: HallRow, href: str) -> SafeString:
    """Return what a row says of taking it; address and number are its own, the rest is shared."""
    why_not = row.why_not.user_message if row.why_not else ""
    shown = {"takeable": row.takeable, "mode": row.mode, "why_not": str(why_not)}
    return stencils.stencil(TEMPLATES["taking"], **shown).filled(
        {"href": href, "number": row.number}
    )

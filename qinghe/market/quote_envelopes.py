"""What lies in the envelope of an answer; every one has the same length. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from qinghe.market.envelopes import packed, unpacked
from qinghe.market.quoting import ENVELOPE


@dataclass(frozen=True)
class Quote:
    """What an agency offers. Rates are shares of one, times are days."""

    rate: Decimal
    quality_share: Decimal
    period_days: int
    first_action_days: int
    report_days: int
    sentence: str = ""


@dataclass(frozen=True)
class Said:
    """One hand-in: a quotation, a refusal with its reason, or neither: an answer taken back."""

    request_id: UUID
    collector_id: UUID
    user_id: UUID
    at: datetime
    quote: Quote | None = None
    refused: str = ""

    @property
    def withdrawn(self) -> bool:
        """Tell whether this takes an earlier answer back."""
        return self.quote is None and not self.refused


def written(said: Said) -> bytes:
    """Return the plain bytes of a hand-in, freshly salted."""
    facts = {
        "request": said.request_id,
        "collector": said.collector_id,
        "user": said.user_id,
        "at": said.at.astimezone(UTC).isoformat(),
        "refused": said.refused,
        "quote": said.quote
        and {
            "rate": str(said.quote.rate),
            "quality_share": str(said.quote.quality_share),
            "period_days": said.quote.period_days,
            "first_action_days": said.quote.first_action_days,
            "report_days": said.quote.report_days,
            "sentence": said.quote.sentence,
        },
    }
    return packed(facts, length=ENVELOPE)


def read(plain: bytes) -> Said:
    """Return the hand-in that plain bytes hold."""
    facts = unpacked(plain)
    told = facts["quote"]
    return Said(
        request_id=UUID(facts["request"]),
        collector_id=UUID(facts["collector"]),
        user_id=UUID(facts["user"]),
        at=datetime.fromisoformat(facts["at"]),
        quote=told
        and Quote(
            rate=Decimal(told["rate"]),
            quality_share=Decimal(told["quality_share"]),
            period_days=told["period_days"],
            first_action_days=told["first_action_days"],
            report_days=told["report_days"],
            sentence=told["sentence"],
        ),
        refused=facts["refused"],
    )

"""
What lies in an envelope, byte for byte, and the hash that commits to it. Pure.

Every envelope has the same length, so that its size tells nothing: neither rate nor withdrawal.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

LENGTH: Final = 640
SALT_BYTES: Final = 32


@dataclass(frozen=True)
class Content:
    """One bid, or its withdrawal (no rate). Rates are shares of one."""

    listing_id: UUID
    collector_id: UUID
    user_id: UUID
    at: datetime
    rate: Decimal | None
    quality_share: Decimal | None
    terms_sha256: str

    @property
    def withdrawn(self) -> bool:
        """Tell whether this takes an earlier bid back."""
        return self.rate is None


def packed(facts: Mapping[str, object], salt: str = "", length: int = LENGTH) -> bytes:
    """Return facts with a salt as canonical JSON, filled with blanks to the one length."""
    salted = {**facts, "salt": salt or secrets.token_hex(SALT_BYTES)}
    text = json.dumps(salted, sort_keys=True, separators=(",", ":"), default=str)
    assert len(text) <= length, "an envelope must hold whatever can be said in it"
    return text.ljust(length).encode()


def unpacked(plain: bytes) -> dict[str, Any]:
    """Return the facts of an envelope, its salt among them."""
    found: dict[str, Any] = json.loads(plain)
    return found


def commitment(plain: bytes) -> str:
    """Return the hash that commits to an envelope; the salt inside keeps it from being guessed."""
    return hashlib.sha256(plain).hexdigest()


def written(content: Content) -> bytes:
    """Return the plain bytes of a bid, freshly salted."""
    return packed(
        {
            "listing": content.listing_id,
            "collector": content.collector_id,
            "user": content.user_id,
            "at": content.at.astimezone(UTC).isoformat(),
            "rate": content.rate,
            "quality_share": content.quality_share,
            "terms": content.terms_sha256,
        }
    )


def read(plain: bytes) -> Content:
    """Return the bid that plain bytes hold."""
    facts = unpacked(plain)
    rate, share = facts["rate"], facts["quality_share"]
    return Content(
        listing_id=UUID(facts["listing"]),
        collector_id=UUID(facts["collector"]),
        user_id=UUID(facts["user"]),
        at=datetime.fromisoformat(facts["at"]),
        rate=None if rate is None else Decimal(rate),
        quality_share=None if share is None else Decimal(share),
        terms_sha256=facts["terms"],
    )

"""Who pays out in the tests that kill, and when; no Django, for a process that has none yet."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from qinghe.kernel.actor import Actor, Role

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
PREPARES, APPROVES, ANSWERS = (
    Actor(role=Role.OPERATOR, user_id=UUID(int=number)) for number in (1, 2, 3)
)

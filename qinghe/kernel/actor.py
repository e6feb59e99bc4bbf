"""Who is acting: built once at a door, passed to every service and query."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """The seven roles of the product, and the machinery itself."""

    CREDITOR = "creditor"
    COLLECTOR = "collector"
    DEBTOR = "debtor"
    REVIEWER = "reviewer"
    COMPLIANCE = "compliance"
    OPERATOR = "operator"
    REGULATOR = "regulator"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """
    One person (or job) in one role, acting for at most one organisation.

    `person_id` is set for debtors only. `request_key` is the idempotency key of the request:
    the same key with the same body returns the stored answer.
    """

    role: Role
    user_id: UUID | None = None
    org_id: UUID | None = None
    person_id: UUID | None = None
    request_key: str | None = None

    @property
    def label(self) -> str:
        """Return the text under which the journal knows this actor; no personal datum."""
        who = self.user_id or self.person_id or "-"
        return f"{self.role}:{who}"

    @property
    def reader(self) -> tuple[Role, UUID | None, UUID | None, UUID | None]:
        """Return all that what an actor may read depends on, and nothing of one request."""
        return self.role, self.user_id, self.org_id, self.person_id

    def with_key(self, key: str | None) -> Actor:
        """Return the same actor carrying the idempotency key of one request."""
        return replace(self, request_key=key)


def system(job: str) -> Actor:
    """Return the actor of a named job; its label is `system:<job>` in the journal."""
    return SystemActor(role=Role.SYSTEM, job=job)


@dataclass(frozen=True)
class SystemActor(Actor):
    """A job acting for nobody in particular."""

    job: str = ""

    @property
    def label(self) -> str:
        return f"system:{self.job}"

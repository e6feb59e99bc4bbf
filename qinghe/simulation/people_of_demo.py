"""The accounts of a demonstration market: one or more per role, all at example.com."""

from __future__ import annotations

from typing import Final

from qinghe.kernel.actor import Role

DEMO_PASSWORD: Final = "qinghe-demo-2026"  # noqa: S105  printed on the sign-in page

# e-mail, role, organisation
DEMO_USERS: Final[tuple[tuple[str, Role, str], ...]] = (
    ("creditor@example.com", Role.CREDITOR, "demo-factoring"),
    ("collector@example.com", Role.COLLECTOR, "demo-agency"),
    ("team@example.com", Role.COLLECTOR, "demo-own-team"),
    ("reviewer@example.com", Role.REVIEWER, "demo-operator"),
    ("compliance@example.com", Role.COMPLIANCE, "demo-operator"),
    ("compliance2@example.com", Role.COMPLIANCE, "demo-operator"),
    ("operator@example.com", Role.OPERATOR, "demo-operator"),
    ("operator2@example.com", Role.OPERATOR, "demo-operator"),
    ("regulator@example.com", Role.REGULATOR, "demo-regulator"),
)

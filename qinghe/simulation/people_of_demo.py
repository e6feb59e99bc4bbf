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
    ("reviewer2@example.com", Role.REVIEWER, "demo-operator"),
    ("compliance@example.com", Role.COMPLIANCE, "demo-operator"),
    ("compliance2@example.com", Role.COMPLIANCE, "demo-operator"),
    ("operator@example.com", Role.OPERATOR, "demo-operator"),
    ("operator2@example.com", Role.OPERATOR, "demo-operator"),
    ("regulator@example.com", Role.REGULATOR, "demo-regulator"),
)
# People who act in the story besides those who sign in to a demonstration.
EXTRAS: Final[tuple[tuple[str, Role, str], ...]] = (
    ("finance@example.com", Role.CREDITOR, "demo-finance"),
    ("bank@example.com", Role.CREDITOR, "demo-bank"),
    ("collector2@example.com", Role.COLLECTOR, "demo-agency-2"),
    ("collector3@example.com", Role.COLLECTOR, "demo-agency-3"),
    ("collector4@example.com", Role.COLLECTOR, "demo-agency-4"),
    ("team2@example.com", Role.COLLECTOR, "demo-own-team"),
    ("team3@example.com", Role.COLLECTOR, "demo-own-team"),
)
# Somebody who has applied, and acts for nobody yet.
APPLICANT: Final = "applicant@example.com"
# Whoever knows the manual knows the password of all of these.
ADDRESSES: Final = frozenset(each[0] for each in DEMO_USERS + EXTRAS) | {APPLICANT}

"""
Who may open which page of the staff side: one line per URL name. A test walks every address with
every role and compares. `EVERYBODY` needs no sign-in, `STAFF` is any signed-in member.
"""

from __future__ import annotations

from typing import Final

from qinghe.kernel.actor import Role

CREDITOR: Final = frozenset({Role.CREDITOR})
COLLECTOR: Final = frozenset({Role.COLLECTOR})
REVIEW: Final = frozenset({Role.REVIEWER, Role.COMPLIANCE})
COMPLIANCE: Final = frozenset({Role.COMPLIANCE})
OPERATOR: Final = frozenset({Role.OPERATOR})
PLACING: Final = frozenset({Role.CREDITOR, Role.OPERATOR})
OVERSIGHT: Final = frozenset({Role.REVIEWER, Role.COMPLIANCE, Role.OPERATOR})
OWN_MONEY: Final = frozenset({Role.CREDITOR, Role.COLLECTOR, Role.OPERATOR})
FIGURES: Final = frozenset({Role.COMPLIANCE, Role.OPERATOR, Role.REGULATOR})
COMPLAINTS: Final = frozenset({Role.CREDITOR, Role.COLLECTOR, Role.COMPLIANCE})
STAFF: Final = frozenset(Role) - {Role.DEBTOR, Role.SYSTEM}
EVERYBODY: Final = frozenset(Role) - {Role.SYSTEM}

ACCESS: Final[dict[str, frozenset[Role]]] = {
    # public
    "home": EVERYBODY,
    "how": EVERYBODY,
    "transparency": EVERYBODY,
    "definitions": EVERYBODY,
    "directory": EVERYBODY,
    "rules": EVERYBODY,
    "rule": EVERYBODY,
    "check-code": EVERYBODY,
    "complain": EVERYBODY,
    "complaint-find": EVERYBODY,
    "complaint-state": EVERYBODY,
    "preferences": EVERYBODY,
    "styleguide": STAFF,
    # any member
    "start": STAFF,
    "membership": STAFF,
    "search": STAFF,
    # creditor
    "creditor-home": CREDITOR,
    "batches": CREDITOR,
    "batch-new": CREDITOR,
    "batch-columns": CREDITOR,
    "batch": CREDITOR,
    "batch-decide": CREDITOR,
    "batch-errors": CREDITOR,
    "claims": CREDITOR | OVERSIGHT,
    "claim": CREDITOR | OVERSIGHT,
    "claim-evidence": CREDITOR,
    "evidence-file": CREDITOR | REVIEW,
    "claim-plan": CREDITOR,
    "claim-hardship": CREDITOR | COMPLIANCE,
    "claim-door-letter": COMPLIANCE | OPERATOR,
    "claim-withdraw": CREDITOR,
    "claim-hold": COMPLIANCE,
    "claim-hold-lift": COMPLIANCE,
    "publish": PLACING,
    "listings": PLACING,
    "listing-withdraw": PLACING,
    "mandates": PLACING,
    "mandate-recall": PLACING,
    "mandate-resume": COMPLIANCE,
    "payments": OWN_MONEY,
    "statements": OWN_MONEY,
    "statement-file": OWN_MONEY,
    # collector
    "hall": COLLECTOR,
    "listing": COLLECTOR,
    "take": COLLECTOR,
    "orders": COLLECTOR,
    "mailing-new": COLLECTOR,
    "mailing": COLLECTOR,
    "mailing-stop": COLLECTOR,
    "workbench": COLLECTOR,
    "case": COLLECTOR,
    "case-contact": COLLECTOR,
    "case-outcome": COLLECTOR,
    "case-record": COLLECTOR,
    "case-promise": COLLECTOR,
    "case-callback": COLLECTOR,
    "case-give-back": COLLECTOR,
    "promises": COLLECTOR,
    "earnings": COLLECTOR,
    "quality": COLLECTOR,
    # reviewer and compliance
    "verify": REVIEW,
    "verify-claim": REVIEW,
    "verify-decide": REVIEW,
    "flag-decide": REVIEW,
    "disputes": COMPLIANCE,
    "dispute": COMPLIANCE,
    "complaints": COMPLAINTS,
    "complaint": COMPLIANCE,
    "attempt": CREDITOR | COLLECTOR | OVERSIGHT,
    "complaint-release": COMPLIANCE,
    "refusals": COMPLIANCE,
    "organisations": OVERSIGHT,
    "organisation": OVERSIGHT,
    "organisation-verify": REVIEW,
    "organisation-suspend": COMPLIANCE,
    # operator
    "operator-home": OPERATOR,
    "organisation-new": OPERATOR,
    "organisation-capacity": OPERATOR,
    "licence-add": OPERATOR,
    "member-add": OPERATOR,
    "payouts": OPERATOR,
    "payouts-prepare": OPERATOR,
    "payout-approve": OPERATOR,
    "payout-pay": OPERATOR,
    "money": OPERATOR,
    "payment-reverse": OPERATOR,
    "letters": OPERATOR,
    "letter-file": OPERATOR,
    "letter-printed": OPERATOR,
    "jobs": OPERATOR,
    # regulator and proof
    "regulator-home": FIGURES,
    "figures-file": FIGURES,
    "journal": FIGURES,
}

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
HOUSE: Final = frozenset({Role.COMPLIANCE, Role.OPERATOR})
PLACING: Final = frozenset({Role.CREDITOR, Role.OPERATOR})
OVERSIGHT: Final = frozenset({Role.REVIEWER, Role.COMPLIANCE, Role.OPERATOR})
OWN_MONEY: Final = frozenset({Role.CREDITOR, Role.COLLECTOR, Role.OPERATOR})
FIGURES: Final = frozenset({Role.COMPLIANCE, Role.OPERATOR, Role.REGULATOR})
COMPLAINTS: Final = frozenset({Role.CREDITOR, Role.COLLECTOR, Role.COMPLIANCE})
PARTIES: Final = PLACING | COLLECTOR
HEARD: Final = frozenset({Role.COLLECTOR, Role.COMPLIANCE})
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
    "batch-cancel": CREDITOR,
    "batch-errors": CREDITOR,
    "claims": CREDITOR | OVERSIGHT,
    "claim": CREDITOR | OVERSIGHT,
    "claim-evidence": CREDITOR,
    "evidence-file": CREDITOR | REVIEW,
    "claim-complaint": CREDITOR,
    "claim-payment": CREDITOR,
    "claim-plan": CREDITOR,
    "claim-hardship": CREDITOR | COMPLIANCE,
    "claim-notes": HEARD,
    "claim-door-letter": COMPLIANCE | OPERATOR,
    "claim-withdraw": CREDITOR,
    "claim-hold": COMPLIANCE,
    "claim-hold-lift": COMPLIANCE,
    "publish": PLACING,
    "listings": PLACING,
    "listing-withdraw": PLACING,
    "mandates": PLACING,
    "mandate-terms": PARTIES,
    "mandate-recall": PLACING,
    "mandate-resume": COMPLIANCE,
    "payments": OWN_MONEY,
    "payments-report": CREDITOR,
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
    "case-promise-cancel": COLLECTOR,
    "case-callback": COLLECTOR,
    "case-give-back": COLLECTOR,
    "promises": COLLECTOR,
    "earnings": COLLECTOR,
    "quality": COLLECTOR,
    # reviewer and compliance
    "verify": REVIEW,
    "verify-claim": REVIEW,
    "verify-identity": REVIEW,
    "verify-decide": REVIEW,
    "flag-decide": REVIEW,
    "disputes": COMPLIANCE,
    "dispute": COMPLIANCE,
    "complaints": COMPLAINTS,
    "complaint": COMPLIANCE,
    "complaint-release": COMPLIANCE,
    "attempt": CREDITOR | COLLECTOR | OVERSIGHT,
    "refusals": COMPLIANCE,
    "house-packs": HOUSE,
    "house-pack-new": HOUSE,
    "house-pack": HOUSE,
    "house-pack-replay": HOUSE,
    "house-pack-hand-over": HOUSE,
    "house-pack-withdraw": HOUSE,
    "house-pack-approve": HOUSE,
    "house-pack-end": HOUSE,
    "house-pack-grant-end": HOUSE,
    "overrides": COMPLIANCE,
    "override-new": COMPLIANCE,
    "override-decide": COMPLIANCE,
    "override-send": COMPLIANCE,
    "words": COLLECTOR | COMPLIANCE,
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
    "member-end": OPERATOR,
    "payouts": OPERATOR,
    "payouts-prepare": OPERATOR,
    "payout-approve": OPERATOR,
    "payout-pay": OPERATOR,
    "payout-return": OPERATOR,
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
    "journal-seals": FIGURES,
}

"""Who opens pages together: sets of roles. `EVERYBODY` needs no sign-in, `STAFF` is any member."""

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
DECLARING: Final = CREDITOR | COLLECTOR
HEARD: Final = frozenset({Role.COLLECTOR, Role.COMPLIANCE})
STAFF: Final = frozenset(Role) - {Role.DEBTOR, Role.SYSTEM}
EVERYBODY: Final = frozenset(Role) - {Role.SYSTEM}

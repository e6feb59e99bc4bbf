"""What must hold at the end of every simulated day, and the counts that a seed must repeat."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Count, Model, Sum

from qinghe.casework.models import Plan, Promise
from qinghe.claims.models import Claim, Dispute, Hold
from qinghe.contact.models import Attempt
from qinghe.ledger.models import Account
from qinghe.market.models import Listing, Mandate
from qinghe.quality.models import Complaint
from qinghe.reporting.verification import verify
from qinghe.settlement.models import Payment, Payout

STATES: tuple[type[Model], ...] = (
    Claim, Dispute, Listing, Mandate, Attempt, Promise, Plan, Payment, Payout, Complaint,
)  # fmt: skip


class Broken(Exception):
    """An invariant does not hold: the product has a bug."""

    def __init__(self, day: date, names: list[str]) -> None:
        super().__init__(f"{day.isoformat()}: {'; '.join(names)}")
        self.day, self.names = day, names


def broken_invariants(*, at: datetime) -> list[str]:
    """Return the checks of `qinghe verify` that fail, with their detail."""
    return [f"{check.name}: {check.detail}" for check in verify(at=at) if not check.ok]


def state_of() -> dict[str, object]:
    """Return counts by state, open holds and balances: equal for equal seeds."""
    state: dict[str, object] = {
        model._meta.label_lower: {
            row["state"]: row["n"]
            for row in model._default_manager.values("state")
            .annotate(n=Count("pk"))
            .order_by("state")
        }
        for model in STATES
    }
    state["holds"] = Hold.objects.filter(lifted_at__isnull=True).count()
    totals = Claim.objects.aggregate(owed=Sum("principal"), paid=Sum("paid"))
    state["owed"], state["paid"] = totals["owed"], totals["paid"]
    state["balance"] = Account.objects.aggregate(sum=Sum("balance"))["sum"]
    return state

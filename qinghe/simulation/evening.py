"""The evening: people decide what the day brought, and the journal is sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from qinghe.casework.models import Hardship, Plan
from qinghe.casework.services import decide_hardship, decide_plan
from qinghe.claims.days import day_of
from qinghe.claims.models import Dispute
from qinghe.claims.services import decide_dispute
from qinghe.journal.services import seal
from qinghe.quality.models import Complaint
from qinghe.quality.services import decide_complaint
from qinghe.simulation.doer import Doer
from qinghe.simulation.office import CREDITORS
from qinghe.simulation.world import World

DECIDED_AFTER = timedelta(days=2)


@dataclass
class Evening:
    """Decisions of creditors, compliance and operators."""

    world: World
    doer: Doer

    def decide(self, *, at: datetime) -> None:
        """Decide plans at once, and disputes, hardship and complaints after two days."""
        for plan in Plan.objects.filter(state="proposed").select_related("claim").order_by("pk"):
            agreed = self.doer.random.random() < 0.8
            owner = self._owner(plan)
            actor = self.world.actor(owner)
            self.doer.do(decide_plan, plan_id=plan.pk, agreed=agreed, actor=actor, at=at)
        due = at - DECIDED_AFTER
        for dispute in Dispute.objects.filter(state="open", opened_at__lte=due).order_by("pk"):
            self._dispute(dispute, at)
        for hardship in Hardship.objects.filter(state="open", asked_at__lte=due).order_by("pk"):
            self._hardship(hardship, at)
        for complaint in Complaint.objects.filter(state="open", opened_at__lte=due).order_by("pk"):
            self._complaint(complaint, at)

    def _owner(self, plan: Plan) -> str:
        names = {self.world.orgs[slug]: name for name, slug in CREDITORS}
        return names[plan.claim.creditor_id]

    def _dispute(self, dispute: Dispute, at: datetime) -> None:
        outcome = self.doer.random.choice(("dismissed", "dismissed", "upheld"))
        self.doer.do(
            decide_dispute,
            dispute_id=dispute.pk,
            outcome=outcome,
            text="已核对合同和流水。" if outcome == "dismissed" else "债权人没有拿出凭证。",
            correction=None,
            actor=self.world.actor("compliance"),
            at=at,
        )

    def _hardship(self, hardship: Hardship, at: datetime) -> None:
        self.doer.do(
            decide_hardship,
            hardship_id=hardship.pk,
            granted=True,
            pause_until=day_of(at) + timedelta(days=30),
            actor=self.world.actor("compliance"),
            at=at,
        )

    def _complaint(self, complaint: Complaint, at: datetime) -> None:
        upheld = self.doer.random.random() < 0.3
        self.doer.do(
            decide_complaint,
            complaint_id=complaint.pk,
            upheld=upheld,
            text="已核对联系记录。",
            actor=self.world.actor("compliance"),
            at=at,
        )

    def seal(self, *, at: datetime) -> None:
        """Seal the journal of the day."""
        seal(at=at)

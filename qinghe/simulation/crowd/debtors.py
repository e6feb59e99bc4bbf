"""What debtors do once somebody reached them: pay, complain with reason, complain without."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from qinghe.claims.models import Claim
from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Mandate
from qinghe.quality.services import open_complaint
from qinghe.quality.terms import ComplaintKind
from qinghe.simulation.crowd.cast import Kind, Player
from qinghe.simulation.crowd.supply import Supply
from qinghe.simulation.crowd.truth import Truth
from qinghe.simulation.doer import Doer
from qinghe.simulation.words import COMPLAINT, said

# How often a contact by the best of collectors brings the money.
PAYS: Final = 0.3
# How often a dishonest one does it, and how often its debtor complains then.
MISDEED, COMPLAINS = 0.6, 0.3
# How often a debtor complains without reason.
UNFOUNDED: Final = 0.004
DEED: Final = {
    Kind.THREATENS: ComplaintKind.RUDE, Kind.OFFLINE: ComplaintKind.PRIVATE_PAYMENT,
}  # fmt: skip


@dataclass
class Debtors:
    """The other side of every contact."""

    doer: Doer
    truth: Truth
    supply: Supply

    def reached(self, player: Player, mandate: Mandate, at: datetime) -> None:
        """Answer one contact."""
        chance = self.doer.random
        deed = DEED.get(player.kind)
        if deed is not None and chance.random() < MISDEED and chance.random() < COMPLAINS:
            self._complain(mandate, deed, at, real=True)
        elif chance.random() < UNFOUNDED:
            kind = chance.choice((ComplaintKind.TOO_OFTEN, ComplaintKind.RUDE))
            self._complain(mandate, kind, at, real=False)
        elif chance.random() < PAYS * player.skill:
            self.pays(mandate.claim)

    def pays(self, claim: Claim) -> None:
        """Pay everything to the creditor, who reports it today."""
        self.supply.paid[claim.creditor_id].append(claim.pk)

    def _complain(self, mandate: Mandate, kind: str, at: datetime, *, real: bool) -> None:
        made = self.doer.do(
            open_complaint,
            kind=kind,
            statement=said(COMPLAINT, mandate.claim.number),
            claim_id=mandate.claim_id,
            person_id=mandate.claim.debtor_id,
            actor=Actor(Role.DEBTOR, person_id=mandate.claim.debtor_id),
            at=at,
        )
        if made is not None and real:
            self.truth.add(f"complaint:{made.pk}")

"""What comes after an order was worked: returns with a reason, and ratings by both sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from qinghe.claims.models import Claim
from qinghe.claims.services import open_dispute
from qinghe.claims.terms import ClaimState
from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Introduction, Mandate
from qinghe.market.quoting import IntroComplaintKind, IntroState
from qinghe.market.services import confirm_return, give_back, relist
from qinghe.market.services.intro_complaints import complain_of_introduction
from qinghe.market.terms import LIVE, MandateState, ReturnReason
from qinghe.quality.models import Complaint, Rating
from qinghe.quality.services import appeal, rate_mandate
from qinghe.quality.terms import AppealAbout, AppealGround, ComplaintState, Side
from qinghe.settlement.services import prepare_payouts
from qinghe.simulation.doer import Doer
from qinghe.simulation.office import CREDITORS
from qinghe.simulation.words import CONTEST, said
from qinghe.simulation.world import World

BACK: Final = (
    (ReturnReason.NO_CONTACT, "登记的联系方式都打不通，书面提醒也没有回音。"),
    (ReturnReason.CANNOT_PAY, "本人说明目前没有收入，建议先协商缓交。"),
    (ReturnReason.NO_ROOM, "本月人手不足，先退回，免得耽误。"),
)
# Of a hundred mandates that ended lately each side rates so many.
RATES: Final = 75
LATELY: Final = timedelta(days=2)
COLLECTORS: Final = {"demo-agency": "collector", "demo-agency-2": "collector2"}


@dataclass
class Afterwards:
    """Returns and ratings."""

    world: World
    doer: Doer
    returned: int = 0

    def give_back(self, *, at: datetime) -> None:
        """Let an agency give its oldest order back; each time for another reason."""
        slug, name = list(COLLECTORS.items())[self.returned % len(COLLECTORS)]
        live = Mandate.objects.filter(
            collector=self.world.orgs[slug],
            creditor=self.world.orgs["demo-factoring"],
            state=MandateState.ACTIVE,
        )
        mandate = live.order_by("starts_at", "claim__number").first()
        if mandate is None:
            return
        code, words = BACK[self.returned % len(BACK)]
        self.returned += 1
        self.doer.do(
            give_back,
            mandate_id=mandate.pk,
            reason=words,
            code=code,
            actor=self.world.actor(name),
            at=at,
        )

    def take_up_again(self, *, at: datetime) -> None:
        """Let the creditor bear out what came back first, and offer it again."""
        back = Mandate.objects.filter(
            state=MandateState.RETURNED, creditor=self.world.orgs["demo-factoring"]
        )
        mandate = back.order_by("closed_at", "pk").first()
        if mandate is not None:
            actor = self.world.actor("creditor")
            self.doer.do(confirm_return, mandate_id=mandate.pk, actor=actor, at=at)
            self.doer.do(relist, claim_id=mandate.claim_id, actor=actor, at=at)

    def leave(self, *, at: datetime) -> None:
        """Prepare payouts that nobody has approved, contest a new claim, appeal a complaint."""
        self.doer.do(prepare_payouts, actor=self.world.actor("operator"), at=at)
        claims = Claim.objects.filter(state=ClaimState.CHALLENGE).order_by("number")
        if (claim := claims.first()) is not None:
            self.doer.do(
                open_dispute,
                claim_id=claim.pk,
                reason="amount",
                statement=said(CONTEST, claim.number),
                actor=Actor(Role.DEBTOR, person_id=claim.debtor_id),
                at=at,
            )
        self._appeal(at)
        made = Introduction.objects.filter(state=IntroState.MADE).order_by("pk").first()
        if made is not None:
            self.doer.do(
                complain_of_introduction,
                introduction_id=made.pk,
                kind=IntroComplaintKind.TERMS,
                words="签约时要求的佣金比报价高。",
                actor=self.world.actor("creditor"),
                at=at,
            )

    def _appeal(self, at: datetime) -> None:
        names = {self.world.orgs[slug]: name for slug, name in COLLECTORS.items()}
        upheld = Complaint.objects.filter(collector__in=names, state=ComplaintState.UPHELD)
        complaint = upheld.order_by("-opened_at", "pk").first()
        if complaint is not None and complaint.collector_id is not None:
            self.doer.do(
                appeal,
                about=AppealAbout.COMPLAINT,
                target_id=complaint.pk,
                ground=AppealGround.RECORDS,
                statement="通话录音里没有投诉所说的内容，请再核对。",
                actor=self.world.actor(names[complaint.collector_id]),
                at=at,
            )

    def rate(self, *, at: datetime) -> None:
        """Let both sides rate each other; whoever looks in afterwards finds some left to rate."""
        sides = {
            Side.CREDITOR: {self.world.orgs[slug]: name for name, slug in CREDITORS},
            Side.COLLECTOR: {self.world.orgs[slug]: name for slug, name in COLLECTORS.items()},
        }
        rated = set(Rating.objects.values_list("mandate_id", "side"))
        ended = Mandate.objects.exclude(state__in=LIVE).filter(closed_at__gt=at - LATELY)
        for mandate in list(ended.order_by("closed_at", "claim__number")):
            orgs = {Side.CREDITOR: mandate.creditor_id, Side.COLLECTOR: mandate.collector_id}
            for side, names in sides.items():
                name = names.get(orgs[side])
                if name is None or (mandate.pk, side) in rated:
                    continue
                if self.doer.random.randrange(100) < RATES:
                    self._rate(mandate, self.world.actor(name), at)

    def _rate(self, mandate: Mandate, actor: Actor, at: datetime) -> None:
        marks = [self.doer.random.choice((3, 4, 4, 5, 5)) for _ in range(4)]
        self.doer.do(rate_mandate, mandate_id=mandate.pk, marks=marks, actor=actor, at=at)

"""The information mode: agencies in the directory, requests for quotation, introductions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from qinghe.market.models import Introduction, Quotation, QuoteInvite, QuoteRequest
from qinghe.market.quote_envelopes import Quote
from qinghe.market.quoting import (
    CONSENT,
    CountBand,
    IntroState,
    NoQuote,
    QuoteState,
    Signed,
    SizeBand,
    SumBand,
)
from qinghe.market.services.directory import join_directory
from qinghe.market.services.introducing import propose_introduction, report_introduction
from qinghe.market.services.quotes import hand_in_quote, refuse_quote
from qinghe.market.services.quoting import ask_quotes
from qinghe.settlement.services import introduce, receive_fee
from qinghe.simulation.doer import Doer
from qinghe.simulation.modes.answering import AGENCIES
from qinghe.simulation.world import World

CONSUMER: Final = ("credit_card", "consumer_loan")
LISTED: Final = (
    ("collector", SizeBand.MIDDLE, CONSUMER, ()),
    ("collector2", SizeBand.SMALL, (), ("M1", "M2", "M3")),
    ("collector3", SizeBand.SMALL, ("consumer_loan", "small_loan"), ()),
    ("collector4", SizeBand.TINY, (), ()),
)
OFFERS: Final = {
    "collector": Quote(Decimal("0.18"), Decimal("0.25"), 90, 2, 14, "有专人做分期协商。"),
    "collector2": Quote(Decimal("0.21"), Decimal("0.2"), 120, 3, 30),
    "collector3": Quote(Decimal("0.165"), Decimal("0.3"), 90, 1, 10, "省内可上门送达书面材料。"),
}
OPEN_FOR, OPEN_FOR_AT_LAST = timedelta(hours=30), timedelta(days=5)


@dataclass
class Information:
    """Creditors and agencies who look for each other; no case is part of it."""

    world: World
    doer: Doer

    def join(self, *, at: datetime) -> None:
        """Let agencies enter the directory, each with what it does."""
        for place, (name, size, products, stages) in enumerate(LISTED):
            self.doer.do(
                join_directory,
                size=size,
                contact_name="示例联系人",
                contact_phone=f"+861000000000{place}",
                consent=CONSENT,
                products=products,
                stages=stages,
                actor=self.world.actor(name),
                at=at,
            )

    def ask(self, *, creditor: str, region: str, last: bool, at: datetime) -> None:
        """Ask every agency that fits about a portfolio, told in bands."""
        self.doer.do(
            ask_quotes,
            product="consumer_loan",
            stage="M3",
            count_band=CountBand.C2,
            sum_band=SumBand.S2,
            regions=[region],
            closes_at=at + (OPEN_FOR_AT_LAST if last else OPEN_FOR),
            contact_name="示例联系人",
            contact_phone="+8610000000009",
            actor=self.world.actor(creditor),
            at=at,
        )

    def answer(self, *, but: str = "", at: datetime) -> None:
        """Let every agency that was asked answer under seal, but for one that has not yet."""
        request = QuoteRequest.objects.filter(state=QuoteState.OPEN).order_by("-asked_at").first()
        invites = QuoteInvite.objects.filter(request=request)
        asked = set(invites.values_list("collector_id", flat=True))
        for slug, name in AGENCIES.items():
            if request is None or name == but or self.world.orgs[slug] not in asked:
                continue
            actor = self.world.actor(name)
            if quote := OFFERS.get(name):
                self.doer.do(hand_in_quote, request_id=request.pk, quote=quote, actor=actor, at=at)
            else:
                why = NoQuote.SIZE
                self.doer.do(refuse_quote, request_id=request.pk, reason=why, actor=actor, at=at)

    def choose(self, *, creditor: str, at: datetime) -> None:
        """Choose the quotation of the agency that signs in to a demonstration; it is asked."""
        org_id = self.world.actor(creditor).org_id
        quotes = Quotation.objects.filter(
            request__creditor=org_id, request__state=QuoteState.OPENED, refused="", passed=""
        )
        mine = quotes.filter(collector=self.world.orgs["demo-agency"])
        chosen = mine.order_by("opened_at", "pk").first()
        if chosen is not None:
            self.doer.do(
                propose_introduction,
                quotation_id=chosen.pk,
                actor=self.world.actor(creditor),
                at=at,
            )

    def agree(self, *, at: datetime) -> None:
        """Let the chosen agency agree; from here on contact persons open to both."""
        for made in Introduction.objects.filter(state=IntroState.PROPOSED).order_by("pk"):
            actor = self.world.actor("collector")
            self.doer.do(introduce, introduction_id=made.pk, actor=actor, at=at)

    def tell(self, *, at: datetime) -> None:
        """Let both sides say what came of it, and the fee arrive."""
        for made in Introduction.objects.filter(state=IntroState.MADE).order_by("pk"):
            for name in ("creditor", "collector"):
                self.doer.do(
                    report_introduction,
                    introduction_id=made.pk,
                    says=Signed.YES,
                    actor=self.world.actor(name),
                    at=at,
                )
            self.doer.do(
                receive_fee,
                introduction_id=made.pk,
                reference="示例回单",
                actor=self.world.actor("operator"),
                at=at,
            )

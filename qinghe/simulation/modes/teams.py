"""The operator's own team: a lead, two members, queues; a debtor stays with whoever knows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from qinghe.market.models import Mandate, TeamAssignment, TeamMember
from qinghe.market.services.queueing import distribute_team, move_debtor
from qinghe.market.services.teams import add_member, make_queue, name_lead
from qinghe.market.terms import LIVE
from qinghe.simulation.doer import Doer
from qinghe.simulation.world import World

SLUG, LEAD = "demo-own-team", "team"
# Name, rank, stages.
QUEUES: Final = (
    ("早期提醒", 10, ("M1", "M2")),
    ("中后期协商", 20, ("M3", "M4", "M5", "M6", "M7")),
)
# Sign-in, capacity, the queue it works (none: every one).
MEMBERS: Final = (("team2", 25, 0), ("team3", 20, None))


@dataclass
class Teams:
    """The one team of this market."""

    world: World
    doer: Doer

    def found(self, *, at: datetime) -> None:
        """Name the lead, and let it make queues and take members in."""
        lead = self.world.actor(LEAD)
        self.doer.do(
            name_lead,
            org_id=self.world.orgs[SLUG],
            user_id=lead.user_id,
            actor=self.world.actor("operator"),
            at=at,
        )
        queues: list[UUID] = []
        for name, rank, stages in QUEUES:
            made = self.doer.do(make_queue, name=name, rank=rank, stages=stages, actor=lead, at=at)
            queues += [made.pk] if made else []
        for name, capacity, queue in MEMBERS:
            self.doer.do(
                add_member,
                user_id=self.world.actor(name).user_id,
                capacity=capacity,
                queues=[] if queue is None else queues[queue : queue + 1],
                actor=lead,
                at=at,
            )

    def move(self, *, at: datetime) -> None:
        """Give one debtor to the other member, with the reason that the lead wrote."""
        held = TeamAssignment.objects.filter(
            organisation=self.world.orgs[SLUG], ended_at__isnull=True
        )
        given = held.order_by("starts_at", "pk").select_related("member").first()
        members = TeamMember.objects.filter(organisation=self.world.orgs[SLUG], lead=False)
        other = members.exclude(pk=given.member_id).order_by("pk").first() if given else None
        if given is None or other is None:
            return
        live = Mandate.objects.filter(collector=self.world.orgs[SLUG], state__in=LIVE)
        mandate = live.filter(claim__debtor=given.person_id).first()
        if mandate is not None:
            self.doer.do(
                move_debtor,
                claim_id=mandate.claim_id,
                member_id=other.pk,
                reason="本人要求换一位同事跟进。",
                actor=self.world.actor(LEAD),
                at=at,
            )

    def give_out(self, *, at: datetime) -> None:
        """Give what came to the members, as the lead."""
        self.doer.do(distribute_team, actor=self.world.actor(LEAD), at=at)

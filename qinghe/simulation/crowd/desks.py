"""The officers' evening: complaints, flags, hearings, rulings; late, and not always right."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from qinghe.kernel.actor import Actor
from qinghe.market.models import Standing
from qinghe.market.terms import Grade
from qinghe.parties.models import Organisation
from qinghe.parties.services import suspend_organisation
from qinghe.parties.terms import OrgKind, OrgState
from qinghe.quality.integrity_terms import FlagState, Outcome, RulingState
from qinghe.quality.models import Complaint, IntegrityFlag, Respondent, Ruling, Sign
from qinghe.quality.services import decide_complaint
from qinghe.quality.services.integrity.appealing import decide_objection, object_to
from qinghe.quality.services.integrity.hearing import hear, state_view
from qinghe.quality.services.integrity.ruling import decide_ruling, rule
from qinghe.quality.terms import ComplaintState, Gate
from qinghe.simulation.crowd.founding import Crowd
from qinghe.simulation.crowd.truth import Truth
from qinghe.simulation.doer import Doer

# Days until somebody gets to it: the least and the most.
COMPLAINT_DAYS: Final = (2, 7)
DESK_DAYS: Final = (1, 4)
# How often somebody answers a hearing, and how often an honest or another firm objects.
ANSWERS, HONEST_OBJECTS, OTHERS_OBJECT = 0.7, 1.0, 0.3
GRAVE_GATES: Final = (Gate.GRAVE, Gate.COMPLAINTS)


@dataclass
class Desks:
    """Three officers; each matter lies some days before one of them gets to it."""

    crowd: Crowd
    doer: Doer
    truth: Truth
    # When somebody gets to a matter.
    turns: dict[object, datetime] = field(default_factory=dict)

    def evening(self, *, at: datetime) -> None:
        """Do what is due today."""
        self._complaints(at)
        self._flags(at)
        self._second(at)
        self._objections(at)
        self._stopped(at)

    def _turn(self, matter: object, days: tuple[int, int], at: datetime) -> bool:
        """Tell whether a matter's day has come; the first look only draws the day."""
        if matter not in self.turns:
            self.turns[matter] = at + timedelta(days=self.doer.random.randint(*days))
        return self.turns[matter] <= at

    def _officer(self, number: int) -> Actor:
        return self.crowd.staff[f"officer-{number}"]

    def _complaints(self, at: datetime) -> None:
        for each in list(Complaint.objects.filter(state=ComplaintState.OPEN).order_by("pk")):
            if self._turn(each.pk, COMPLAINT_DAYS, at):
                self.doer.do(
                    decide_complaint,
                    complaint_id=each.pk,
                    upheld=self.truth.heard(f"complaint:{each.pk}"),
                    text="已核对联系记录。",
                    actor=self._officer(1),
                    at=at,
                )

    def _flags(self, at: datetime) -> None:
        waiting = IntegrityFlag.objects.exclude(state=FlagState.DECIDED).order_by("number")
        for flag in list(waiting):
            if flag.state == FlagState.OPEN:
                if self._turn((flag.pk, "hear"), DESK_DAYS, at):
                    words = "请说明这些委托的情况。"
                    self.doer.do(
                        hear, flag_id=flag.pk, question=words, actor=self._officer(1), at=at
                    )
                continue
            for asked in list(Respondent.objects.filter(flag=flag).order_by("organisation")):
                self._heard(flag, asked, at)

    def _heard(self, flag: IntegrityFlag, asked: Respondent, at: datetime) -> None:
        case = (flag.pk, asked.organisation_id)
        if asked.stated_at is None and self._turn((*case, "answer"), DESK_DAYS, at):
            self.turns[(*case, "answer")] = at + timedelta(days=365)
            speaker = self._speaker(asked.organisation_id)
            if speaker is not None and self.doer.random.random() < ANSWERS:
                words = "我方按约定作业。"
                self.doer.do(state_view, flag_id=flag.pk, text=words, actor=speaker, at=at)
            return
        over = asked.due_at is not None and asked.due_at <= at
        open_ = Ruling.objects.filter(flag=flag, organisation=asked.organisation_id)
        decided = open_.exclude(state=RulingState.DROPPED).exists()
        if decided or not (asked.stated_at or over):
            return
        if self._turn((*case, "rule", open_.count()), DESK_DAYS, at):
            # After a colleague did not agree, the first officer clears.
            founded = not open_.exists() and self._reads(flag)
            self.doer.do(
                rule,
                flag_id=flag.pk,
                org_id=asked.organisation_id,
                outcome=Outcome.SUSPENDED if founded else Outcome.UNFOUNDED,
                reason="已核对委托与联系记录。",
                actor=self._officer(1),
                at=at,
            )

    def _reads(self, flag: IntegrityFlag) -> bool:
        signs = Sign.objects.filter(flag=flag, withdrawn_at=None)
        return self.truth.read(set(signs.values_list("ref", flat=True)), flag.key)

    def _speaker(self, org_id: UUID) -> Actor | None:
        for actor in self.crowd.creditors.values():
            if actor.org_id == org_id:
                return actor
        return self.crowd.actors.get(org_id)

    def _second(self, at: datetime) -> None:
        asked = Ruling.objects.filter(state=RulingState.ASKED).select_related("flag")
        for ruling in list(asked.order_by("pk")):
            if self._turn((ruling.pk, "second"), DESK_DAYS, at):
                self.doer.do(
                    decide_ruling,
                    ruling_id=ruling.pk,
                    agreed=self._reads(ruling.flag),
                    actor=self._officer(2),
                    at=at,
                )

    def _objections(self, at: datetime) -> None:
        standing = Ruling.objects.filter(state=RulingState.STANDING, outcome=Outcome.SUSPENDED)
        for ruling in list(standing.select_related("flag").order_by("pk")):
            if ruling.appealed_at is None:
                self._object(ruling, at)
            elif ruling.appeal_decided_at is None and self._turn((ruling.pk, "a"), DESK_DAYS, at):
                self.doer.do(
                    decide_objection,
                    ruling_id=ruling.pk,
                    accepted=not self._reads(ruling.flag),
                    answer="已重新核对全部记录。",
                    actor=self._officer(3),
                    at=at,
                )

    def _object(self, ruling: Ruling, at: datetime) -> None:
        if not self._turn((ruling.pk, "object"), DESK_DAYS, at):
            return
        self.turns[ruling.pk, "object"] = at + timedelta(days=365)
        player = self.crowd.players.get(ruling.organisation_id)
        often = HONEST_OBJECTS if player is not None and player.honest else OTHERS_OBJECT
        if self.doer.random.random() < often:
            # A suspended firm cannot sign in: an officer records its letter.
            words = "我方不同意该决定。"
            self.doer.do(object_to, ruling_id=ruling.pk, text=words, actor=self._officer(2), at=at)

    def _stopped(self, at: datetime) -> None:
        """Suspend a firm that justified complaints have stopped, once an officer has read them."""
        told = Standing.objects.filter(
            ends_at__isnull=True, grade=Grade.STOPPED, gate__in=GRAVE_GATES
        )
        firms = Organisation.objects.filter(
            pk__in=told.values("collector"), state=OrgState.ACTIVE, kind=OrgKind.AGENCY
        )
        for org_id in list(firms.order_by("slug").values_list("pk", flat=True)):
            if self._turn((org_id, "stopped"), DESK_DAYS, at):
                upheld = Complaint.objects.filter(collector=org_id, state=ComplaintState.UPHELD)
                refs = {f"complaint:{pk}" for pk in upheld.values_list("pk", flat=True)}
                if self.truth.read(refs, ""):
                    self.doer.do(
                        suspend_organisation,
                        org_id=org_id,
                        reason="grave complaints",
                        actor=self._officer(2),
                        at=at,
                    )
                else:
                    self.turns[org_id, "stopped"] = at + timedelta(days=30)

"""The working day of collectors: whom they reach, what comes of it. Some ask at the wrong time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from qinghe.casework.services import add_record, make_promise
from qinghe.casework.terms import Action, Result
from qinghe.contact.models import Attempt
from qinghe.contact.services import record_outcome, request_contact
from qinghe.contact.terms import SILENT, AttemptState, Outcome
from qinghe.kernel import clock
from qinghe.market.models import Mandate
from qinghe.parties.terms import Channel
from qinghe.simulation.doer import Doer
from qinghe.simulation.words import NOTES
from qinghe.simulation.worker import run_waiting_jobs
from qinghe.simulation.world import World

WORKERS = (
    ("collector", "demo-agency"),
    ("collector2", "demo-agency-2"),
    ("collector3", "demo-agency-3"),
    ("collector4", "demo-agency-4"),
    ("team", "demo-own-team"),
)
OUTCOMES = (Outcome.NO_ANSWER, Outcome.NO_ANSWER, Outcome.TALK, Outcome.TALK, Outcome.BUSY)
RESULTS = (Result.PROMISE, Result.INFORMED, Result.REFUSES, Result.CALL_AGAIN, Result.HARDSHIP)
CASES_A_DAY = 6
# So many new ones a day; whoever takes more than that has them wait.
MOST_NEW = 12


@dataclass
class Field:
    """Everything collectors do with their orders."""

    world: World
    doer: Doer
    jobs: int = 0

    def work(self, *, day: date, at: datetime) -> None:
        """Let every collector work some of its cases, one contact each, now and then too many."""
        for name, slug in WORKERS:
            live = Mandate.objects.filter(collector=self.world.orgs[slug], state="active")
            mandates = list(live.select_related("claim").order_by("claim__number"))
            for place, mandate in enumerate(self.today(mandates)):
                self._case(name, mandate, day, at + timedelta(minutes=3 * place))

    def today(self, mandates: list[Mandate]) -> list[Mandate]:
        """Return what is new first, for what nobody begins goes back; then some of the others."""
        reached = Attempt.objects.filter(mandate__in=mandates).exclude(state__in=SILENT)
        begun = set(reached.values_list("mandate_id", flat=True))
        new = [each for each in mandates if each.pk not in begun][:MOST_NEW]
        known = [each for each in mandates if each.pk in begun]
        few = min(max(CASES_A_DAY - len(new), 0), len(known))
        return new + self.doer.random.sample(known, few)

    def _case(self, name: str, mandate: Mandate, day: date, at: datetime) -> None:
        eager = self.doer.random.random() < 0.1
        for again in range(5 if eager else 1):
            self._contact(name, mandate, day, at + timedelta(minutes=again))

    def late(self, *, at: datetime) -> None:
        """Let somebody ask for calls when the window is closed: all must be refused."""
        name, slug = WORKERS[0]
        live = Mandate.objects.filter(collector=self.world.orgs[slug], state="active")
        for mandate in live.order_by("claim__number")[:2]:
            self._ask(name, mandate, Channel.VOICE, at)

    def _ask(self, name: str, mandate: Mandate, channel: str, at: datetime) -> Attempt | None:
        attempt = self.doer.do(
            request_contact,
            claim_id=mandate.claim_id,
            channel=channel,
            template="reminder",
            actor=self.world.actor(name),
            at=at,
        )
        with clock.at(at):
            self.jobs += run_waiting_jobs()
        return attempt

    def _contact(self, name: str, mandate: Mandate, day: date, at: datetime) -> None:
        channel = self.doer.random.choice((Channel.VOICE, Channel.VOICE, Channel.SMS))
        attempt = self._ask(name, mandate, channel, at)
        if attempt is None or channel != Channel.VOICE or attempt.state == AttemptState.REFUSED:
            return
        outcome = self.doer.random.choice(OUTCOMES)
        actor = self.world.actor(name)
        self.doer.do(record_outcome, attempt_id=attempt.pk, outcome=outcome, actor=actor, at=at)
        self._record(name, mandate, attempt, outcome, day, at)

    def _record(
        self, name: str, mandate: Mandate, attempt: Attempt, outcome: str, day: date, at: datetime
    ) -> None:
        actor = self.world.actor(name)
        talked = outcome == Outcome.TALK
        result = self.doer.random.choice(RESULTS) if talked else Result.NOT_REACHED
        self.doer.do(
            add_record,
            claim_id=mandate.claim_id,
            action=Action.CALL,
            result=result,
            note=NOTES.get(result, ""),
            attempt_id=attempt.pk,
            actor=actor,
            at=at,
        )
        if result == Result.PROMISE:
            amount = max(100, mandate.claim.owed // 4)
            due = day + timedelta(days=self.doer.random.randint(2, 6))
            self.doer.do(
                make_promise,
                claim_id=mandate.claim_id,
                amount=amount,
                due_on=due,
                actor=actor,
                at=at,
            )

"""Find a collector's grade and figures, and push them down to where orders are taken."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import floor, log10
from uuid import UUID

from django.db import IntegrityError, transaction

from qinghe.claims.days import day_of
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, system
from qinghe.market.queries import standing_of
from qinghe.market.services import Found, set_standing
from qinghe.market.terms import Grade
from qinghe.parties.models import Organisation
from qinghe.parties.roles import Permission, require
from qinghe.quality.ladder import Facts, Held, Ladder, Verdict, judge, ladder
from qinghe.quality.models import Grading, Recognition
from qinghe.quality.probation import HEARD_AT_LEAST, places
from qinghe.quality.queries.changed import changed
from qinghe.quality.queries.facts import COLLECTORS, facts_of, family, next_exit
from qinghe.quality.queries.proving import heard, next_change, proving
from qinghe.quality.queries.ratings import marks_about, next_opening
from qinghe.quality.ratio import rate
from qinghe.quality.refusals import NoSuchCollector, ReasonMissing, StepTooHigh
from qinghe.quality.scores import score
from qinghe.quality.services.pausing import pause_or_lift, paused
from qinghe.quality.terms import Cause

GRADER = system("quality.grade")
# Whoever did nothing is looked at again after so many days: its accounts leave the window.
QUIET = timedelta(days=30)
# Graded in one run of the job; the next takes the rest.
AT_MOST = 20_000


@verb("quality.recognise-experience")
def recognise_experience(
    *, collector_id: UUID, step: str, reason: str, actor: Actor, at: datetime
) -> Recognition:
    """
    Let experience elsewhere, examined by an officer, open steps at once; conduct limits it as ever.

    :raises NotPermitted: the actor does not verify parties
    :raises NoSuchCollector: unknown, or takes no orders
    :raises ReasonMissing: no words
    :raises StepTooHigh: the ladder asks for experience here
    """
    require(actor, Permission.VERIFY_PARTIES)
    law = ladder()
    if not Organisation.objects.filter(pk=collector_id, kind__in=COLLECTORS).exists():
        raise NoSuchCollector
    if not reason.strip():
        raise ReasonMissing
    if not 0 < law.place(step) <= law.place(law.recognised_up_to):
        raise StepTooHigh(most=str(Grade(law.recognised_up_to).label))
    made, _new = Recognition.objects.update_or_create(
        collector_id=collector_id,
        defaults={
            "step": step,
            "reason": reason.strip(),
            "decided_by": actor.label,
            "decided_at": at,
        },
    )
    subject = f"organisation:{collector_id}"
    record(
        kind="quality.experience-recognised",
        subject=subject,
        actor=actor,
        at=at,
        step=step,
        reason=reason.strip(),
    )
    regrade(collector_id, at, lift=step, why=Cause.RECOGNISED)
    return made


def grade_changed(*, at: datetime) -> int:
    """
    Grade every collector of whom something changed, or whose figures fade today; return how many.

    Each in a transaction of its own. Collectors of whom nothing changed cost one look at an index.
    """
    ids = changed(at)[:AT_MOST]
    for collector_id in ids:
        with transaction.atomic():
            regrade(collector_id, at)
    return len(ids)


def regrade_family(collector_id: UUID, at: datetime, *, lift: str = "") -> None:
    """Grade a collector, and every other name it goes by, at once."""
    for firm in sorted(family(collector_id)):
        own = lift if firm == collector_id else ""
        regrade(firm, at, lift=own, why=Cause.RESTORED if own else "")


def regrade(collector_id: UUID, at: datetime, *, lift: str = "", why: str = "") -> Verdict:
    """
    Find a collector's standing and publish it; twice at one moment says the same as once.

    Runs inside the caller's transaction. `lift` as in `ladder.judge`.
    """
    row = _locked(collector_id, at)
    law, today = ladder(), day_of(at)
    firms = family(collector_id)
    facts = facts_of(collector_id, law, at, firms)
    told = standing_of([collector_id], at).get(collector_id)
    held = Held(told.grade, told.review_on) if told else None
    verdict = judge(held, facts, law, today, lift=lift, why=why)
    if law.place(verdict.step) < law.place(law.probation.below):
        facts = replace(facts, **proving(collector_id, firms, law.probation, at))
    found = _found(firms, verdict, facts, law, at)
    set_standing(collector_id=collector_id, found=found, actor=GRADER, at=at)
    pause_or_lift(collector_id, firms, facts, law, at)
    row.looked_at, row.facts = at, asdict(facts)
    row.due_on = _due_on(collector_id, firms, verdict, law, at)
    row.save(update_fields=["looked_at", "facts", "due_on"])
    return verdict


def reconsider(collector_id: UUID, at: datetime) -> None:
    """
    After a complaint was opened or closed: pause a collector, or end its pause, where that follows.

    Costs two looks into an index where nothing follows; the night finds what it opens again.
    """
    firms = family(collector_id)
    if heard(firms, at)["heard"] >= HEARD_AT_LEAST or paused(firms, at):
        regrade_family(collector_id, at)
    look_again(sorted(firms), day_of(at))


def look_again(org_ids: list[UUID], on: date) -> None:
    """Have collectors graded on a day, if nothing makes it sooner."""
    Grading.objects.filter(pk__in=org_ids, due_on__gt=on).update(due_on=on)


def _locked(collector_id: UUID, at: datetime) -> Grading:
    mine = Grading.objects.select_for_update().filter(pk=collector_id)
    row = mine.first()
    if row is not None:
        return row
    try:
        with transaction.atomic():
            return Grading.objects.create(
                collector_id=collector_id, looked_at=at, due_on=day_of(at)
            )
    except IntegrityError:
        return mine.get()


def _found(firms: set[UUID], verdict: Verdict, facts: Facts, law: Ladder, at: datetime) -> Found:
    step = law.step(verdict.step)
    enough = facts.worked >= law.ratio_accounts
    told = rate(facts.upheld, max(facts.worked, facts.upheld)) if enough else None
    marks = marks_about(firms, at - timedelta(days=law.window_days), at)
    said = score(marks)
    return Found(
        grade=step.key,
        ladder=law.version,
        max_band=step.max_band,
        open_cap=places(step, facts, law),
        package_cap=min(step.package_cap, places(step, facts, law)),
        upheld=facts.upheld,
        worked=_rounded(facts.worked),
        ratio=_tenth(told.value) if told else None,
        low=_tenth(told.low) if told else None,
        high=_tenth(told.high) if told else None,
        score=_tenth(said) if said is not None else None,
        raters=len(marks),
        gate=verdict.gate,
        cause=verdict.cause,
        review_on=verdict.review_on,
    )


def _due_on(
    collector_id: UUID, firms: set[UUID], verdict: Verdict, law: Ladder, at: datetime
) -> date:
    moments = [at + QUIET, next_exit(firms, law, at), next_opening(firms, at)]
    if law.place(verdict.step) < law.place(law.probation.below):
        moments.append(next_change(collector_id, law.probation, at))
    days = [day_of(moment) for moment in moments if moment is not None]
    later = day_of(at) + timedelta(days=1)
    return max(min(verdict.review_on, *days), later)


def _tenth(value: float) -> Decimal:
    return Decimal(str(round(value, 1)))


def _rounded(n: int) -> int:
    """Return a count with two leading digits: more would change every day and say no more."""
    if n < 100:
        return n
    unit: int = 10 ** (floor(log10(n)) - 1)
    return n // unit * unit

"""Decide about a flagged organisation: one officer clears alone, two officers sanction."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from qinghe.claims.services import check_words
from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor, system
from qinghe.market.services.capacity import COLLECTORS
from qinghe.market.services.stops import stop_taking
from qinghe.parties.models import Organisation
from qinghe.parties.pairs import independent
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import suspend_organisation
from qinghe.parties.terms import OrgKind, OrgState
from qinghe.quality.integrity_refusals import (
    AnotherOfficer,
    BadOutcome,
    FlagClosed,
    NoSuchFlag,
    NoSuchRuling,
    NotHeard,
    RuledBefore,
    RulingDecided,
    WordsMissing,
)
from qinghe.quality.integrity_terms import RULING, FlagState, Outcome, RulingState
from qinghe.quality.models import IntegrityFlag, Respondent, Ruling
from qinghe.quality.services.integrity.hearing import lock_flag, note
from qinghe.quality.signs.table import days

LONGEST_STOP = 365
CREDITORS = (OrgKind.INSTITUTION, OrgKind.PRIVATE_CREDITOR)
MACHINE = system("quality.rulings")


@verb("quality.rule")
def rule(
    *,
    flag_id: UUID,
    org_id: UUID,
    outcome: str,
    reason: str,
    actor: Actor,
    at: datetime,
    stop_days: int = 0,
    damage: int = 0,
    currency: str = "CNY",
    harmed_id: UUID | None = None,
) -> Ruling:
    """
    Find a flag unfounded, which is done at once, or ask a second officer to agree to a sanction.

    `damage` in minor units, only for a proven breach, is what it cost the creditor `harmed_id`.

    :raises NotPermitted: the actor does not suspend
    :raises NoSuchFlag: unknown, or not about this organisation
    :raises FlagClosed: decided before
    :raises WordsMissing: no reason
    :raises WordsRefused: the words threaten, insult or mislead
    :raises NotHeard: a sanction before the organisation was heard
    :raises RuledBefore: a decision stands or waits
    :raises BadOutcome: the outcome does not fit the organisation or the figures
    """
    require(actor, Permission.SUSPEND)
    flag, respondent = _open_case(flag_id, org_id)
    if not reason.strip():
        raise WordsMissing
    check_words(reason)
    made = Ruling(
        flag=flag,
        organisation_id=org_id,
        outcome=Outcome(outcome),
        reason=reason.strip(),
        stop_days=stop_days if outcome == Outcome.STOPPED else 0,
        damage=damage,
        currency=currency if damage else "",
        harmed_id=harmed_id if damage else None,
        asked_by=actor.label,
        asked_at=at,
    )
    if made.outcome != Outcome.UNFOUNDED:
        _check_heard(respondent, at)
        _check_fits(made)
    else:
        made.state, made.decided_by, made.decided_at = RulingState.STANDING, actor.label, at
    made.save(force_insert=True)
    note("asked", flag, actor, at, ruling=made.pk, organisation=org_id, outcome=outcome)
    _close_when_done(flag, actor, at)
    return made


@verb("quality.decide_ruling")
def decide_ruling(*, ruling_id: UUID, agreed: bool, actor: Actor, at: datetime) -> Ruling:
    """
    Decide as the second officer. Agreed: the sanction is in force, and the time to object begins.

    :raises NotPermitted: the actor does not suspend
    :raises NoSuchRuling: unknown
    :raises RulingDecided: decided before
    :raises AnotherOfficer: the one who asked, or not independent of them
    """
    require(actor, Permission.SUSPEND)
    found = lock_ruling(ruling_id)
    if found.state != RulingState.ASKED:
        raise RulingDecided
    if not independent(actor.label, found.asked_by):
        raise AnotherOfficer
    found.state = RulingState.STANDING if agreed else RulingState.DROPPED
    found.decided_by, found.decided_at = actor.label, at
    if agreed:
        found.objection_until = at + days("objection_days")
        found.suspended = _carry_out(found, at)
    found.save()
    facts = {"ruling": found.pk, "organisation": found.organisation_id, "outcome": found.outcome}
    note("agreed" if agreed else "dropped", found.flag, actor, at, **facts)
    _close_when_done(found.flag, actor, at)
    return found


def lock_ruling(ruling_id: UUID) -> Ruling:
    """
    Lock a flag, then its ruling: the order every writer of this desk keeps.

    :raises NoSuchRuling: unknown
    """
    seen = Ruling.objects.filter(pk=ruling_id).values_list("flag_id", flat=True).first()
    if seen is None:
        raise NoSuchRuling
    flag = lock_flag(seen)
    found = Ruling.objects.select_for_update(of=("self",)).get(pk=ruling_id)
    found.flag = flag
    return found


def cause_of(ruling: Ruling) -> str:
    """Return what stops and suspensions of a ruling name as their cause."""
    return f"{RULING}{ruling.pk}"


def _open_case(flag_id: UUID, org_id: UUID) -> tuple[IntegrityFlag, Respondent]:
    """Lock a flag about which, as to one organisation, nothing is decided or waits."""
    flag = lock_flag(flag_id)
    respondent = Respondent.objects.filter(flag=flag, organisation=org_id).first()
    if respondent is None:
        raise NoSuchFlag
    if flag.state == FlagState.DECIDED:
        raise FlagClosed
    rulings = Ruling.objects.filter(flag=flag, organisation=org_id)
    if rulings.exclude(state=RulingState.DROPPED).exists():
        raise RuledBefore
    return flag, respondent


def _check_heard(respondent: Respondent, at: datetime) -> None:
    over = respondent.due_at is not None and respondent.due_at <= at
    if respondent.stated_at is None and not over:
        raise NotHeard


def _check_fits(made: Ruling) -> None:
    orgs = Organisation.objects.filter(pk=made.organisation_id)
    if made.outcome == Outcome.STOPPED:
        takes = orgs.filter(kind__in=COLLECTORS).exists()
        if not takes or not 0 < made.stop_days <= LONGEST_STOP:
            raise BadOutcome
    if made.damage < 0 or (made.damage and made.outcome != Outcome.PROVEN):
        raise BadOutcome
    # Nobody is paid for the breach it is part of.
    others = Organisation.objects.exclude(
        pk__in=Respondent.objects.filter(flag=made.flag).values("organisation")
    )
    if made.damage and not others.filter(pk__in=[made.harmed_id], kind__in=CREDITORS).exists():
        raise BadOutcome


def _carry_out(found: Ruling, at: datetime) -> bool:
    """Put a sanction in force, in the name of the platform; tell whether it suspended."""
    if found.outcome == Outcome.STOPPED:
        until = at + timedelta(days=found.stop_days)
        stop_taking(
            collector_id=found.organisation_id,
            cause=cause_of(found),
            until=until,
            actor=MACHINE,
            at=at,
        )
    if found.outcome not in (Outcome.SUSPENDED, Outcome.PROVEN):
        return False
    org = Organisation.objects.select_for_update(no_key=True).get(pk=found.organisation_id)
    if org.state == OrgState.SUSPENDED:
        return False
    suspend_organisation(org_id=org.pk, reason=cause_of(found), actor=MACHINE, at=at)
    return True


def _close_when_done(flag: IntegrityFlag, actor: Actor, at: datetime) -> None:
    """Close a flag once about every organisation of it something is decided."""
    done = Ruling.objects.filter(flag=flag, state=RulingState.STANDING).values("organisation")
    if Respondent.objects.filter(flag=flag).exclude(organisation__in=done).exists():
        return
    flag.state, flag.decided_at = FlagState.DECIDED, at
    flag.save(update_fields=["state", "decided_at"])
    note("closed", flag, actor, at)

"""Appeals of collectors: asked once, decided by another officer, with a reason from a list."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from qinghe.claims.days import day_of
from qinghe.journal.queries import timeline
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.market.models import Mandate, Standing, TakingStop
from qinghe.market.services import resume
from qinghe.market.terms import MandateState
from qinghe.parties.pairs import independent
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import seal
from qinghe.parties.terms import Secret
from qinghe.quality.ladder import ladder
from qinghe.quality.models import Appeal, Complaint, Rating
from qinghe.quality.queries.facts import family
from qinghe.quality.queries.pauses import live_pauses
from qinghe.quality.queries.ratings import opened
from qinghe.quality.refusals import (
    AppealDecided,
    AppealedAlready,
    AppealTooLate,
    NoSuchAppeal,
    NothingToAppeal,
    OtherOfficer,
    ReasonDoesNotFit,
)
from qinghe.quality.services.grading import regrade_family
from qinghe.quality.services.pausing import end_pause
from qinghe.quality.terms import (
    APPEAL_DAYS,
    CAUSE,
    GRANTING,
    HEARING_DAYS,
    REFUSING,
    AppealAbout,
    AppealGround,
    AppealReason,
    AppealState,
    Cause,
    ComplaintState,
)
from qinghe.settlement.services import hold_reserves, let_reserves_go, restore_reserves

# Who decided first, when no person did.
RULE = ""


@verb("quality.appeal")
def appeal(
    *, about: str, target_id: UUID, ground: str, statement: str, actor: Actor, at: datetime
) -> Appeal:
    """
    Ask for a second look at a justified complaint, a lowered grade, an opened rating or a pause.

    `statement` goes into the vault; officers alone read it.

    :raises NotPermitted: the actor takes no orders
    :raises NothingToAppeal: unknown, another collector's, or nothing of that kind
    :raises AppealTooLate: decided too long ago
    :raises AppealedAlready: asked before
    """
    require(actor, Permission.TAKE_ORDERS)
    if actor.org_id is None:
        raise NothingToAppeal
    since, first = _target(AppealAbout(about), target_id, actor, at)
    if at > since + timedelta(days=APPEAL_DAYS):
        raise AppealTooLate(days=APPEAL_DAYS)
    if Appeal.objects.filter(**{_field(about): target_id}).exists():
        raise AppealedAlready
    words = statement.strip()
    made = Appeal.objects.create(
        collector_id=actor.org_id,
        about=about,
        **{_field(about): target_id},
        ground=AppealGround(ground),
        statement=seal(kind=Secret.TEXT, value=words, person_id=None, at=at) if words else None,
        opened_at=at,
        due_on=day_of(at) + timedelta(days=HEARING_DAYS),
        first_officer=first,
    )
    if made.complaint_id and (under := _hand(made.complaint_id)):
        hold_reserves(mandate_ids=[under], cause=f"{CAUSE}{made.complaint_id}", at=at)
    _note("asked", made, actor, at)
    return made


@verb("quality.decide-appeal")
def decide_appeal(
    *, appeal_id: UUID, granted: bool, reason: str, actor: Actor, at: datetime
) -> Appeal:
    """
    Decide an appeal; what was found wrong stops counting and the figures are made anew at once.

    :raises NotPermitted: the actor does not hear complaints
    :raises NoSuchAppeal: unknown
    :raises AppealDecided: decided before
    :raises OtherOfficer: the officer of the first decision, or one who is not independent of them
    :raises ReasonDoesNotFit: a reason of the other list
    """
    require(actor, Permission.DECIDE_COMPLAINTS)
    made = Appeal.objects.select_for_update().filter(pk=appeal_id).first()
    if made is None:
        raise NoSuchAppeal
    if made.state != AppealState.OPEN:
        raise AppealDecided
    if made.first_officer != RULE and not independent(actor.label, made.first_officer):
        raise OtherOfficer
    if reason not in (GRANTING[AppealAbout(made.about)] if granted else REFUSING):
        raise ReasonDoesNotFit
    made.state = AppealState.GRANTED if granted else AppealState.REFUSED
    made.reason, made.decided_by, made.decided_at = reason, actor.label, at
    if reason == AppealReason.OTHER_FIRM:
        made.others = sorted(str(firm) for firm in family(made.collector_id) - {made.collector_id})
    made.save()
    _note(made.state, made, actor, at)
    if made.complaint_id:
        let_reserves_go(cause=f"{CAUSE}{made.complaint_id}", until=at)
    if granted:
        _carry_out(made, actor, at)
    return made


def _hand(complaint_id: UUID) -> UUID | None:
    rows = Complaint.objects.filter(pk=complaint_id)
    return rows.values_list("mandate_id", flat=True).first()


def _field(about: str) -> str:
    return {
        AppealAbout.COMPLAINT: "complaint_id",
        AppealAbout.DEMOTION: "standing_id",
        AppealAbout.RATING: "rating_id",
        AppealAbout.PAUSE: "pause_id",
    }[AppealAbout(about)]


def _target(
    about: AppealAbout, target_id: UUID, actor: Actor, at: datetime
) -> tuple[datetime, str]:
    """Lock what is appealed; return when it was decided, and by which officer."""
    match about:
        case AppealAbout.COMPLAINT:
            complaints = Complaint.objects.select_for_update().filter(
                pk=target_id, collector=actor.org_id, state=ComplaintState.UPHELD
            )
            if complaint := complaints.first():
                assert complaint.decided_at is not None
                return complaint.decided_at, first_officer(complaint)
        case AppealAbout.DEMOTION:
            versions = Standing.objects.select_for_update().filter(
                pk=target_id, collector=actor.org_id, cause=Cause.DEMOTED
            )
            if version := versions.first():
                return version.starts_at, RULE
        case AppealAbout.RATING:
            sealed = Rating.objects.select_for_update().filter(
                pk__in=opened(at).values("pk"),
                pk=target_id,
                about=actor.org_id,
                voided_at__isnull=True,
            )
            if rating := sealed.first():
                return min(rating.opens_at, at), RULE
        case AppealAbout.PAUSE:
            return _pause(target_id, actor, at).starts_at, RULE
    raise NothingToAppeal


def _pause(target_id: UUID, actor: Actor, at: datetime) -> TakingStop:
    """Lock a pause of the actor's own that is in force."""
    mine = live_pauses([actor.org_id], at) if actor.org_id else TakingStop.objects.none()
    found = mine.select_for_update().filter(pk=target_id).first()
    if found is None:
        raise NothingToAppeal
    return found


def first_officer(complaint: Complaint) -> str:
    """Return who found a complaint justified, as the journal knows them."""
    subject = f"claim:{complaint.claim_id}" if complaint.claim_id else f"{CAUSE}{complaint.pk}"
    entries = timeline(subject=subject, complaint=str(complaint.pk))
    found = [each.actor for each in entries if each.kind == "quality.complaint-upheld"]
    return found[-1] if found else RULE


def _carry_out(made: Appeal, actor: Actor, at: datetime) -> None:
    """Undo what the first decision did, then grade anew; conduct still limits what comes back."""
    since = made.opened_at
    if made.complaint_id:
        complaint = Complaint.objects.select_for_update().get(pk=made.complaint_id)
        complaint.state = ComplaintState.OVERTURNED
        complaint.save(update_fields=["state"])
        assert complaint.decided_at is not None
        since = complaint.decided_at
        _let_work_go_on(complaint, made, actor, at)
        restore_reserves(cause=f"{CAUSE}{complaint.pk}", actor=actor, at=at)
    elif made.standing_id:
        since = Standing.objects.values_list("starts_at", flat=True).get(pk=made.standing_id)
    elif made.pause_id:
        # What it is heard about goes on being heard; new orders may be taken meanwhile.
        end_pause(TakingStop.objects.get(pk=made.pause_id), at)
    elif made.rating_id:
        Rating.objects.filter(pk=made.rating_id, voided_at__isnull=True).update(voided_at=at)
    lift = "" if made.rating_id or made.pause_id else _highest_since(made.collector_id, since)
    regrade_family(made.collector_id, at, lift=lift)


def _let_work_go_on(complaint: Complaint, made: Appeal, actor: Actor, at: datetime) -> None:
    if complaint.mandate_id is None:
        return
    stopped = Mandate.objects.filter(
        pk=complaint.mandate_id, state=MandateState.SUSPENDED, reason=f"{CAUSE}{complaint.pk}"
    )
    if stopped.exists():
        reason = f"appeal:{made.pk}"
        resume(mandate_id=complaint.mandate_id, reason=reason, actor=actor, at=at)


def _highest_since(collector_id: UUID, since: datetime) -> str:
    """Return the highest step held at a moment or after it."""
    law = ladder()
    held = Standing.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gte=since), collector=collector_id
    )
    return max(held.values_list("grade", flat=True), key=law.place, default="")


def _note(what: str, made: Appeal, actor: Actor, at: datetime) -> None:
    record(
        kind=f"quality.appeal-{what}",
        subject=f"organisation:{made.collector_id}",
        actor=actor,
        at=at,
        appeal=made.pk,
        about=made.about,
        ground=made.ground,
        because=made.reason,
    )

"""Release claims without a reviewer, for creditors whose claims have stood; a share is checked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from qinghe.claims.contract_terms import Outcome, TitleState
from qinghe.claims.days import day_of
from qinghe.claims.models import Claim, Evidence, LimitationAct, Review, Title
from qinghe.claims.queries.amounts import facts_of
from qinghe.claims.queries.papers import PROVES
from qinghe.claims.recompute import verified
from qinghe.claims.services import checklist, needs_two, release_automatically
from qinghe.claims.services.unseen import changed_for
from qinghe.claims.terms import ClaimState, EvidenceKind, Rejection, ReviewQueue, ReviewStep
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, system
from qinghe.kernel.errors import DomainError
from qinghe.kernel.money import to_major
from qinghe.parties.models import Organisation
from qinghe.parties.pairs import independent
from qinghe.parties.queries import NoSuchOrganisation
from qinghe.parties.roles import Permission, require
from qinghe.parties.terms import OrgKind, OrgState
from qinghe.risk.drawing import draw
from qinghe.risk.models import AutoRelease, Draw, Flag
from qinghe.risk.queries.habits import refutations

# So many claims of a creditor were released by people within so many days before it is trusted.
RELEASED: Final = 50
WITHIN: Final = timedelta(days=180)
HELD: Final = TitleState.HELD
PROVEN: Final = (EvidenceKind.CONTRACT, EvidenceKind.TRANSFER)


class NoTrackRecord(DomainError):
    code = "risk.no-track-record"
    text = _(
        "Reviewers have released {released} claims of this creditor in 180 days ({needed} are "
        "needed), and {refuted} turned out not to exist (none may)."
    )


class OneAlready(DomainError):
    code = "risk.auto-release-already"
    text = _("This creditor has one already, or it waits for a second person.")


class NoSuchAutoRelease(DomainError):
    code = "risk.no-such-auto-release"
    status = 404
    text = _("There is no such automatic release.")


class AutoReleaseMoved(DomainError):
    code = "risk.auto-release-moved"
    text = _("This was granted or ended meanwhile. Reload the page.")


class SecondPerson(DomainError):
    code = "risk.second-person"
    text = _(
        "Another officer must grant it: you asked for it, or your accounts are not independent."
    )


@verb("risk.ask-auto-release")
def ask_auto_release(
    *, creditor_id: UUID, most_major: int, sample_percent: int, actor: Actor, at: datetime
) -> AutoRelease:
    """
    Ask that claims of an institution, up to an amount, are released without a reviewer.

    :raises NotPermitted: the actor does not suspend
    :raises NoSuchOrganisation: not an active institution
    :raises NoTrackRecord: too few claims were released, or one did not exist
    :raises OneAlready: it has one, or one waits
    """
    require(actor, Permission.SUSPEND)
    creditors = Organisation.objects.select_for_update(no_key=True).filter(
        kind=OrgKind.INSTITUTION, state=OrgState.ACTIVE
    )
    if creditors.filter(pk=creditor_id).first() is None:
        raise NoSuchOrganisation
    released, refuted = track_record(creditor_id, at)
    if released < RELEASED or refuted:
        raise NoTrackRecord(released=released, needed=RELEASED, refuted=refuted)
    if AutoRelease.objects.filter(creditor_id=creditor_id, ended_at__isnull=True).exists():
        raise OneAlready
    asked = AutoRelease.objects.create(
        creditor_id=creditor_id,
        most_major=most_major,
        sample_percent=sample_percent,
        asked_by=actor.label,
        asked_at=at,
    )
    _note("asked", asked, actor, at, most=most_major, sample=sample_percent)
    return asked


@verb("risk.grant-auto-release")
def grant_auto_release(*, release_id: UUID, actor: Actor, at: datetime) -> AutoRelease:
    """
    Grant it as the second person.

    :raises NotPermitted: the actor does not suspend
    :raises NoSuchAutoRelease: unknown id
    :raises AutoReleaseMoved: granted or ended before
    :raises SecondPerson: the one who asked, or not independent of them
    """
    require(actor, Permission.SUSPEND)
    asked = _locked(release_id)
    if asked.granted_at is not None or asked.ended_at is not None:
        raise AutoReleaseMoved
    if not independent(actor.label, asked.asked_by):
        raise SecondPerson
    asked.granted_by, asked.granted_at = actor.label, at
    asked.save(update_fields=["granted_by", "granted_at"])
    # What waits already may go as well.
    changed_for(asked.creditor_id)
    _note("granted", asked, actor, at)
    return asked


@verb("risk.end-auto-release")
def end_auto_release(*, release_id: UUID, reason: str, actor: Actor, at: datetime) -> AutoRelease:
    """
    End it; every claim is checked by a reviewer again.

    :raises NotPermitted: the actor does not suspend
    :raises NoSuchAutoRelease: unknown id
    :raises AutoReleaseMoved: ended before
    """
    require(actor, Permission.SUSPEND)
    granted = _locked(release_id)
    if granted.ended_at is not None:
        raise AutoReleaseMoved
    granted.ended_at, granted.ended_because = at, reason.strip()
    granted.save(update_fields=["ended_at", "ended_because"])
    _note("ended", granted, actor, at)
    return granted


@verb("risk.release-clean")
def release_clean(*, claim_ids: Collection[UUID], actor: Actor, at: datetime) -> int:
    """
    Release what is beyond doubt among claims that were just looked at; return how many.

    A claim goes only with a live grant of its creditor, up to its amount, with usable contract and
    transfer on file, no doubt ever raised, its amount never raised, and nothing missing. A grant
    under which a sample was overturned, or a claim turned out not to exist, ends first.
    """
    _end_broken(at)
    grants = {
        grant.creditor_id: grant
        for grant in AutoRelease.objects.filter(granted_at__isnull=False, ended_at__isnull=True)
    }
    claims = _candidates(claim_ids, grants)
    found = [claim for claim in claims if _beyond_doubt(claim, grants[claim.creditor_id], at)]
    for claim in found:
        sampled = _drawn(claim, grants[claim.creditor_id], at)
        release_automatically(claim, sampled=sampled, actor=actor, at=at)
    return len(found)


def track_record(creditor_id: UUID, at: datetime) -> tuple[int, int]:
    """Return how many claims reviewers released lately, and how many turned out not to exist."""
    # A claim that was raised and released again is no second one.
    released = Review.objects.filter(
        ~Exists(_raised("claim")),
        claim__creditor=creditor_id,
        step=ReviewStep.RELEASED,
        at__gte=at - WITHIN,
    )
    return released.count(), refutations([creditor_id]).get(creditor_id, (0, 0))[0]


def _drawn(claim: Claim, grant: AutoRelease, at: datetime) -> bool:
    """Draw whether a reviewer checks a release afterwards; what was drawn is kept with it."""
    day = day_of(at)
    (number, key), percent = draw(claim.pk, day), grant.sample_percent
    sampled = number < percent
    kept = {"day": day, "key": key, "number": number, "percent": percent, "sampled": sampled}
    Draw.objects.create(claim=claim, release=grant, **kept)
    return sampled


def _candidates(claim_ids: Collection[UUID], grants: Collection[UUID]) -> list[Claim]:
    papers = Evidence.objects.filter(PROVES, claim=OuterRef("pk"))
    rows = Claim.objects.select_for_update(of=("self",), no_key=True).filter(
        *(Exists(papers.filter(kind=kind)) for kind in PROVEN),
        ~Exists(Flag.objects.filter(claim=OuterRef("pk"))),
        # Whoever asks for more than was looked at is looked at by people.
        ~Exists(_raised()),
        # An act of limitation is the creditor's own word until somebody has looked.
        ~Exists(LimitationAct.objects.filter(claim=OuterRef("pk"))),
        # Nor does trust in its taker cover what somebody else submitted.
        ~Exists(Title.objects.filter(claim=OuterRef("pk"), to_org__isnull=False, state=HELD)),
        pk__in=claim_ids,
        creditor_id__in=grants,
        creditor__state=OrgState.ACTIVE,
        state=ClaimState.SUBMITTED,
        review=ReviewQueue.NEW,
    )
    return list(rows.order_by("pk"))


def _agrees(claim: Claim, at: datetime) -> bool:
    """
    Tell whether the amount, calculated again from the contract, is not less than claimed, and
    the calculation leaves nothing to a person.
    """
    check = verified(facts_of([claim])[claim.pk], at=at)
    return check.outcome in (Outcome.EQUAL, Outcome.LESS) and not check.cautions


def _beyond_doubt(claim: Claim, grant: AutoRelease, at: datetime) -> bool:
    small = to_major(claim.claimed, claim.currency) <= grant.most_major
    return small and not needs_two(claim) and not checklist(claim) and _agrees(claim, at)


def _raised(claim: str = "pk") -> QuerySet[Review]:
    return Review.objects.filter(claim=OuterRef(claim), step=ReviewStep.RAISED)


def _end_broken(at: datetime) -> None:
    automatic = Review.objects.filter(claim=OuterRef("claim"), step=ReviewStep.AUTOMATIC)
    # Released without a look and turned down at one, however it came back to the desk.
    wrong = Review.objects.filter(
        Q(step=ReviewStep.OVERTURNED) | Q(Exists(automatic), step=ReviewStep.REJECTED),
        claim__creditor=OuterRef("creditor"),
        at__gte=OuterRef("granted_at"),
    )
    invented = Review.objects.filter(
        claim__creditor=OuterRef("creditor"),
        step=ReviewStep.REJECTED,
        reason=Rejection.INVENTED,
        at__gte=OuterRef("granted_at"),
    )
    live = AutoRelease.objects.filter(granted_at__isnull=False, ended_at__isnull=True)
    actor = system("risk.auto-release")
    for why, broken in (("sample", Exists(wrong)), ("invented", Exists(invented))):
        for release_id in list(live.filter(broken).values_list("pk", flat=True)):
            end_auto_release(release_id=release_id, reason=why, actor=actor, at=at)


def _locked(release_id: UUID) -> AutoRelease:
    found = AutoRelease.objects.select_for_update().filter(pk=release_id).first()
    if found is None:
        raise NoSuchAutoRelease
    return found


def _note(what: str, release: AutoRelease, actor: Actor, at: datetime, **facts: object) -> None:
    record(
        kind=f"risk.auto-release-{what}",
        subject=f"organisation:{release.creditor_id}",
        actor=actor,
        at=at,
        release=release.pk,
        about=facts,
    )

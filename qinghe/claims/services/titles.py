"""Who a claim belongs to: the chain it came by, and its passing from one creditor to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from qinghe.claims.contract_terms import ActKind, TitleState
from qinghe.claims.days import day_of
from qinghe.claims.models import Claim, ContractTerms, Evidence, LimitationAct, Title
from qinghe.claims.queries.one import NoSuchEvidence
from qinghe.claims.queries.titles import NoSuchOffer, break_of
from qinghe.claims.services.agreed import lenders_of
from qinghe.claims.services.books import claimed_account
from qinghe.claims.services.holds import lift_hold, place_hold
from qinghe.claims.services.limits import use_allowance
from qinghe.claims.services.locks import locked
from qinghe.claims.services.states import StillPlaced, WrongClaimState
from qinghe.claims.services.unseen import changed
from qinghe.claims.terms import OPEN_STATES, ClaimState, HoldKind
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.ledger.services import post_many
from qinghe.ledger.terms import Posting
from qinghe.parties.models import Organisation
from qinghe.parties.roles import Permission, require
from qinghe.parties.terms import OrgKind, OrgState
from qinghe.rules.interest import lender_kinds

CREDITORS = (OrgKind.INSTITUTION, OrgKind.PRIVATE_CREDITOR)


class BrokenChain(DomainError):
    code = "claims.broken-chain"
    status = 422
    text = _(
        "The chain of titles breaks at step {step}: each creditor must be the one that the step "
        "before ended with, and the last one must be you."
    )


class ChainClosed(DomainError):
    code = "claims.chain-closed"
    text = _("The chain can be told only while the claim is being verified.")


class NoSuchCreditor(DomainError):
    code = "claims.no-such-creditor"
    status = 422
    text = _("There is no active creditor with this identifier. Ask the new creditor for its own.")


class AlreadyOffered(DomainError):
    code = "claims.already-offered"
    text = _("This claim was offered to somebody already. Take that offer back first.")


class ContractNumberTaken(DomainError):
    code = "claims.contract-number-taken"
    text = _("The new creditor has a claim with this contract number already.")


class BadNoticeDay(DomainError):
    code = "claims.bad-notice-day"
    status = 422
    text = _("The notice reached the debtor on the day of the assignment or later, up to today.")


class NothingToTell(DomainError):
    code = "claims.nothing-to-tell"
    text = _("The debtor was told already, or this claim was never assigned.")


@dataclass(frozen=True)
class StepGiven:
    """
    One step before the claim came here: from whom, to whom, when, and when the debtor knew.

    `from_kind` is the lender kind of the one it came from; unknown is judged the stricter way.
    """

    from_name: str
    to_name: str
    on: date
    evidence_id: UUID
    notice_reached_on: date | None = None
    from_kind: str = ""


@verb("claims.tell_chain")
def tell_chain(*, claim_id: UUID, steps: Sequence[StepGiven], actor: Actor, at: datetime) -> Claim:
    """
    Keep how a claim came from its first creditor to the claimant, in place of what was told.

    While the debtor was not told of the last step, a hold stops collecting.

    :raises NotPermitted: only the creditor's side tells it
    :raises NoSuchClaim: unknown, or another creditor's
    :raises ChainClosed: the claim was released before
    :raises NoSuchEvidence: a step names a file that is not of this claim
    :raises BrokenChain: a step does not join; its number is named
    :raises BadNoticeDay: the debtor was told before the step, or on a day to come
    """
    require(actor, Permission.MANAGE_CLAIMS)
    claim = locked(claim_id, actor)
    if claim.state != ClaimState.SUBMITTED:
        raise ChainClosed
    wrong = break_of([(each.from_name, each.to_name) for each in steps], claim.creditor.name)
    days = [each.on for each in steps]
    if wrong is None and days != sorted(days):
        wrong = next(k + 2 for k in range(len(days) - 1) if days[k] > days[k + 1])
    if wrong is not None:
        raise BrokenChain(step=wrong)
    for each in steps:
        _file(claim, each.evidence_id)
        _check_notice(each.on, each.notice_reached_on, at)
    Title.objects.filter(claim=claim, state=TitleState.HELD).delete()
    rows = Title.objects.bulk_create(
        [_step(claim, place, each, at) for place, each in enumerate(steps, start=1)]
    )
    current = ContractTerms.objects.filter(claim=claim, replaced_at__isnull=True)
    current.update(lender_kind=lenders_of([claim])[claim.pk])
    _hold_until_told(claim, rows[-1] if rows else None, actor, at)
    changed([claim.pk])
    _note("claims.chain-told", claim, actor, at, steps=len(rows))
    return claim


@verb("claims.offer_assignment")
def offer_assignment(
    *, claim_id: UUID, to_slug: str, evidence_id: UUID, actor: Actor, at: datetime
) -> Title:
    """
    Offer a claim to another creditor; it passes when that creditor accepts.

    :raises NotPermitted: only the creditor's side assigns
    :raises NoSuchClaim: unknown, or another creditor's
    :raises WrongClaimState: the claim is over
    :raises NoSuchCreditor: no active creditor has this identifier, or it is the same one
    :raises NoSuchEvidence: the file is not of this claim
    :raises AlreadyOffered: an offer waits
    """
    require(actor, Permission.MANAGE_CLAIMS)
    claim = _open(claim_id, actor)
    heirs = Organisation.objects.filter(slug=to_slug, kind__in=CREDITORS, state=OrgState.ACTIVE)
    heir = heirs.exclude(pk=claim.creditor_id).exclude(name=claim.creditor.name).first()
    if heir is None:
        raise NoSuchCreditor
    evidence = _file(claim, evidence_id)
    last = Title.objects.filter(claim=claim, state=TitleState.HELD).order_by("-step").first()
    title = Title(
        claim=claim,
        step=last.step + 1 if last else 1,
        from_name=claim.creditor.name,
        to_name=heir.name,
        from_kind=claim.creditor.lender_kind,
        from_org_id=claim.creditor_id,
        to_org=heir,
        on=day_of(at),
        evidence=evidence,
        state=TitleState.OFFERED,
        recorded_at=at,
    )
    try:
        with transaction.atomic():
            title.save(force_insert=True)
    except IntegrityError:
        raise AlreadyOffered from None
    _note("claims.assignment-offered", claim, actor, at, title=title.pk, to=heir.pk)
    return title


@verb("claims.decline_assignment")
def decline_assignment(*, title_id: UUID, actor: Actor, at: datetime) -> Title:
    """
    Turn an offer down as the new creditor, or take it back as the old one.

    :raises NotPermitted: only the two creditors
    :raises NoSuchOffer: unknown, decided before, or somebody else's
    """
    require(actor, Permission.MANAGE_CLAIMS)
    title = offered(title_id, actor, either=True)
    title.state, title.decided_at = TitleState.DECLINED, at
    title.save(update_fields=["state", "decided_at"])
    _note("claims.assignment-declined", title.claim, actor, at, title=title.pk)
    return title


@verb("claims.assign_claim")
def assign_claim(*, title_id: UUID, actor: Actor, at: datetime) -> Claim:
    """
    Accept an offered claim: from this instant it is the new creditor's, with what is owed on it.

    Both have agreed: the old creditor by the offer, the new one by this. A hold stops collecting
    until the debtor was told (Civil Code, art. 546).

    :raises NotPermitted: only the creditor's side
    :raises NoSuchOffer: unknown, decided before, or offered to somebody else
    :raises WrongClaimState: the claim is over
    :raises StillPlaced: listed, or a collector has it: the floor of mandates ends that first
    :raises ContractNumberTaken: the new creditor has a claim of this number
    :raises CoolingOff, OverAllowance, AboveAllowance, OnlyYuan: a private creditor takes over more
        than it may submit
    """
    require(actor, Permission.MANAGE_CLAIMS)
    title = offered(title_id, actor, either=False)
    claim = title.claim
    if claim.state not in OPEN_STATES:
        raise WrongClaimState(state=ClaimState(claim.state).label)
    if claim.state in (ClaimState.LISTED, ClaimState.PLACED):
        raise StillPlaced
    came_from, heir = claim.creditor_id, title.to_org_id
    if heir is None or heir == came_from:
        raise NoSuchOffer
    _count_for_heir(claim, heir, actor, at)
    _pass_on(claim, heir, at)
    title.state, title.decided_at, title.on = TitleState.HELD, at, day_of(at)
    title.save(update_fields=["state", "decided_at", "on"])
    _hold_until_told(claim, title, actor, at)
    changed([claim.pk])
    _note(
        "claims.assigned", claim, actor, at,
        title=title.pk, came_from=came_from, to=heir, owed=claim.owed,
    )  # fmt: skip
    return claim


@verb("claims.record_notice")
def record_notice(
    *, claim_id: UUID, reached_on: date, evidence_id: UUID, actor: Actor, at: datetime
) -> Title:
    """
    Record that the debtor was told of the last assignment: from then on it binds them.

    It is also an act that interrupts the limitation.

    :raises NotPermitted: only the creditor's side
    :raises NoSuchClaim: unknown, or another creditor's
    :raises NothingToTell: never assigned, or told already
    :raises NoSuchEvidence: the file is not of this claim
    :raises BadNoticeDay: before the assignment, or a day to come
    """
    require(actor, Permission.MANAGE_CLAIMS)
    claim = locked(claim_id, actor)
    held = Title.objects.filter(claim=claim, state=TitleState.HELD)
    title = held.order_by("-step").first()
    if title is None or title.notice_reached_on is not None:
        raise NothingToTell
    evidence = _file(claim, evidence_id)
    _check_notice(title.on, reached_on, at)
    title.notice_reached_on, title.notice_evidence = reached_on, evidence
    title.save(update_fields=["notice_reached_on", "notice_evidence"])
    lift_hold(cause=f"title:{claim.pk}", actor=actor, at=at)
    LimitationAct.objects.get_or_create(
        claim=claim,
        kind=ActKind.ASSIGNMENT_NOTICE,
        on=reached_on,
        defaults={"evidence": evidence, "recorded_at": at, "recorded_by": actor.label},
    )
    _note("claims.debtor-told", claim, actor, at, title=title.pk, reached_on=reached_on)
    return title


def offered(title_id: UUID, actor: Actor, *, either: bool) -> Title:
    """
    Return an offer with its claim locked; `either` lets the old creditor have it too.

    :raises NoSuchOffer: unknown, decided before, or somebody else's
    """
    claim_id = Title.objects.filter(pk=title_id).values_list("claim_id", flat=True).first()
    if claim_id is None:
        raise NoSuchOffer
    claim = locked(claim_id)
    title = Title.objects.select_for_update().get(pk=title_id)
    sides = (title.to_org_id, title.from_org_id) if either else (title.to_org_id,)
    if title.state != TitleState.OFFERED or actor.org_id not in sides:
        raise NoSuchOffer
    title.claim = claim
    return title


def _count_for_heir(claim: Claim, heir: UUID, actor: Actor, at: datetime) -> None:
    """Count a claim that a private creditor takes over like one that it submits."""
    taker = Organisation.objects.get(pk=heir)
    use_allowance(creditor=taker, amounts=[claim.owed], currency=claim.currency, actor=actor, at=at)


def _pass_on(claim: Claim, heir: UUID, at: datetime) -> None:
    """Change the creditor of a locked claim, and move what is owed between their accounts."""
    older, claim.creditor_id = claim.creditor_id, heir
    try:
        with transaction.atomic():
            claim.save(update_fields=["creditor_id"])
    except IntegrityError:
        raise ContractNumberTaken from None
    post_many(postings=[moved(claim, older, claim.owed, at)] if claim.owed else [])


def moved(claim: Claim, older: UUID, amount: int, at: datetime) -> Posting:
    """Return the booking that takes what is owed from an older creditor to the claim's own."""
    return Posting(
        debit=claimed_account(older),
        credit=claimed_account(claim.creditor_id),
        amount=amount,
        currency=claim.currency,
        kind="claim.assigned",
        subject=f"claim:{claim.pk}",
        at=at,
    )


def _hold_until_told(claim: Claim, last: Title | None, actor: Actor, at: datetime) -> None:
    cause = f"title:{claim.pk}"
    if last is None or last.notice_reached_on is not None:
        lift_hold(cause=cause, actor=actor, at=at)
        return
    place_hold(
        person_id=claim.debtor_id,
        claim_id=claim.pk,
        kind=HoldKind.UNNOTIFIED,
        cause=cause,
        ends_at=None,
        actor=actor,
        at=at,
    )


def _open(claim_id: UUID, actor: Actor) -> Claim:
    claim = locked(claim_id, actor)
    if claim.state not in OPEN_STATES:
        raise WrongClaimState(state=ClaimState(claim.state).label)
    return claim


def _file(claim: Claim, evidence_id: UUID) -> Evidence:
    found = Evidence.objects.filter(pk=evidence_id, claim=claim).first()
    if found is None:
        raise NoSuchEvidence
    return found


def _check_notice(on: date, reached_on: date | None, at: datetime) -> None:
    if reached_on is not None and not on <= reached_on <= day_of(at):
        raise BadNoticeDay


def _step(claim: Claim, place: int, given: StepGiven, at: datetime) -> Title:
    last = given.notice_reached_on
    return Title(
        claim=claim,
        step=place,
        from_name=given.from_name.strip(),
        to_name=given.to_name.strip(),
        from_kind=given.from_kind if given.from_kind in lender_kinds() else "",
        on=given.on,
        evidence_id=given.evidence_id,
        notice_reached_on=last,
        notice_evidence_id=given.evidence_id if last else None,
        recorded_at=at,
        decided_at=at,
    )


def _note(kind: str, claim: Claim, actor: Actor, at: datetime, **facts: object) -> None:
    record(
        kind=kind,
        subject=f"claim:{claim.pk}",
        actor=actor,
        at=at,
        person_id=claim.debtor_id,
        about=facts,
    )

"""Introductions (引荐): a creditor chooses, the agency agrees, contact persons open to both."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role, system
from qinghe.market import quoting
from qinghe.market.information_refusals import (
    BadEntry,
    IntroductionOver,
    NoSuchIntroduction,
    NoSuchRequest,
    NotChoosable,
    NotInDirectory,
    NotIntroduced,
)
from qinghe.market.models import Introduction, Quotation, QuoteRequest
from qinghe.market.queries.listed import entries
from qinghe.market.quoting import IntroState, NoQuote, PassedOver, QuoteState, Signed
from qinghe.market.services.quoting import LIVE_INTRO, close, locked_request
from qinghe.parties.roles import Permission, require
from qinghe.parties.services.business import open_contact


@verb("market.propose-introduction")
def propose_introduction(*, quotation_id: UUID, actor: Actor, at: datetime) -> Introduction:
    """
    Accept a quotation: the agency is asked whether it wants to be introduced.

    :raises NoSuchRequest: unknown, or another creditor's
    :raises NotChoosable: a refusal, answered before, or another agency is being introduced
    """
    found = Quotation.objects.filter(pk=quotation_id).first()
    if found is None:
        raise NoSuchRequest
    request = locked_request(found.request_id, actor)
    found.refresh_from_db()
    live = Introduction.objects.filter(request=request, state__in=LIVE_INTRO)
    seen = Introduction.objects.filter(quotation=found)
    free = request.state == QuoteState.OPENED and not (found.refused or found.passed)
    if not free or live.exists() or seen.exists():
        raise NotChoosable
    text, fee = _terms(request, found), quoting.fee_of(request.sum_band)
    made = Introduction.objects.create(
        quotation=found,
        request=request,
        creditor_id=request.creditor_id,
        collector_id=found.collector_id,
        terms=text,
        terms_sha256=sha256(text.encode()).hexdigest(),
        fee=fee.amount,
        fee_currency=fee.currency,
        fee_version=fee.version,
        proposed_by=actor.user_id or request.asked_by,
        proposed_at=at,
        lapses_at=at + quoting.ANSWER_WITHIN,
    )
    _note("proposed", made, actor, at, terms=made.terms_sha256, fee=fee.amount)
    return made


@verb("market.agree-introduction")
def agree_introduction(*, introduction_id: UUID, actor: Actor, at: datetime) -> Introduction:
    """
    Agree as the agency: from here on both sides may open the other's contact person.

    The floor of money books the fee in the same transaction.

    :raises NoSuchIntroduction: unknown, or another agency's
    :raises IntroductionOver: answered before, or its time is over
    :raises NotInDirectory: the agency has left the directory since
    """
    found = _locked_for_agency(introduction_id, actor, at)
    entry = entries(at).filter(collector=found.collector_id).first()
    if entry is None:
        raise NotInDirectory
    found.state, found.agreed_at, found.agreed_by = IntroState.MADE, at, actor.user_id
    found.agency_name_id, found.agency_phone_id = entry.contact_name_id, entry.contact_phone_id
    found.save()
    close(found.request, PassedOver.CHOSEN, at, but=found.quotation_id)
    _note("made", found, actor, at, fee=found.fee, fee_version=found.fee_version)
    return found


@verb("market.decline-introduction")
def decline_introduction(
    *, introduction_id: UUID, reason: str, actor: Actor, at: datetime
) -> Introduction:
    """
    Decline as the agency, by a reason from the list; the creditor may choose another.

    :raises NoSuchIntroduction: unknown, or another agency's
    :raises IntroductionOver: answered before, or its time is over
    :raises BadEntry: no such reason
    """
    found = _locked_for_agency(introduction_id, actor, at)
    if reason not in NoQuote.values:
        raise BadEntry(field="reason")
    found.state, found.declined, found.ended_at = IntroState.DECLINED, reason, at
    found.save(update_fields=["state", "declined", "ended_at"])
    _note("declined", found, actor, at, why=reason)
    return found


def lapse_introductions(*, at: datetime) -> int:
    """End the introductions no agency answered in time; return how many."""
    due = Introduction.objects.filter(state=IntroState.PROPOSED, lapses_at__lte=at)
    ids = list(due.order_by("lapses_at").values_list("pk", flat=True)[:500])
    for introduction_id in ids:
        _lapse(introduction_id=introduction_id, actor=system("market.quotes"), at=at)
    return len(ids)


@verb("market.lapse-introduction")
def _lapse(*, introduction_id: UUID, actor: Actor, at: datetime) -> None:
    found = _locked(introduction_id)
    if found.state == IntroState.PROPOSED and at >= found.lapses_at:
        found.state, found.ended_at = IntroState.LAPSED, at
        found.save(update_fields=["state", "ended_at"])
        _note("lapsed", found, actor, at)


@verb("market.report-introduction")
def report_introduction(
    *, introduction_id: UUID, says: str, actor: Actor, at: datetime
) -> Introduction:
    """
    Tell whether a contract was signed; each side for itself, and it may change its word.

    :raises NoSuchIntroduction: unknown, or of others
    :raises NotIntroduced: both sides have not agreed
    :raises BadEntry: no such answer
    """
    found = own_introduction(introduction_id, actor)
    if says not in Signed.values:
        raise BadEntry(field="says")
    side = "creditor" if actor.role == Role.CREDITOR else "collector"
    setattr(found, f"{side}_says", says)
    setattr(found, f"{side}_said_at", at)
    found.save(update_fields=[f"{side}_says", f"{side}_said_at"])
    _note("reported", found, actor, at, side=side, says=says)
    return found


@verb("market.open-contact")
def _open(*, introduction_id: UUID, actor: Actor, at: datetime) -> tuple[str, ...]:
    found = own_introduction(introduction_id, actor)
    request = found.request
    creditor = actor.role == Role.CREDITOR
    items = (
        (found.agency_name_id, found.agency_phone_id)
        if creditor
        else (request.contact_name_id, request.contact_phone_id)
    )
    known = [each for each in items if each is not None]
    return open_contact(item_ids=known, subject=f"introduction:{found.pk}", actor=actor, at=at)


def open_other_side(*, introduction_id: UUID, actor: Actor, at: datetime) -> tuple[str, ...]:
    """
    Return name and telephone of the other side's contact person, and put the look on record.

    :raises NoSuchIntroduction: unknown, or of others
    :raises NotIntroduced: both sides have not agreed
    """
    return _open(introduction_id=introduction_id, actor=actor.with_key(None), at=at)


def own_introduction(introduction_id: UUID, actor: Actor) -> Introduction:
    """
    Lock a made introduction of an actor's organisation.

    :raises NoSuchIntroduction: unknown, or of others
    :raises NotIntroduced: both sides have not agreed
    """
    require(actor, Permission.COMPLAIN)
    found = _locked(introduction_id)
    sides = {Role.CREDITOR: found.creditor_id, Role.COLLECTOR: found.collector_id}
    if actor.org_id is None or sides.get(actor.role) != actor.org_id:
        raise NoSuchIntroduction
    if found.state != IntroState.MADE:
        raise NotIntroduced
    return found


def _locked(introduction_id: UUID) -> Introduction:
    rows = Introduction.objects.select_for_update(of=("self",)).select_related("request")
    found = rows.filter(pk=introduction_id).first()
    if found is None:
        raise NoSuchIntroduction
    return found


def _locked_for_agency(introduction_id: UUID, actor: Actor, at: datetime) -> Introduction:
    require(actor, Permission.TAKE_ORDERS)
    mine = Introduction.objects.filter(pk=introduction_id, collector=actor.org_id)
    request_id = mine.values_list("request_id", flat=True).first()
    if actor.org_id is None or request_id is None:
        raise NoSuchIntroduction
    # Request before introduction, as the creditor's acts lock them.
    request = QuoteRequest.objects.select_for_update().get(pk=request_id)
    found = _locked(introduction_id)
    found.request = request
    if found.state != IntroState.PROPOSED or at >= found.lapses_at:
        raise IntroductionOver
    return found


def _terms(request: QuoteRequest, quote: Quotation) -> str:
    """Return what both sides said, as one canonical text."""
    told = {
        "request": request.number,
        "product": request.product,
        "stage": request.stage,
        "count": request.count_band,
        "sum": request.sum_band,
        "regions": request.regions,
        "rate": str(quote.rate),
        "quality_share": str(quote.quality_share),
        "period_days": quote.period_days,
        "first_action_days": quote.first_action_days,
        "report_days": quote.report_days,
        "sentence": quote.sentence,
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def _note(what: str, made: Introduction, actor: Actor, at: datetime, **facts: Any) -> None:
    record(
        kind=f"market.introduction-{what}",
        subject=f"introduction:{made.pk}",
        actor=actor,
        at=at,
        **facts,
    )

"""Requests for quotation (询价): ask in bands, take back, and what becomes of the answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from qinghe.claims.terms import Product, Stage
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.ids import new_id
from qinghe.market import quoting
from qinghe.market.information_refusals import (
    AgencyNotFit,
    BadDeadline,
    BadEntry,
    NobodyFits,
    NoSuchRequest,
    NotChoosable,
    QuotesClosed,
    QuotesSealed,
    TooManyAsked,
)
from qinghe.market.models import Introduction, Quotation, QuoteInvite, QuoteRequest
from qinghe.market.queries.listed import Listed, fitting
from qinghe.market.quoting import CountBand, IntroState, PassedOver, QuoteState, SumBand
from qinghe.market.services.listings import number_of
from qinghe.parties.levels import Act
from qinghe.parties.models import Organisation
from qinghe.parties.regions import is_region
from qinghe.parties.roles import NotPermitted, Permission, require
from qinghe.parties.services.assurance import check_standing
from qinghe.parties.services.business import seal_contact

LIVE_INTRO = (IntroState.PROPOSED, IntroState.MADE)


@verb("market.ask-quotes")
def ask_quotes(
    *,
    product: str,
    stage: str,
    count_band: str,
    sum_band: str,
    regions: Sequence[str],
    closes_at: datetime,
    contact_name: str,
    contact_phone: str,
    actor: Actor,
    at: datetime,
    collector_ids: Sequence[UUID] = (),
) -> QuoteRequest:
    """
    Ask listed agencies to quote on a portfolio; nobody chosen means all that fit, fifty at most.

    :raises NotPermitted: only a creditor asks
    :raises NotAssured: what is proven of the creditor does not suffice
    :raises BadEntry: a band, kind, stage or region that does not exist; names the field
    :raises BadDeadline: too soon or too late
    :raises TooManyAsked: more than ten chosen
    :raises NobodyFits: no agency fits
    :raises AgencyNotFit: one that was chosen does not
    """
    org_id, user_id = _creditor(actor, at)
    _check(product, stage, count_band, sum_band, regions)
    _check_deadline(closes_at, at)
    fit = fitting(org_id, at, product=product, stage=stage, regions=regions)
    asked = _chosen(fit, collector_ids)
    name, phone = seal_contact(name=contact_name, phone=contact_phone, at=at)
    row_id = new_id()
    made = QuoteRequest.objects.create(
        id=row_id,
        number=f"RQ-{number_of(row_id)}",
        creditor_id=org_id,
        product=product,
        stage=stage,
        count_band=count_band,
        sum_band=sum_band,
        regions=list(regions),
        everybody=not collector_ids,
        contact_name=name,
        contact_phone=phone,
        asked_by=user_id,
        asked_at=at,
        closes_at=closes_at,
    )
    QuoteInvite.objects.bulk_create(QuoteInvite(request=made, collector_id=each) for each in asked)
    _note("asked", made, actor, at, agencies=len(asked), closes_at=closes_at)
    return made


@verb("market.withdraw-request")
def withdraw_request(*, request_id: UUID, actor: Actor, at: datetime) -> QuoteRequest:
    """
    Take a request back before its hour; no envelope is ever opened.

    :raises NoSuchRequest: unknown, or another creditor's
    :raises QuotesClosed: it was opened or taken back before
    """
    found = locked_request(request_id, actor)
    if found.state != QuoteState.OPEN:
        raise QuotesClosed
    found.state, found.closed_at = QuoteState.WITHDRAWN, at
    found.save(update_fields=["state", "closed_at"])
    _note("request-withdrawn", found, actor, at)
    return found


@verb("market.pass-over")
def pass_over(*, quotation_id: UUID, reason: str, actor: Actor, at: datetime) -> Quotation:
    """
    Tell an agency by a reason from the list that its quotation is not taken.

    :raises NoSuchRequest: unknown, or another creditor's
    :raises BadEntry: no such reason
    :raises NotChoosable: it was answered before, or is being introduced
    """
    found = Quotation.objects.filter(pk=quotation_id).first()
    if found is None:
        raise NoSuchRequest
    request = locked_request(found.request_id, actor)
    if reason not in PassedOver.values:
        raise BadEntry(field="reason")
    found.refresh_from_db()
    live = Introduction.objects.filter(quotation=found, state__in=LIVE_INTRO)
    if found.refused or found.passed or live.exists():
        raise NotChoosable
    found.passed, found.passed_at = reason, at
    found.save(update_fields=["passed", "passed_at"])
    _note("passed-over", request, actor, at, quotation=found.pk, why=reason)
    return found


@verb("market.close-request")
def close_request(*, request_id: UUID, actor: Actor, at: datetime) -> QuoteRequest:
    """
    Finish an opened request; whoever was not answered reads that the portfolio is not given out.

    :raises NoSuchRequest: unknown, or another creditor's
    :raises QuotesSealed: its hour has not come; it can be taken back
    :raises QuotesClosed: it is finished
    :raises NotChoosable: an agency is being introduced
    """
    found = locked_request(request_id, actor)
    if found.state == QuoteState.OPEN:
        raise QuotesSealed
    if found.state != QuoteState.OPENED:
        raise QuotesClosed
    if Introduction.objects.filter(request=found, state__in=LIVE_INTRO).exists():
        raise NotChoosable
    close(found, PassedOver.DROPPED, at)
    _note("request-closed", found, actor, at)
    return found


def close(found: QuoteRequest, why: PassedOver, at: datetime, but: UUID | None = None) -> None:
    """Finish a locked request, and answer every quotation that waits."""
    waiting = Quotation.objects.filter(request=found, refused="", passed="")
    waiting = waiting if but is None else waiting.exclude(pk=but)
    waiting.update(passed=why, passed_at=at)
    found.state, found.closed_at = QuoteState.CLOSED, at
    found.save(update_fields=["state", "closed_at"])


def locked_request(request_id: UUID, actor: Actor) -> QuoteRequest:
    """
    Lock a creditor's own request.

    :raises NoSuchRequest: unknown, or another creditor's
    """
    require(actor, Permission.PLACE_CLAIMS)
    mine = QuoteRequest.objects.select_for_update().filter(creditor=actor.org_id)
    found = mine.filter(pk=request_id).first()
    if found is None:
        raise NoSuchRequest
    return found


def _chosen(fit: Sequence[Listed], wanted: Sequence[UUID]) -> list[UUID]:
    known = [each.org_id for each in fit]
    if not known:
        raise NobodyFits
    if not wanted:
        return known[: quoting.MOST_ASKED]
    chosen = list(dict.fromkeys(wanted))
    if len(chosen) > quoting.MOST_CHOSEN:
        raise TooManyAsked(limit=quoting.MOST_CHOSEN)
    if not set(chosen) <= set(known):
        raise AgencyNotFit
    return chosen


def _creditor(actor: Actor, at: datetime) -> tuple[UUID, UUID]:
    require(actor, Permission.PLACE_CLAIMS)
    if actor.role != Role.CREDITOR or actor.org_id is None or actor.user_id is None:
        raise NotPermitted
    check_standing(Organisation.objects.get(pk=actor.org_id), Act.SUBMIT, at)
    return actor.org_id, actor.user_id


def _check_deadline(closes_at: datetime, at: datetime) -> None:
    if not quoting.SHORTEST <= closes_at - at <= quoting.LONGEST:
        hours = int(quoting.SHORTEST.total_seconds()) // 3600
        raise BadDeadline(hours=hours, days=quoting.LONGEST.days)


def _check(
    product: str, stage: str, count_band: str, sum_band: str, regions: Sequence[str]
) -> None:
    told = (
        ("product", product in Product.values),
        ("stage", stage in Stage.values),
        ("count_band", count_band in CountBand.values),
        ("sum_band", sum_band in SumBand.values),
        ("regions", bool(regions) and all(is_region(each) for each in regions)),
    )
    for field, holds in told:
        if not holds:
            raise BadEntry(field=field)


def _note(what: str, made: QuoteRequest, actor: Actor, at: datetime, **facts: Any) -> None:
    record(
        kind=f"market.quotes-{what}",
        subject=f"quotes:{made.pk}",
        actor=actor,
        at=at,
        request=made.number,
        **facts,
    )

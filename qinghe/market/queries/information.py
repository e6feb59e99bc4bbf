"""What creditor, agency and operator read of requests, answers and introductions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qinghe.kernel.actor import Actor, Role
from qinghe.market.information_refusals import NoSuchIntroduction, NoSuchRequest
from qinghe.market.models import (
    Introduction,
    IntroductionComplaint,
    Quotation,
    QuoteEnvelope,
    QuoteInvite,
    QuoteRequest,
)
from qinghe.market.queries.standing import StandingRow, standing_of
from qinghe.market.quote_envelopes import Said, read
from qinghe.market.quoting import QuoteState
from qinghe.market.sealing import opened
from qinghe.parties.roles import Permission, require

PAGE = 200


@dataclass(frozen=True)
class Compared:
    """One quotation beside the record of its agency, and its introduction if there is one."""

    quotation: Quotation
    name: str
    slug: str
    standing: StandingRow | None
    introduction: Introduction | None


@dataclass(frozen=True)
class Asked:
    """One request as an agency that was asked sees it; who asks stays unsaid until both agree."""

    request: QuoteRequest
    lender: str
    said: Said | None
    said_at: datetime | None
    quotation: Quotation | None


def own_requests(*, actor: Actor) -> list[QuoteRequest]:
    """Return a creditor's requests, the newest first; nothing in them tells of answers."""
    require(actor, Permission.PLACE_CLAIMS)
    mine = QuoteRequest.objects.filter(creditor=actor.org_id)
    return list(mine.order_by("-asked_at", "-id")[:PAGE])


def own_request(*, request_id: UUID, actor: Actor) -> QuoteRequest:
    """
    Return one request of a creditor.

    :raises NoSuchRequest: unknown, or another's
    """
    require(actor, Permission.PLACE_CLAIMS)
    found = QuoteRequest.objects.filter(pk=request_id, creditor=actor.org_id).first()
    if found is None:
        raise NoSuchRequest
    return found


def asked_names(request_id: UUID) -> list[str]:
    """Return the agencies that were asked, by name: who asked them knows them."""
    rows = QuoteInvite.objects.filter(request=request_id).order_by("collector__name", "pk")
    return list(rows.values_list("collector__name", flat=True))


def compared(*, request: QuoteRequest, at: datetime) -> list[Compared]:
    """
    Return the opened quotations of a request, the lowest commission first, refusals last.

    Empty until the hour, whatever was handed in. Three queries.
    """
    if request.state in (QuoteState.OPEN, QuoteState.WITHDRAWN):
        return []
    rows = list(Quotation.objects.filter(request=request).select_related("collector"))
    standing = standing_of([row.collector_id for row in rows], at)
    intros = {row.quotation_id: row for row in Introduction.objects.filter(request=request)}
    rows.sort(key=lambda row: (bool(row.refused), row.rate or 0, row.collector.name))
    return [
        Compared(
            row,
            row.collector.name,
            row.collector.slug,
            standing.get(row.collector_id),
            intros.get(row.pk),
        )
        for row in rows
    ]


def asked_of_me(*, actor: Actor, request_id: UUID | None = None) -> list[Asked]:
    """
    Return the requests an agency was asked about, with its own last word. Four queries.

    It reads its own envelopes and nobody else's.
    """
    require(actor, Permission.TAKE_ORDERS)
    invites = QuoteInvite.objects.filter(collector=actor.org_id)
    if request_id is not None:
        invites = invites.filter(request=request_id)
    rows = [
        each.request
        for each in invites.select_related("request__creditor").order_by("-request__closes_at")[
            :PAGE
        ]
    ]
    ids = [row.pk for row in rows]
    mine = QuoteEnvelope.objects.filter(collector=actor.org_id, request__in=ids).order_by("turn")
    last = {each.request_id: each for each in mine}
    results = Quotation.objects.filter(collector=actor.org_id, request__in=ids)
    found = {each.request_id: each for each in results}
    return [_asked(row, last.get(row.pk), found.get(row.pk)) for row in rows]


def asked_one(*, request_id: UUID, actor: Actor) -> Asked:
    """
    Return one request an agency was asked about.

    :raises NoSuchRequest: unknown, or it was not asked
    """
    found = asked_of_me(actor=actor, request_id=request_id)
    if not found:
        raise NoSuchRequest
    return found[0]


def own_introductions(*, actor: Actor) -> list[Introduction]:
    """Return the introductions of an actor's side, or all for the operator; newest first."""
    rows = Introduction.objects.select_related("request", "creditor", "collector", "quotation")
    if actor.role == Role.CREDITOR:
        rows = rows.filter(creditor=actor.org_id)
    elif actor.role == Role.COLLECTOR:
        rows = rows.filter(collector=actor.org_id)
    else:
        require(actor, Permission.MANAGE_PAYMENTS)
    return list(rows.order_by("-proposed_at", "-id")[:PAGE])


def one_introduction(*, introduction_id: UUID, actor: Actor) -> Introduction:
    """
    Return one introduction to one of its sides.

    :raises NoSuchIntroduction: unknown, or of others
    """
    sides = {Role.CREDITOR: "creditor", Role.COLLECTOR: "collector"}
    side = sides.get(actor.role)
    rows = Introduction.objects.select_related("request", "creditor", "collector", "quotation")
    found = rows.filter(pk=introduction_id, **{side: actor.org_id}).first() if side else None
    if found is None:
        raise NoSuchIntroduction
    return found


def complaints_of(introduction_id: UUID, actor: Actor) -> list[IntroductionComplaint]:
    """Return what a side complained of, with the answers."""
    rows = IntroductionComplaint.objects.filter(introduction=introduction_id, by=actor.org_id)
    return list(rows.order_by("-opened_at", "-id"))


def complaints_waiting(*, actor: Actor) -> list[IntroductionComplaint]:
    """
    Return the complaints nobody has decided, the oldest first.

    :raises NotPermitted: only who decides complaints
    """
    require(actor, Permission.DECIDE_COMPLAINTS)
    rows = IntroductionComplaint.objects.filter(state="open").select_related(
        "by", "against", "introduction__request"
    )
    return list(rows.order_by("opened_at", "id")[:PAGE])


def _asked(
    request: QuoteRequest, envelope: QuoteEnvelope | None, quotation: Quotation | None
) -> Asked:
    said = None
    if envelope is not None:
        said = read(opened(envelope.pk, envelope.key_id, envelope.sealed))
    at = envelope.at if envelope is not None else None
    return Asked(request, request.creditor.kind, said, at, quotation)

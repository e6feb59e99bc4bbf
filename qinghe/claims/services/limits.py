"""How much a private creditor may submit: judged and counted under one lock at submission."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from qinghe.claims.contract_terms import TitleState
from qinghe.claims.models import Claim, Dispute, Review, Title
from qinghe.claims.terms import ClaimState, DisputeState, Rejection, ReviewStep
from qinghe.journal.services import record
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.kernel.money import to_major
from qinghe.parties.allowances import Allowed, Past, Step, allowed, settled_from, window
from qinghe.parties.models import Allowance, AllowanceUse, Organisation
from qinghe.parties.queries.kin import kin_of
from qinghe.parties.terms import OrgKind

CURRENCY: Final = "CNY"
# Ended before anybody had looked and the debtor could contest, or nobody knows from where.
UNSEEN: Final = ("", ClaimState.SUBMITTED, ClaimState.CHALLENGE)
# So many claims taken back after a reviewer's question weigh like one that was turned down.
DROPPED_AS_ONE: Final = 3
SUBJECT_TO: Final = (OrgKind.PRIVATE_CREDITOR,)


class OverAllowance(DomainError):
    code = "claims.over-allowance"
    text = _(
        "In thirty days you may submit {claims_limit} claims over {amount_limit} yuan together. "
        "{claims_used} claims over {amount_used} yuan count now; {claims} claims over {amount} "
        "yuan would be added. There is room for it from {opens_at} on."
    )


class AboveAllowance(DomainError):
    code = "claims.above-allowance"
    text = _(
        "In thirty days you may submit {claims_limit} claims over {amount_limit} yuan together. "
        "{claims} claims over {amount} yuan are too much: submit fewer. The limit grows with "
        "claims that are paid here without dispute."
    )


class RaisedTooMuch(DomainError):
    code = "claims.raised-too-much"
    text = _(
        "In thirty days your claims may come to {amount_limit} yuan together, and a raise counts "
        "like a new claim. {amount_used} yuan count now; this raise adds {amount} yuan."
    )


class CoolingOff(DomainError):
    code = "claims.cooling-off"
    text = _(
        "A claim of yours was rejected, or several were taken back after a reviewer's question. "
        "You may submit again from {opens_at} on."
    )


class OnlyYuan(DomainError):
    code = "claims.only-yuan"
    text = _("Natural persons submit claims in yuan (CNY) here; this file is in {currency}.")


def use_allowance(
    *, creditor: Organisation, amounts: Sequence[int], currency: str, actor: Actor, at: datetime
) -> None:
    """
    Count new claims against a private creditor's limit, inside the caller's transaction.

    `amounts` has one figure in minor units for each claim.

    :raises CoolingOff: a claim was rejected lately
    :raises OverAllowance: too many or too much within thirty days; facts say when there is room
    :raises AboveAllowance: more than thirty days ever allow at this step
    :raises OnlyYuan: another currency
    """
    if amounts:
        _use(creditor, (len(amounts), sum(amounts)), currency, actor, at)


def use_allowance_for_raise(
    *, creditor: Organisation, amount: int, currency: str, actor: Actor, at: datetime
) -> None:
    """
    Count what a private creditor adds to a claim, in minor units, inside the caller's transaction.

    :raises CoolingOff: a claim was rejected lately
    :raises RaisedTooMuch: more within thirty days than it may submit
    :raises OnlyYuan: another currency
    """
    try:
        _use(creditor, (0, amount), currency, actor, at)
    except (OverAllowance, AboveAllowance) as refusal:
        names = ("amount_limit", "amount_used", "amount")
        raise RaisedTooMuch(**{name: refusal.facts[name] for name in names}) from None


def _use(
    creditor: Organisation, asked: tuple[int, int], currency: str, actor: Actor, at: datetime
) -> None:
    if creditor.kind not in SUBJECT_TO:
        return
    if currency != CURRENCY:
        raise OnlyYuan(currency=currency)
    row = _locked(creditor.pk, at)
    now = allowed(past_of(creditor.pk), at)
    if now.paused_until is not None:
        raise CoolingOff(opens_at=_moment(now.paused_until))
    uses = _uses(creditor.pk, at)
    used = (sum(use.claims for use in uses), sum(use.amount for use in uses))
    if used[0] + asked[0] > now.step.claims or used[1] + asked[1] > now.step.amount:
        raise _refusal(now, used, asked, uses)
    row.step = now.step.number
    row.claims_cap, row.amount_cap = max(now.step.claims, used[0]), max(now.step.amount, used[1])
    row.claims_used, row.amount_used = used[0] + asked[0], used[1] + asked[1]
    row.counted_at = at
    row.save()
    AllowanceUse.objects.create(organisation=creditor, claims=asked[0], amount=asked[1], at=at)
    record(
        kind="claims.allowance-used",
        subject=f"organisation:{creditor.pk}",
        actor=actor,
        at=at,
        step=row.step,
        claims=asked[0],
        amount=asked[1],
    )


def is_limited(creditor_id: UUID) -> bool:
    """Tell whether a creditor may submit only so much: natural persons."""
    return Organisation.objects.filter(pk=creditor_id, kind__in=SUBJECT_TO).exists()


@dataclass(frozen=True)
class Room:
    """What a private creditor may still submit now; amounts in fen, reasons in two languages."""

    step: Step
    claims_used: int
    amount_used: int
    paused_until: datetime | None


def room_of(*, creditor_id: UUID, at: datetime) -> Room:
    """Return how much of its limit a private creditor has used; four queries, no lock."""
    now, uses = allowed(past_of(creditor_id), at), _uses(creditor_id, at)
    return Room(
        step=now.step,
        claims_used=sum(use.claims for use in uses),
        amount_used=sum(use.amount for use in uses),
        paused_until=now.paused_until,
    )


def past_of(creditor_id: UUID) -> Past:
    """Return what became of a creditor's claims; three short queries by its index."""
    mine = Claim.objects.filter(creditor=creditor_id)
    taken_over = Title.objects.filter(to_org=creditor_id, state=TitleState.HELD).values("claim")
    contested = Dispute.objects.exclude(state=DisputeState.DISMISSED)
    # Only money that went through the cashier: what a creditor waives or says to have received
    # itself proves nothing about its claims.
    paid_here = mine.filter(
        state=ClaimState.CLOSED, proven__gte=F("claimed"), claimed__gte=settled_from()
    )
    # What was paid before it was looked at and could be contested proves nothing either.
    paid_here = paid_here.exclude(closed_from__in=UNSEEN)
    settled = paid_here.exclude(
        pk__in=contested.filter(claim__creditor=creditor_id).values("claim_id")
    )
    # What went wrong stays with the people behind a party, under whatever name they apply anew.
    theirs = Claim.objects.filter(creditor__in=[creditor_id, *kin_of(creditor_id)])
    turned_down = theirs.filter(state=ClaimState.REJECTED, closed_at__isnull=False)
    invented = Q(ended_because__startswith=Rejection.INVENTED)
    return Past(
        # A claim taken over from somebody is older than the acquaintance.
        began_at=mine.exclude(pk__in=taken_over).aggregate(first=Min("created_at"))["first"],
        # Ten claims against one friend are one acquaintance.
        settled=settled.exclude(pk__in=taken_over).aggregate(n=Count("debtor", distinct=True))["n"],
        rejected=(*_moments(turned_down.exclude(invented)), *_dropped(theirs)),
        invented=_moments(turned_down.filter(invented)),
    )


def _dropped(claims: QuerySet[Claim]) -> tuple[datetime, ...]:
    """
    Return when claims that a reviewer had questions about were taken back: each third counts.

    Taking one back is honest. Who does it again and again tries out what the desk lets through.
    """
    asked = Review.objects.filter(claim=OuterRef("pk"), step=ReviewStep.RETURNED)
    rows = claims.filter(Exists(asked), state=ClaimState.WITHDRAWN, closed_from="")
    moments = sorted(_moments(rows.filter(closed_at__isnull=False, noticed_at__isnull=True)))
    return tuple(moments[DROPPED_AS_ONE - 1 :: DROPPED_AS_ONE])


def _moments(rows: object) -> tuple[datetime, ...]:
    return tuple(rows.values_list("closed_at", flat=True))  # type: ignore[attr-defined]


def _locked(creditor_id: UUID, at: datetime) -> Allowance:
    Allowance.objects.get_or_create(organisation_id=creditor_id, defaults={"counted_at": at})
    return Allowance.objects.select_for_update().get(pk=creditor_id)


def _uses(creditor_id: UUID, at: datetime) -> list[AllowanceUse]:
    rows = AllowanceUse.objects.filter(organisation=creditor_id, at__gt=at - window())
    return list(rows.order_by("at", "id"))


def _refusal(
    now: Allowed, used: tuple[int, int], asked: tuple[int, int], uses: Sequence[AllowanceUse]
) -> DomainError:
    step = now.step
    figures = {
        "claims_limit": step.claims,
        "amount_limit": _yuan(step.amount),
        "claims": asked[0],
        "amount": _yuan(asked[1]),
        "claims_used": used[0],
        "amount_used": _yuan(used[1]),
    }
    if asked[0] > step.claims or asked[1] > step.amount:
        return AboveAllowance(**figures)
    claims, amount = used
    opens = uses[-1].at
    for use in uses:
        claims, amount, opens = claims - use.claims, amount - use.amount, use.at
        if claims + asked[0] <= step.claims and amount + asked[1] <= step.amount:
            break
    return OverAllowance(
        **figures,
        opens_at=_moment(opens + window()),
    )


def _yuan(amount: int) -> str:
    return f"{to_major(amount, CURRENCY):,}"


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="minutes")

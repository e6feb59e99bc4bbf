"""The collector's worklist: live cases with the next best action and its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from qinghe.casework.models import CallBack, Plan, Promise, Record
from qinghe.casework.queries.next_action import Facts, Suggestion, suggest
from qinghe.claims.days import day_of
from qinghe.claims.interest import accrue
from qinghe.claims.models import Hold
from qinghe.claims.terms import ClaimState
from qinghe.contact.models import Attempt
from qinghe.contact.terms import AttemptState, Outcome
from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Mandate
from qinghe.market.queries.teams import in_own_hands
from qinghe.market.refusals import NoMandate
from qinghe.market.terms import LIVE, MandateState

PAGE_SIZE = 50
# Cases looked at when the list is ordered by urgency, those whose mandate ends first; a longer list
# says so and asks for filters.
LOOKED_AT = 1000
RECENT = timedelta(days=14)
UNANSWERED = (Outcome.NO_ANSWER, Outcome.BUSY, Outcome.VOICEMAIL, Outcome.NOT_IN_SERVICE)
REACHED = (AttemptState.DONE, AttemptState.FAILED, AttemptState.SENDING, AttemptState.PERMITTED)


@dataclass(frozen=True)
class WorkFilters:
    """What a worker looks for; an empty filter lets everything through."""

    stages: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    action: str = ""
    text: str = ""


@dataclass(frozen=True)
class WorkRow:
    """One case: masked debtor, what is owed in minor units, what to do next and why."""

    claim_id: UUID
    claim_number: str
    mandate_id: UUID
    debtor_masked: str
    creditor_name: str
    product: str
    stage: str
    region: str
    currency: str
    owed: int
    paid: int
    due_on: date
    mandate_state: str
    ends_at: datetime
    holds: tuple[str, ...]
    plan: str
    promise_due_on: date | None
    call_back_at: datetime | None
    last_attempt_at: datetime | None
    last_result: str
    next_action: Suggestion


@dataclass(frozen=True)
class Worklist:
    """
    One page of cases, most urgent first, and how many cases wait for each action.

    `order` names the cases of all pages, so that somebody can walk from one to the next. `beyond`:
    there are more cases than were looked at, and their mandates end later.
    """

    rows: list[WorkRow]
    total: int
    page: int
    pages: int
    by_action: dict[str, int]
    order: tuple[UUID, ...] = ()
    beyond: bool = False


def worklist(
    *, actor: Actor, at: datetime, filters: WorkFilters | None = None, page: int = 1
) -> Worklist:
    """
    Return a page of the cases an actor's organisation may work, most urgent first. One query.

    Empty for whoever is no collector.
    """
    filters = filters or WorkFilters()
    if actor.role != Role.COLLECTOR or actor.org_id is None:
        return Worklist([], 0, 1, 1, {})
    facts = list(case_facts(_matching(own(actor, at), filters), at)[: LOOKED_AT + 1])
    rows = [row_of(each, at) for each in facts[:LOOKED_AT]]
    by_action: dict[str, int] = {}
    for row in rows:
        by_action[row.next_action.code] = by_action.get(row.next_action.code, 0) + 1
    rows = [row for row in rows if filters.action in ("", row.next_action.code)]
    rows.sort(key=lambda row: (row.next_action.urgency, row.ends_at, row.claim_number))
    pages = max(-(-len(rows) // PAGE_SIZE), 1)
    page = min(max(page, 1), pages)
    shown = rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    order = tuple(row.claim_id for row in rows)
    beyond = len(facts) > LOOKED_AT
    return Worklist(shown, len(rows), page, pages, by_action, order, beyond)


def suggestion_for(*, claim_id: UUID, actor: Actor, at: datetime) -> Suggestion:
    """
    Return the next best action on one case, for the right side of the case page.

    :raises NoMandate: the actor's organisation holds no live mandate on it
    """
    found = case_facts(own(actor, at).filter(claim=claim_id), at).first()
    if found is None:
        raise NoMandate
    return suggestion_of(found, at)


def suggestion_of(facts: tuple[Any, ...], at: datetime) -> Suggestion:
    """Return the next best action on a case from its row of `case_facts`."""
    return row_of(facts, at).next_action


def still_own(*, claim_ids: Iterable[UUID], actor: Actor, at: datetime) -> frozenset[UUID]:
    """Return those of some claims that an actor's organisation may work now. One query."""
    mine = own(actor, at).filter(claim__in=list(claim_ids))
    return frozenset(mine.values_list("claim_id", flat=True))


def own(actor: Actor, at: datetime) -> QuerySet[Mandate]:
    """Narrow to the live mandates of an actor's organisation."""
    return Mandate.objects.filter(
        in_own_hands(actor, "claim__debtor"),
        # A claim that was stopped is worked no more, though its mandate ends a moment later.
        claim__state=ClaimState.PLACED,
        collector=actor.org_id,
        state__in=LIVE,
        starts_at__lte=at,
        ends_at__gt=at,
    )


def _matching(mandates: QuerySet[Mandate], filters: WorkFilters) -> QuerySet[Mandate]:
    if filters.stages:
        mandates = mandates.filter(claim__stage__in=filters.stages)
    if filters.products:
        mandates = mandates.filter(claim__product__in=filters.products)
    if filters.text.strip():
        mandates = mandates.filter(claim__number__icontains=filters.text.strip())
    return mandates


def case_facts(mandates: QuerySet[Mandate], at: datetime) -> QuerySet[Mandate, tuple[Any, ...]]:
    """Read every fact of every case in one statement; each part uses an index of the claim."""
    claim = OuterRef("claim")
    attempts = Attempt.objects.filter(claim=claim, collector=OuterRef("collector"))
    tried = attempts.filter(state__in=REACHED).order_by("-at")
    missed = attempts.filter(at__gt=at - RECENT, outcome__in=UNANSWERED)
    promised = Promise.objects.filter(claim=claim).order_by("-made_at")
    planned = CallBack.objects.filter(claim=claim, done_at__isnull=True)
    plans = Plan.objects.filter(claim=claim, state__in=("proposed", "active"))
    results = Record.objects.filter(claim=claim).order_by("-at")
    return (
        mandates.annotate(
            hold_kinds=ArraySubquery(_holds(at).values("kind")),
            plan=Subquery(plans.values("state")[:1]),
            promise_due=Subquery(promised.filter(state="open").values("due_on")[:1]),
            last_promise=Subquery(promised.values("state")[:1]),
            call_back=Subquery(planned.order_by("planned_at").values("planned_at")[:1]),
            last_attempt=Subquery(tried.values("at")[:1]),
            unanswered=Subquery(missed.values("claim").annotate(n=Count("pk")).values("n")[:1]),
            last_result=Subquery(results.values("result")[:1]),
        )
        .order_by("ends_at", "pk")
        .values_list(*COLUMNS)
    )


COLUMNS = (
    "pk",
    "claim_id",
    "claim__number",
    "claim__debtor__masked_name",
    "creditor__name",
    "claim__product",
    "claim__stage",
    "claim__region",
    "claim__currency",
    "claim__principal",
    "claim__interest",
    "claim__costs",
    "claim__paid",
    "claim__due_on",
    "claim__overdue_rate_pct",
    "claim__interest_to",
    "claim__noticed_at",
    "state",
    "ends_at",
    "hold_kinds",
    "plan",
    "promise_due",
    "last_promise",
    "call_back",
    "last_attempt",
    "unanswered",
    "last_result",
)


def _holds(at: datetime) -> QuerySet[Hold]:
    standing = Hold.objects.filter(person=OuterRef("claim__debtor"), lifted_at__isnull=True)
    return standing.filter(
        Q(claim__isnull=True) | Q(claim=OuterRef("claim")),
        Q(ends_at__isnull=True) | Q(ends_at__gt=at),
    )


def row_of(fields: tuple[Any, ...], at: datetime) -> WorkRow:
    """Return a case from its row of `case_facts`, with its next best action."""
    values = dict(zip(COLUMNS, fields, strict=True))
    facts = _facts_of(values, at)
    return WorkRow(
        claim_id=values["claim_id"],
        claim_number=values["claim__number"],
        mandate_id=values["pk"],
        debtor_masked=values["claim__debtor__masked_name"],
        creditor_name=values["creditor__name"],
        product=values["claim__product"],
        stage=values["claim__stage"],
        region=values["claim__region"],
        currency=values["claim__currency"],
        owed=_owed(values, facts.today),
        paid=values["claim__paid"],
        due_on=values["claim__due_on"],
        mandate_state=values["state"],
        ends_at=values["ends_at"],
        holds=facts.holds,
        plan=facts.plan,
        promise_due_on=facts.promise_due_on,
        call_back_at=facts.call_back_at,
        last_attempt_at=facts.last_attempt_at,
        last_result=facts.last_result,
        next_action=suggest(facts),
    )


def _facts_of(values: dict[str, Any], at: datetime) -> Facts:
    return Facts(
        at=at,
        today=day_of(at),
        suspended=values["state"] == MandateState.SUSPENDED,
        holds=tuple(sorted(set(values["hold_kinds"]))),
        plan=values["plan"] or "",
        call_back_at=values["call_back"],
        promise_due_on=values["promise_due"],
        last_promise=values["last_promise"] or "",
        last_result=values["last_result"] or "",
        last_attempt_at=values["last_attempt"],
        noticed=values["claim__noticed_at"] is not None,
        unanswered=values["unanswered"] or 0,
        ends_at=values["ends_at"],
    )


def _owed(values: dict[str, Any], today: date) -> int:
    """Return what is owed today: live mandates are on open claims, whose interest grows."""
    principal, interest = values["claim__principal"], values["claim__interest"]
    rate, booked_to = values["claim__overdue_rate_pct"], values["claim__interest_to"]
    fresh, _facts = accrue(principal, rate, booked_to, today)
    return int(principal + interest + values["claim__costs"] + fresh)

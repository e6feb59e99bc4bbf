"""Which routes are open for a claim, why, and by which rule. Reads only; it files nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qinghe.casework.models import Hardship, Plan
from qinghe.claims.days import day_of
from qinghe.claims.models import Claim, LimitationAct
from qinghe.claims.queries import ClaimView, NoSuchClaim, view_of, visible
from qinghe.claims.queries.limits import event_of, limitation_on
from qinghe.claims.terms import OPEN_STATES
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.together import together
from qinghe.legal.terms import RouteCode
from qinghe.market.models import Mandate
from qinghe.market.queries.teams import in_own_hands
from qinghe.market.terms import LIVE
from qinghe.parties.models import Person
from qinghe.parties.regions import province_of
from qinghe.parties.terms import Channel
from qinghe.rules.contact.clock import CHINESE_ZONES
from qinghe.rules.limitation import Limitation, LimitationEvent
from qinghe.rules.packs import rule
from qinghe.rules.route import arbitration, small_claims
from qinghe.rules.steps import Step

HOME_CURRENCY = "CNY"
UNLOCATED = _("It is not known where the debtor lives: the claim names no city or province.")


@dataclass(frozen=True)
class Route:
    """One way to go on with a claim: open or not, the reason, and the rules it rests on."""

    code: str
    title: str
    available: bool
    why: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """What decides about routes: the facts of one claim on one day."""

    on: date
    claim: ClaimView
    due: bool
    disputed: bool
    has_evidence: bool
    servable: bool
    in_country: bool
    located: bool
    limitation: Limitation | None


@dataclass(frozen=True)
class Outlook:
    """Every route of one claim on one day, and when the claim becomes too old."""

    routes: tuple[Route, ...]
    limitation: Limitation | None


def outlook(*, view: ClaimView, on: date) -> Outlook:
    """
    Return every route of a claim the caller may see, the mildest first. One query.

    The limitation is None where no pack holds the law of the claim.
    """
    standing = standing_of(view, on)
    found = (
        _plan(standing),
        _mediation(standing),
        _payment_order(standing),
        _small_claims(standing),
        _arbitration(standing),
        _suit(standing),
    )
    return Outlook(found, standing.limitation)


def routes(*, claim_id: UUID, actor: Actor, on: date) -> list[Route]:
    """
    Return every route for a claim on a day, the mildest first, each with its reason.

    :raises NoSuchClaim: unknown, or not for this actor's eyes
    """
    return list(outlook(view=view_of(_claim(claim_id, actor)), on=on).routes)


def limitation_of(*, claim_id: UUID, actor: Actor, on: date) -> Limitation | None:
    """
    Return when a claim becomes time-barred, seen from a day; None where no pack holds its law.

    :raises NoSuchClaim: unknown, or not for this actor's eyes
    """
    return outlook(view=view_of(_claim(claim_id, actor)), on=on).limitation


def standing_of(view: ClaimView, on: date) -> Standing:
    """Return the facts that decide about routes. One query."""
    read = together(
        zones=Person.objects.filter(pk=view.debtor_id).values_list("zones"),
        plans=Plan.objects.filter(claim=view.id, proposed_by=Role.DEBTOR).values_list(
            "proposed_at"
        ),
        acts=LimitationAct.objects.filter(claim=view.id, accepted=True).values_list(
            "kind", "on", "ended_on"
        ),
        pauses=Hardship.objects.filter(claim=view.id).values_list("asked_at"),
    )
    zones = {zone for (some,) in read["zones"] for zone in some}
    plans = (_act("repayment_plan", at) for (at,) in read["plans"])
    pauses = (_act("request_for_delay", at) for (at,) in read["pauses"])
    acts = (event_of(*row) for row in read["acts"])
    return Standing(
        on=on,
        claim=view,
        due=view.due_on < on and view.state in OPEN_STATES,
        disputed=view.open_dispute is not None,
        has_evidence=any(each.usable for each in view.evidence),
        servable=Channel.LETTER in view.reachable,
        in_country=bool(zones) and zones <= CHINESE_ZONES,
        located=bool(zones),
        limitation=limitation_on(view.due_on, (*plans, *pauses, *acts), on),
    )


def _claim(claim_id: UUID, actor: Actor) -> Claim:
    mine = visible(actor)
    if actor.role == Role.COLLECTOR and actor.org_id:
        live = Mandate.objects.filter(collector=actor.org_id, state__in=LIVE)
        mine = Q(in_own_hands(actor, "debtor"), pk__in=live.values("claim"))
    rows = Claim.objects.select_related("creditor", "debtor")
    found = rows.filter(mine, pk=claim_id).first()
    if found is None:
        raise NoSuchClaim
    return found


def _act(kind: str, at: datetime) -> LimitationEvent:
    """
    Return what the debtor did here under their own sign-in, as the law looks at it.

    Messages that were sent are left out: that they arrived is not proved here.
    """
    return LimitationEvent(kind=kind, on=day_of(at))


def _plan(standing: Standing) -> Route:
    is_open = standing.claim.state in OPEN_STATES
    why = _("The debtor names a monthly amount; the creditor decides.")
    return _route(RouteCode.PLAN, is_open, why if is_open else _closed())


def _mediation(standing: Standing) -> Route:
    is_open = standing.claim.state in OPEN_STATES
    why = _("Both sides must agree; it costs little and works in a dispute too.")
    return _route(RouteCode.MEDIATION, is_open, why if is_open else _closed())


def _payment_order(standing: Standing) -> Route:
    law = rule("CN-RTE-02")
    obstacle = _first(
        _nothing_due(standing),
        (standing.disputed, _("The debtor contests the claim: an objection would end the order.")),
        (not standing.has_evidence, _("There is no evidence on file.")),
        (not standing.servable, _("There is no postal address to serve the order at.")),
        (not standing.located, UNLOCATED),
        (not standing.in_country, _("The debtor may be abroad.")),
    )
    why = obstacle or _(
        "A fixed sum is due. The debtor has %(days)s days to object after service."
    ) % {"days": law.number("object_days")}
    return _route(RouteCode.PAYMENT_ORDER, obstacle is None, why, rules=[law.id], seen=standing)


def _small_claims(standing: Standing) -> Route:
    wage = wages().get(province_of(standing.claim.region))
    obstacle = _court_obstacle(standing) or _first(
        (standing.claim.currency != HOME_CURRENCY, _("The claim is not in yuan.")),
        (not standing.located, UNLOCATED),
        (not standing.in_country, _("The debtor may be abroad.")),
        (wage is None, _("The average wage of the province is not set in this installation.")),
    )
    if obstacle is not None or wage is None:
        return _route(RouteCode.SMALL_CLAIMS, False, obstacle or "", rules=["CN-RTE-01"])
    found = small_claims(claim_minor=standing.claim.owed, avg_wage_minor=wage)
    is_open = found.small_claims != "unavailable"
    why = _("The amount is within the limit.") if is_open else _("The amount is above the limit.")
    return _route(RouteCode.SMALL_CLAIMS, is_open, why, told=found.steps, seen=standing)


def _arbitration(standing: Standing) -> Route:
    found = arbitration(clause=None, supplemented=False, filed_on=standing.on, silent=False)
    why = _("There is no arbitration clause on file.")
    return _route(RouteCode.ARBITRATION, found.arbitration == "available", why, told=found.steps)


def _suit(standing: Standing) -> Route:
    obstacle = _court_obstacle(standing)
    barred = standing.limitation is not None and standing.limitation.defence_available
    why = _("The debtor may plead that the claim is too old.") if barred else _("Open.")
    return _route(RouteCode.SUIT, obstacle is None, obstacle or why, seen=standing)


def _court_obstacle(standing: Standing) -> str | None:
    return _first(
        _nothing_due(standing),
        (not standing.has_evidence, _("There is no evidence on file.")),
    )


def wages() -> Mapping[str, int]:
    """Return last year's average wage by province code, in minor units, as the operator set it."""
    found: Mapping[str, int] = getattr(settings, "QINGHE_AVERAGE_WAGES", {})
    return found


def _nothing_due(standing: Standing) -> tuple[bool, str]:
    is_open = standing.claim.state in OPEN_STATES
    return not standing.due, _("Nothing is due on that day.") if is_open else _closed()


def _first(*obstacles: tuple[bool, str]) -> str | None:
    return next((why for stands, why in obstacles if stands), None)


def _closed() -> str:
    return _("The claim is closed.")


def _route(
    code: RouteCode,
    available: bool,
    why: str,
    *,
    rules: Iterable[str] = (),
    told: Iterable[Step] = (),
    seen: Standing | None = None,
) -> Route:
    lang = get_language() or "en"
    period = seen.limitation.steps if seen and seen.limitation else ()
    steps = [f"{each}: {rule(each).title(lang)}" for each in rules]
    steps += [f"{each.rule_id}: {each.text(lang)}" for each in (*told, *period)]
    return Route(code, str(code.label), available, why, tuple(steps))

"""Routes of law in China: small claims, payment order, arbitration."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from qinghe.rules.calendar import Calendar, calendar_for
from qinghe.rules.packs import rule
from qinghe.rules.steps import Step, step

OBJECTIONS = frozenset({"denies_debt", "cannot_pay"})


@dataclass(frozen=True, slots=True)
class SmallClaim:
    """Whether a claim goes the way of small claims: mandatory, agreed or unavailable."""

    small_claims: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """What happened to a payment order. `objection_kind` says what the debtor objected."""

    issued_on: date | None = None
    served_on: date | None = None
    objection_on: date | None = None
    objection_kind: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """Whether a payment order may be asked for, and where one stands."""

    available: bool
    objection_deadline: date | None
    objection_effect: str | None
    order_status: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """The parts of an arbitration clause that are there."""

    intent: bool
    matter: bool
    institution: bool


@dataclass(frozen=True, slots=True)
class Arbitration:
    """Whether arbitration is open, and by which agreement."""

    arbitration: str
    basis: str | None
    steps: tuple[Step, ...] = ()


def small_claims(
    *, claim_minor: int, avg_wage_minor: int, barred: bool = False, agreed: bool = False
) -> SmallClaim:
    """
    Return whether a claim is a small one, by the province's average wage of last year.

    `barred` says that the case is not a simple money claim or has a feature that excludes it.
    """
    law = rule("CN-RTE-01")
    mandatory = Fraction(Decimal(law.parameters["mandatory_share"])) * avg_wage_minor
    by_agreement = Fraction(Decimal(law.parameters["agreed_share"])) * avg_wage_minor
    if barred:
        answer = "unavailable"
    elif claim_minor <= mandatory:
        answer = "mandatory"
    else:
        answer = "agreed" if agreed and claim_minor <= by_agreement else "unavailable"
    return SmallClaim(answer, (step(law.id, f"route.small_claims_{answer}"),))


def payment_order(
    *, available: bool, as_of: date, service: Service, calendar: Calendar | None = None
) -> PaymentOrder:
    """
    Return where a payment order stands, seen from a day.

    :raises StaleCalendar: no calendar is given, and the announced holidays have run out
    """
    law = rule("CN-RTE-02")
    served_on = service.served_on
    if served_on is not None and served_on > as_of:
        served_on = None
    deadline = effect = None
    if served_on is not None:
        days = timedelta(days=law.number("object_days"))
        deadline = (calendar or calendar_for(as_of)).roll(served_on + days)
        effect = _effect(service, deadline)
    status = _status(service, deadline, effect, as_of)
    told = step(law.id, f"route.order_{status}", deadline=deadline)
    return PaymentOrder(available, deadline, effect, status, (told,))


def _effect(service: Service, deadline: date) -> str | None:
    if service.objection_on is None:
        return None
    if service.objection_kind == "cannot_pay":
        return "none_in_law"
    return "timely" if service.objection_on <= deadline else "late"


def _status(service: Service, deadline: date | None, effect: str | None, as_of: date) -> str:
    if deadline is None:
        return _unserved(service.issued_on, as_of)
    objected = service.objection_on is not None and service.objection_on <= as_of
    if effect == "timely" and objected:
        return "ended"
    return "running" if as_of <= deadline else "effective"


def _unserved(issued_on: date | None, as_of: date) -> str:
    if issued_on is None or issued_on > as_of:
        return "none"
    last_day = issued_on + timedelta(days=rule("CN-RTE-02").number("serve_days"))
    return "void" if as_of > last_day else "awaiting_service"


def arbitration(
    *, clause: Clause | None, supplemented: bool, filed_on: date, silent: bool
) -> Arbitration:
    """
    Return whether arbitration is open.

    `silent` says that the tribunal asked, recorded it, and nobody objected before the first
    hearing; it counts only under the new law.
    """
    law = rule("CN-RTE-03")
    new_law = date.fromisoformat(law.parameters["silence_from"])
    basis = None
    if clause is not None and clause.intent and clause.matter and clause.institution:
        basis = "clause"
    elif supplemented:
        basis = "supplement"
    elif silent and filed_on >= new_law:
        basis = "silence"
    told = step(law.id, f"route.arbitration_{basis or 'unavailable'}")
    return Arbitration("available" if basis else "unavailable", basis, (told,))

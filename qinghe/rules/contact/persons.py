"""Who: the debtor, those bound with the debtor, and third persons, pack by pack."""

from qinghe.rules.contact import terms
from qinghe.rules.contact.case import Moment, valid
from qinghe.rules.contact.facts import Past
from qinghe.rules.contact.gate import gate_opens_at
from qinghe.rules.contact.limits import limits

UNRELATED = terms.THIRD_PERSONS - {"agreed_contact"}


def check_persons(moment: Moment) -> None:
    """Find every rule about the addressee's relation to the debt that the act would break."""
    case, role = moment.case, moment.case.addressee.role
    if case.act.address_source not in limits().lawful_sources:
        moment.fire("CN-CHN-02")
    if role in terms.THIRD_PERSONS:
        _check_third_person(moment)
    elif role == "spouse":
        _check_spouse(moment)
    elif role == "guarantor" and not _guarantee_covers(moment):
        moment.fire("CN-TGT-01")
    state = case.state
    silenced = state.attorney_silent or state.attorney_consents
    if state.represented_by_attorney and role != "attorney" and not silenced:
        moment.fire("US-REP-01")


def _check_third_person(moment: Moment) -> None:
    purpose, role = moment.case.purpose, moment.case.addressee.role
    if purpose == "collect":
        moment.fire("PLT-TP-01")
    if purpose != "locate":
        moment.fire("US-TP-01", "UK-TP-01")
    moment.fire("IN-CON-01")
    if role in UNRELATED:
        moment.fire("CN-TGT-04", "CN-TGT-05")
    else:
        _check_agreed_contact(moment)
    if "US-TP-02" in moment.force.rules and _spoke_before(moment):
        moment.fire("US-TP-02")


def _check_agreed_contact(moment: Moment) -> None:
    if moment.case.purpose != "locate":
        moment.fire("CN-TGT-01")
    if "CN-TGT-06" in moment.force.rules:
        is_open, opens_at = gate_opens_at(moment)
        if not is_open:
            moment.fire("CN-TGT-06", until=opens_at)


def _check_spouse(moment: Moment) -> None:
    if not moment.case.addressee.household_debt_proven:
        moment.fire("CN-TGT-07")
    if moment.case.purpose != "locate":
        moment.fire("UK-TP-01")
    moment.fire("IN-CON-01")


def _guarantee_covers(moment: Moment) -> bool:
    guarantee, claimed = moment.case.addressee.guarantee, moment.case.act.amount_minor
    if guarantee is None or not guarantee.signed or guarantee.from_on is None:
        return False
    if moment.day < guarantee.from_on:
        return False
    if guarantee.until_on is not None and moment.day > guarantee.until_on:
        return False
    ceiling = guarantee.amount_minor
    return ceiling is None or claimed is None or claimed <= ceiling


def _spoke_before(moment: Moment) -> bool:
    """Tell whether the one communication is used up, and no call back was asked for since."""
    case = moment.case
    spoken = [past for past in case.history if _communication(moment, past)]
    if len(spoken) < limits().us_third_person_talks:
        return False
    last = max(past.at for past in spoken)
    return not any(
        valid(consent, moment.at) and last <= consent.given_at for consent in case.callbacks
    )


def _communication(moment: Moment, past: Past) -> bool:
    return (
        past.outcome in ("talk", "delivered")
        and past.person == moment.case.addressee.person
        and past.collector == moment.case.worker.collector
    )

"""What the person refused: a channel, the workplace, any contact. Hours are judged in `hours`."""

from datetime import datetime

from qinghe.rules.contact.case import Moment
from qinghe.rules.contact.facts import Objection
from qinghe.rules.contact.limits import limits


def check_wishes(moment: Moment) -> None:
    """Find every objection of the person, and every bar of the employer, against the act."""
    at_work = moment.case.act.address_kind == "work"
    if at_work and moment.case.addressee.employer_forbids:
        moment.fire("US-WIN-02")
    for objection in moment.case.objections:
        if _active(objection, moment.at):
            _check(moment, objection, at_work)


def _active(objection: Objection, at: datetime) -> bool:
    withdrawn = objection.withdrawn_at
    return objection.at <= at and (withdrawn is None or at < withdrawn)


def _check(moment: Moment, objection: Objection, at_work: bool) -> None:
    case = moment.case
    if objection.kind == "contact_refusal":
        moment.fire("PLT-OBJ-01", "CN-TGT-03")
    elif objection.kind == "workplace" and at_work:
        moment.fire("PLT-OBJ-01", "US-WIN-02")
    elif case.purpose == "legal_notice":
        return
    elif objection.kind == "channel":
        if not objection.channels or case.act.channel in objection.channels:
            moment.fire("PLT-OBJ-01", "CN-FRQ-06", "US-MED-01", "UK-WIN-01")
    elif objection.kind == "cease_all":
        _check_cease(moment, objection.form)


def _check_cease(moment: Moment, form: str) -> None:
    if form in limits().us_cease_forms:
        moment.fire("PLT-OBJ-01", "US-CEA-01")
    else:
        moment.fire("PLT-OBJ-02")

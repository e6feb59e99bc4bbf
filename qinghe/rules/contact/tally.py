"""
What has been used: the counters of every pack, taken from the history up to a moment.

A local day runs in the addressee's first zone. Counts per creditor group take the fullest group
of the debts; counts of Regulation F run per collector, person and debt.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from qinghe.rules.contact.case import Case, Moment, valid
from qinghe.rules.contact.clock import day_after, local_day
from qinghe.rules.contact.facts import Counters, Past
from qinghe.rules.contact.limits import limits


def count(moment: Moment) -> Counters:
    """Return every counter before the act."""
    case = moment.case
    if not case.history:
        return _nothing(case)
    limit, person = limits(), case.addressee.person
    today = [past for past in case.dials if past.at >= moment.today]
    mine = [past for past in today if past.person == person]
    return Counters(
        cn_talks_today=_fullest(
            case,
            (
                past
                for past in mine
                if past.outcome in limit.talk_outcomes and past.mode in limit.talk_modes
            ),
        ),
        cn_oneway_today=_fullest(
            case,
            (
                past
                for past in mine
                if past.outcome in limit.oneway_outcomes and past.mode in limit.oneway_modes
            ),
        ),
        cn_unanswered_today=unanswered(case, today),
        us_calls_7d=_per_debt(case, us_calls(moment, counted_days=limit.us_days), excuse=True),
        us_last_talk=last_talks(case),
        us_ma_calls_7d=_per_debt(case, us_calls(moment, counted_days=limit.ma_days), excuse=False),
        person_answered_today=sum(past.outcome in limit.answered_outcomes for past in mine),
        person_dials_today=sum(past.outcome not in limit.undialled_outcomes for past in mine),
    )


def _nothing(case: Case) -> Counters:
    debts = [debt.id for debt in case.request.debts]
    none = dict.fromkeys(debts, 0)
    return Counters(us_calls_7d=none, us_last_talk=dict.fromkeys(debts), us_ma_calls_7d=dict(none))


def _fullest(case: Case, calls: Iterable[Past]) -> int:
    """Return the count of the creditor group with the most calls, of those the act concerns."""
    groups = case.groups
    counts = Counter(past.creditor_group for past in calls if past.creditor_group in groups)
    return max(counts.values(), default=0)


def unanswered(case: Case, today: list[Past]) -> int:
    """Return today's unanswered dials to the act's address, by whichever collector."""
    address, outcomes = case.act.address, limits().unanswered_outcomes
    every = case.settings.count_all_dials
    return _fullest(
        case,
        (past for past in today if past.address == address and (every or past.outcome in outcomes)),
    )


def us_calls(moment: Moment, *, counted_days: int) -> list[Past]:
    """Return this collector's connected calls to the person on the last local days."""
    case, outcomes = moment.case, limits().us_outcomes
    since = day_after(case.home, moment.day, 1 - counted_days)
    person, collector = case.addressee.person, case.worker.collector
    return [
        past
        for past in case.dials
        if past.at >= since
        and past.outcome in outcomes
        and past.person == person
        and past.collector == collector
    ]


def _per_debt(case: Case, calls: list[Past], *, excuse: bool) -> dict[str, int]:
    return {debt.id: len(about(case, calls, debt.id, excuse)) for debt in case.request.debts}


def about(case: Case, calls: Iterable[Past], debt: str, excuse: bool) -> list[Past]:
    """Return the calls about one debt; those made with a consent to call back may be excused."""
    return [
        past for past in calls if debt in past.debts and not (excuse and excused(case, past.at))
    ]


def talks(case: Case) -> list[Past]:
    """Return the talks between this collector and the person, whoever called."""
    person, collector = case.addressee.person, case.worker.collector
    return [
        past
        for past in case.history
        if past.outcome == "talk"
        and past.channel == "voice"
        and past.person == person
        and past.collector == collector
    ]


def last_talks(case: Case) -> dict[str, date | None]:
    """Return the local day of the last talk about each debt."""
    latest: dict[str, datetime] = {}
    for past in talks(case):
        for debt in past.debts:
            latest[debt] = max(past.at, latest.get(debt, past.at))
    return {
        debt.id: local_day(case.home, latest[debt.id]) if debt.id in latest else None
        for debt in case.request.debts
    }


def excused(case: Case, call_at: datetime) -> bool:
    """
    Tell whether a call at a moment rests on the person's consent to be called back.

    The consent lasts some days, its own day being the first, and ends with the next talk.
    """
    return any(
        _covers(case, consent.given_at, call_at)
        for consent in case.callbacks
        if valid(consent, call_at)
    )


def _covers(case: Case, given_at: datetime, call_at: datetime) -> bool:
    last_day = local_day(case.home, given_at) + timedelta(days=limits().us_consent_days - 1)
    if local_day(case.home, call_at) > last_day:
        return False
    return not any(given_at < past.at < call_at for past in talks(case))

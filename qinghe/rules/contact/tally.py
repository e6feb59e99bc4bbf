"""
What has been used: the counters of every pack, taken from the history up to a moment.

A local day runs in the addressee's first zone. Counts per creditor group take the fullest group
of the debts; counts of Regulation F run per collector, person and debt.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from qinghe.rules.contact import terms
from qinghe.rules.contact.case import Case, Moment, valid
from qinghe.rules.contact.clock import day_after, local_day
from qinghe.rules.contact.facts import Counters, Past
from qinghe.rules.contact.limits import limits

# Rules that ask for the counters of Regulation F.
AMERICAN = ("US-FRQ-01", "US-FRQ-02", "US-ST-01")


def count(moment: Moment, *, report: bool) -> Counters:
    """
    Return every counter before the act.

    Without `report` those of Regulation F are left out where no rule in force asks for them.
    """
    case = moment.case
    if not case.history:
        return _nothing(case)
    american = report or not moment.force.rules.keys().isdisjoint(AMERICAN)
    limit, person = limits(), case.addressee.person
    midnight = moment.today
    today = [past for past in case.dials if past.at >= midnight]
    week = us_calls(moment, counted_days=limit.us_days) if american else []
    mine = [past for past in today if past.person == person]
    return Counters(
        cn_talks_today=_fullest(case, mine, limit.talk_outcomes, limit.talk_modes),
        cn_oneway_today=_fullest(case, mine, limit.oneway_outcomes, limit.oneway_modes),
        cn_unanswered_today=unanswered(case, today),
        us_calls_7d=_per_debt(case, week, excuse=bool(case.callbacks)),
        us_last_talk=last_talks(case) if american else {},
        us_ma_calls_7d=_per_debt(case, ma_calls(moment, week), excuse=False),
        person_answered_today=sum(past.outcome in limit.answered_outcomes for past in mine),
        person_dials_today=sum(past.outcome not in limit.undialled_outcomes for past in mine),
    )


def _nothing(case: Case) -> Counters:
    debts = [debt.id for debt in case.request.debts]
    none = dict.fromkeys(debts, 0)
    return Counters(us_calls_7d=none, us_last_talk=dict.fromkeys(debts), us_ma_calls_7d=dict(none))


def _fullest(
    case: Case,
    calls: list[Past],
    outcomes: frozenset[str],
    modes: frozenset[str] = terms.MODES,
) -> int:
    """Return the count of the creditor group with the most such calls, of those concerned."""
    if not calls:
        return 0
    counts = dict.fromkeys(case.groups, 0)
    for past in calls:
        if past.outcome in outcomes and past.mode in modes and past.creditor_group in counts:
            counts[past.creditor_group] += 1
    return max(counts.values())


def unanswered(case: Case, today: list[Past]) -> int:
    """Return today's unanswered dials to the act's address, by whichever collector."""
    address = case.act.address
    outcomes = limits().unanswered_outcomes
    if case.settings.count_all_dials:
        outcomes = terms.OUTCOMES
    return _fullest(case, [past for past in today if past.address == address], outcomes)


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


def ma_calls(moment: Moment, week: list[Past]) -> list[Past]:
    """Return the calls Massachusetts counts; usually those of Regulation F's own days."""
    limit = limits()
    if limit.ma_days == limit.us_days:
        return week
    return us_calls(moment, counted_days=limit.ma_days)


def _per_debt(case: Case, calls: list[Past], *, excuse: bool) -> dict[str, int]:
    debts = [debt.id for debt in case.request.debts]
    if not calls:
        return dict.fromkeys(debts, 0)
    return {debt: len(about(case, calls, debt, excuse)) for debt in debts}


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

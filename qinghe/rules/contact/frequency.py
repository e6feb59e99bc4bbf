"""How often: the counters of every pack against their limits, and when each lapses."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from qinghe.rules.contact import terms
from qinghe.rules.contact.case import Case, Moment
from qinghe.rules.contact.clock import DAY, day_after, day_start, local_day
from qinghe.rules.contact.facts import Counters, Past
from qinghe.rules.contact.limits import limits
from qinghe.rules.contact.tally import AMERICAN, about, excused, us_calls


def check_frequency(moment: Moment, counters: Counters) -> None:
    """Find every limit of number that the act would pass, with the moment the limit lapses."""
    case = moment.case
    if case.act.channel == "voice":
        _check_batch(moment)
        _check_person(moment, counters)
        if case.history:
            _check_day(moment, counters)
            if not moment.force.rules.keys().isdisjoint(AMERICAN):
                _check_regulation_f(moment, counters)
            _check_carrier(moment)
            _check_hopping(moment)
    if case.history:
        _check_burst(moment)
    if case.act.channel == "visit":
        _check_visits(moment)


def _check_batch(moment: Moment) -> None:
    if moment.case.act.batch_count > limits().batch:
        moment.fire("PLT-BAT-01")


def _check_day(moment: Moment, counters: Counters) -> None:
    limit, act = limits(), moment.case.act
    tomorrow = day_after(moment.case.home, moment.day)
    if act.mode in limit.talk_modes and counters.cn_talks_today >= limit.talks:
        moment.fire("CN-FRQ-01", until=tomorrow)
    if act.mode in limit.oneway_modes and counters.cn_oneway_today >= limit.oneway:
        moment.fire("CN-FRQ-02", until=tomorrow)
    if counters.cn_unanswered_today >= limit.unanswered:
        moment.fire("CN-FRQ-03", until=tomorrow)


def _check_person(moment: Moment, counters: Counters) -> None:
    cap = moment.case.settings.person_cap
    if cap is None:
        return
    answered, dials = cap.answered_per_day, cap.dials_per_day
    if (answered is not None and counters.person_answered_today >= answered) or (
        dials is not None and counters.person_dials_today >= dials
    ):
        moment.fire("PLT-CAP-01", until=day_after(moment.case.home, moment.day))


def _check_regulation_f(moment: Moment, counters: Counters) -> None:
    case, limit = moment.case, limits()
    if case.addressee.role in terms.US_CONSUMERS and not excused(case, moment.at):
        _check_seven(moment, counters)
        _check_quiet(moment, counters)
    if case.addressee.region == limit.ma_region:
        _check_massachusetts(moment, counters)
    calls = us_calls(moment, counted_days=limit.us_days)
    recent = any(moment.at - past.at <= limit.us_burst for past in calls)
    today = sum(past.at >= moment.today for past in calls)
    if recent or today + 1 >= limit.us_burst_per_day:
        moment.fire("US-FRQ-06")


def _check_seven(moment: Moment, counters: Counters) -> None:
    limit = limits()
    full = [debt for debt, used in counters.us_calls_7d.items() if used >= limit.us_calls]
    if full:
        calls = us_calls(moment, counted_days=limit.us_days)
        until = max(
            _room_again(
                moment, about(moment.case, calls, debt, True), limit.us_calls, limit.us_days
            )
            for debt in full
        )
        moment.fire("US-FRQ-01", until=until)


def _check_massachusetts(moment: Moment, counters: Counters) -> None:
    limit = limits()
    full = [debt for debt, used in counters.us_ma_calls_7d.items() if used >= limit.ma_calls]
    if full:
        calls = us_calls(moment, counted_days=limit.ma_days)
        until = max(
            _room_again(
                moment, about(moment.case, calls, debt, False), limit.ma_calls, limit.ma_days
            )
            for debt in full
        )
        moment.fire("US-ST-01", until=until)


def _room_again(moment: Moment, calls: list[Past], most: int, days: int) -> datetime:
    """Return when enough of the calls have left the window of local days."""
    home = moment.case.home
    blocking = sorted(local_day(home, past.at) for past in calls)[len(calls) - most]
    return day_start(home, blocking + timedelta(days=days))


def _check_quiet(moment: Moment, counters: Counters) -> None:
    quiet = timedelta(days=limits().us_quiet_days)
    lapses = [
        talked + quiet
        for talked in counters.us_last_talk.values()
        if talked is not None and moment.day < talked + quiet
    ]
    if lapses:
        moment.fire("US-FRQ-02", until=day_start(moment.case.home, max(lapses)))


def _check_carrier(moment: Moment) -> None:
    flow = moment.case.settings.carrier_flow
    if flow is None:
        return
    address = moment.case.act.address
    dials = sorted(past.at for past in moment.case.dials if past.address == address)
    if not dials:
        return
    lapses = []
    for name, length in limits().carrier_windows:
        most: int | None = getattr(flow, name)
        start, used = _window(dials, length)
        if most is not None and moment.at < start + length and used >= most:
            lapses.append(start + length)
    if lapses:
        moment.fire("PLT-CAR-01", until=max(lapses))


def _window(dials: Sequence[datetime], length: timedelta) -> tuple[datetime, int]:
    """Return the start of the last window and its dials; a window starts at the first dial."""
    start = dials[0]
    for at in dials:
        if at >= start + length:
            start = at
    return start, sum(at >= start for at in dials)


def _check_hopping(moment: Moment) -> None:
    case, limit = moment.case, limits()
    counts: dict[tuple[str, str | None], int] = {}
    for past in case.dials:
        if past.at >= moment.today and _other_number(case, past):
            key = (past.creditor_group, past.address)
            counts[key] = counts.get(key, 0) + 1
    if any(used >= limit.hop_dials for used in counts.values()):
        moment.fire("PLT-HOP-01")


def _other_number(case: Case, past: Past) -> bool:
    return (
        past.person == case.addressee.person
        and past.address != case.act.address
        and past.outcome in limits().hop_outcomes
        and past.creditor_group in case.groups
    )


def _check_burst(moment: Moment) -> None:
    case, limit = moment.case, limits()
    since = moment.at - limit.burst_hours
    counts: dict[str, int] = {}
    for past in case.dials:
        if (
            since <= past.at < moment.at
            and past.outcome in limit.burst_outcomes
            and past.person == case.addressee.person
            and past.creditor_group in case.groups
        ):
            counts[past.creditor_group] = counts.get(past.creditor_group, 0) + 1
    if any(used >= limit.burst_talks for used in counts.values()):
        moment.fire("PLT-BUR-01")


def _check_visits(moment: Moment) -> None:
    case = moment.case
    gap = case.settings.visit_gap_days
    debts = {debt.id for debt in case.request.debts}
    visits = [
        past.at
        for past in case.history
        if past.channel == "visit"
        and past.direction == "outbound"
        and past.person == case.addressee.person
        and not debts.isdisjoint(past.debts)
    ]
    if visits:
        free_on = local_day(case.home, max(visits)) + DAY * (
            limits().visit_gap_days if gap is None else gap
        )
        if moment.day < free_on:
            moment.fire("CN-FRQ-05", until=day_start(case.home, free_on))

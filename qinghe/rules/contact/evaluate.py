"""May this act be done at this moment? The strictest of all packs answers."""

from datetime import UTC, datetime

from qinghe.rules.contact.case import Case, Moment, check_words
from qinghe.rules.contact.conduct import check_conduct
from qinghe.rules.contact.facts import Counters, Finding, Request, Settings, Verdict
from qinghe.rules.contact.frequency import check_frequency
from qinghe.rules.contact.hours import check_hours
from qinghe.rules.contact.persons import check_persons
from qinghe.rules.contact.state import check_state
from qinghe.rules.contact.tally import count
from qinghe.rules.contact.wishes import check_wishes
from qinghe.rules.packs import rule

DEFAULT_SETTINGS = Settings()
# Each step of the search passes at least one closed window, so this reaches several weeks.
SEARCH_STEPS = 256
FOREVER = datetime.max.replace(tzinfo=UTC)
TIMED_CHANNELS = frozenset({"voice", "visit"})
NOTHING_USED = Counters()


def evaluate(
    request: Request, packs: tuple[str, ...] = ("CN",), settings: Settings = DEFAULT_SETTINGS
) -> Verdict:
    """
    Judge one act under several packs; the platform's own pack is always among them.

    Moments in the answer are UTC. Without a role or a zone the act is denied unseen.

    :raises ValueError: an unknown word, pack or zone, or a moment without offset
    """
    if request.act.direction == "inbound":
        check_words(request)
        return Verdict("allow", (), (), NOTHING_USED)
    if request.addressee.role is None or not request.addressee.zones:
        check_words(request)
        return _unknown_addressee(request)
    case = Case(request, packs, settings)
    moment, counters = judge(case, request.act.planned_at)
    return _verdict(case, moment, counters)


def judge(case: Case, at: datetime) -> tuple[Moment, Counters]:
    """Return what every check finds at a moment, and the counters."""
    moment = Moment(case, at)
    check_hours(moment)
    return moment, _check_rest(moment, report=True)


def _check_rest(moment: Moment, *, report: bool) -> Counters:
    """Run every check but the hours; the counters are complete only for a report."""
    case = moment.case
    counters = count(moment, report=report)
    check_frequency(moment, counters)
    check_persons(moment)
    check_state(moment)
    check_conduct(moment)
    if case.objections or case.addressee.employer_forbids:
        check_wishes(moment)
    return counters


def _verdict(case: Case, moment: Moment, counters: Counters) -> Verdict:
    findings = _distinct(moment.findings) if moment.findings else ()
    rules = tuple(finding.rule_id for finding in findings)
    if findings and findings[0].level == "deny":
        promise = _next_allowed(case, moment)
        return Verdict("deny", rules, findings, counters, promise)
    limited = moment.ends and case.act.channel in TIMED_CHANNELS
    ends = min(moment.ends) if limited else None
    return Verdict("warn" if findings else "allow", rules, findings, counters, None, ends)


def _unknown_addressee(request: Request) -> Verdict:
    missing = []
    if request.addressee.role is None:
        missing.append("PLT-IN-01")
    if not request.addressee.zones:
        missing.append("PLT-IN-02")
    findings = tuple(Finding(rule_id, rule(rule_id).level) for rule_id in missing)
    return Verdict("deny", tuple(missing), findings, NOTHING_USED)


def _distinct(findings: list[Finding]) -> tuple[Finding, ...]:
    """Return one finding per rule, the longest-lasting, deny first, then by id."""
    longest = {finding.rule_id: finding for finding in sorted(findings, key=_lasts)}
    order = sorted(longest.values(), key=lambda finding: (finding.level, finding.rule_id))
    return tuple(order)


def _lasts(finding: Finding) -> datetime:
    return finding.until or FOREVER


def _next_allowed(case: Case, moment: Moment) -> datetime | None:
    """
    Return the earliest later moment at which nothing forbids the act; `None` if there is none.

    Every refusal lasts at least until its own `until`, so the latest of them is the first
    candidate; whatever forbids the act there pushes the candidate on. Hours are asked first,
    because most limits lapse at midnight.
    """
    for _ in range(SEARCH_STEPS):
        candidate = _lapse(moment)
        if candidate is None:
            return None
        moment = Moment(case, candidate)
        check_hours(moment)
        if not moment.denied:
            _check_rest(moment, report=False)
        if not moment.denied:
            return candidate
    return None


def _lapse(moment: Moment) -> datetime | None:
    latest = moment.at
    for finding in moment.findings:
        if finding.level == "deny":
            if finding.until is None:
                return None
            latest = max(latest, finding.until)
    return latest

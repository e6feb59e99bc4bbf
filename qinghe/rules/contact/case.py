"""
One request made ready to be judged at any moment, and the moment it is judged at.

A `Case` holds what does not change with time; history is frozen at the planned moment. A `Moment`
is the case seen at one instant: checks read it and write what they find on it.
"""

from collections.abc import Iterable
from datetime import date, datetime

from qinghe.rules.contact import terms
from qinghe.rules.contact.clock import day_start, local_day, national, zone_of
from qinghe.rules.contact.facts import Consent, Finding, Request, Settings
from qinghe.rules.contact.force import Force, force_on, regulation_f_covers
from qinghe.rules.packs import with_platform


class Case:
    """A request with everything worked out that holds at every moment."""

    __slots__ = (
        "act",
        "addressee",
        "callbacks",
        "covered",
        "dials",
        "groups",
        "history",
        "home",
        "objections",
        "packs",
        "purpose",
        "request",
        "settings",
        "state",
        "widenings",
        "worker",
    )

    def __init__(self, request: Request, packs: tuple[str, ...], settings: Settings) -> None:
        """
        Prepare a request.

        :raises ValueError: an unknown word, pack or zone, or a moment without offset
        """
        check_words(request)
        act, person = request.act, request.addressee.person
        at = act.planned_at
        self.request = request
        self.act = act
        self.addressee = request.addressee
        self.worker = request.worker
        self.state = request.case_state
        self.settings = settings
        self.packs = with_platform(packs)
        self.home = national(request.addressee.zones[0])
        self.covered = regulation_f_covers(request.worker, request.debts)
        self.purpose = act.purpose
        if act.purpose == "legal_notice" and act.channel not in ("letter", "email"):
            self.purpose = "collect"
        self.groups = {debt.creditor_group for debt in request.debts}
        self.history = [past for past in request.history if past.at <= at]
        self.dials = [
            past
            for past in self.history
            if past.channel == "voice" and past.direction == "outbound"
        ]
        self.objections = [each for each in request.objections if each.person == person]
        consents = request.consents
        self.widenings = list(self._consents("window")) if consents else []
        self.callbacks = list(self._consents("callback")) if consents else []

    def force_on(self, day: date) -> Force:
        """Return the rules that bind on a local day."""
        settings = self.settings
        return force_on(
            day,
            self.packs,
            self.covered,
            settings.enable_drafts,
            settings.uk_window,
            settings.boundary == "text",
        )

    def _consents(self, kind: str) -> Iterable[Consent]:
        for consent in self.request.consents:
            if consent.kind != kind or consent.person != self.addressee.person:
                continue
            if consent.creditor_group and self.groups != {consent.creditor_group}:
                continue
            if consent.collector is None or consent.collector == self.worker.collector:
                yield consent


class Moment:
    """A case at one instant, the rules in force there, and what has been found so far."""

    __slots__ = ("at", "case", "day", "ends", "findings", "force", "today")

    def __init__(self, case: Case, at: datetime) -> None:
        self.case = case
        self.at = at
        self.day = local_day(case.home, at)
        self.today = day_start(case.home, self.day)
        self.force = case.force_on(self.day)
        self.findings: list[Finding] = []
        self.ends: list[datetime] = []

    def fire(self, *rule_ids: str, until: datetime | None = None) -> None:
        """Note that rules fire, those of them that are in force; `until` is when they lapse."""
        rules = self.force.rules
        for rule_id in rule_ids:
            rule = rules.get(rule_id)
            if rule is not None:
                self.findings.append(Finding(rule_id, rule.level, until))

    @property
    def denied(self) -> bool:
        """Tell whether any finding forbids the act."""
        return bool(self.findings) and any(found.level == "deny" for found in self.findings)


def stops_at(consent: Consent) -> datetime | None:
    """Return when a consent ends, by its term or by being revoked."""
    if consent.until is None or consent.revoked_at is None:
        return consent.until or consent.revoked_at
    return min(consent.until, consent.revoked_at)


def valid(consent: Consent, at: datetime) -> bool:
    """Tell whether a consent holds at a moment."""
    stop = stops_at(consent)
    return consent.given_at <= at and (stop is None or at < stop)


def check_words(request: Request) -> None:
    """
    Refuse facts the rules could not understand: silence must never read as permission.

    :raises ValueError: an unknown word, no debt, an unknown zone, or a moment without offset
    """
    act, addressee, worker = request.act, request.addressee, request.worker
    known = (
        act.channel in terms.CHANNELS
        and act.mode in terms.MODES
        and act.direction in terms.DIRECTIONS
        and act.purpose in terms.PURPOSES
        and act.address_source in terms.ADDRESS_SOURCES
        and worker.kind in terms.WORKER_KINDS
        and (addressee.role is None or addressee.role in terms.ROLES)
    )
    if not known or not request.debts:
        raise ValueError("a fact outside the terms of the contact rules")
    if act.planned_at.tzinfo is None:
        raise ValueError("a moment without offset")
    for zone in addressee.zones:
        zone_of(zone)

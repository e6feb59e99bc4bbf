"""
The facts a contact is judged by. They come in as values: this package looks nothing up.

Words are plain strings, so that rows of a table fit without conversion; `evaluate` refuses a
word that is not in the lists of `terms`. Moments are aware, days are calendar days, periods are
half-open, money is in minor units. An absent optional fact is `None` and is not judged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TypeVar, dataclass_transform

Class = TypeVar("Class")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def fact(cls: type[Class]) -> type[Class]:
    """
    Make a class of facts: values that compare, hash, and are never changed.

    The type checker refuses a change. Nothing watches at run time: a frozen dataclass takes three
    times as long to build, and building facts is most of the work of a check.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)


@fact
class Visit:
    """How a visit would be made. What is not known counts as not done."""

    staff_count: int = 0
    audio: bool = False
    video: bool = False
    notice_given: bool = False
    entry_consent: bool = False
    place: str | None = None


@fact
class Act:
    """
    One planned contact: a dial, a message, a letter, a visit.

    `planned_at` is the moment of dialling, sending or arrival; `ends_at` the planned end of a
    visit. `address` is an opaque token, never a number.
    """

    channel: str
    planned_at: datetime
    address: str | None
    purpose: str
    direction: str = "outbound"
    mode: str = "human"
    ends_at: datetime | None = None
    address_kind: str | None = None
    address_source: str = "contract"
    amount_minor: int | None = None
    batch_count: int = 1
    recorded: bool | None = None
    opt_out_included: bool | None = None
    public_visible: bool = False
    sender_account: str | None = None
    private_account_approved: bool = False
    visit: Visit = Visit()


@fact
class Guarantee:
    """What a guarantor signed. Both days belong to the term; `None` means without end or limit."""

    signed: bool = False
    from_on: date | None = None
    until_on: date | None = None
    amount_minor: int | None = None


@fact
class Addressee:
    """
    The person to be reached. Without a role or a zone nothing is permitted.

    `zones` names every IANA zone where the person may be, the most likely first.
    """

    person: str
    role: str | None
    zones: tuple[str, ...]
    region: str | None = None
    employer_forbids: bool = False
    household_debt_proven: bool = False
    guarantee: Guarantee | None = None


@fact
class Debt:
    """One debt the contact would be about. The group defaults to the creditor."""

    id: str
    creditor: str
    kind: str
    creditor_group: str = ""
    licensed_lender: bool = False
    in_moratorium: bool = True

    def __post_init__(self) -> None:
        if not self.creditor_group:
            object.__setattr__(self, "creditor_group", self.creditor)


@fact
class Worker:
    """Who would make the contact, and under which mandate. The end is exclusive."""

    collector: str
    kind: str
    mandate_ends_at: datetime | None = None
    subcontracted: bool = False
    subcontract_consent: bool = False


@fact
class Moratorium:
    """A breathing space or a mental health crisis moratorium."""

    kind: str
    starts_on: date
    treatment_ends_on: date | None = None
    cancelled_on: date | None = None


@fact
class CaseState:
    """What is known about the case. Absent times of a dispute mean always."""

    disputed: bool = False
    dispute_received_at: datetime | None = None
    dispute_resolved_at: datetime | None = None
    dispute_form: str | None = None
    validation_period_ends: date | None = None
    verification_sent_at: datetime | None = None
    original_creditor_request_at: datetime | None = None
    represented_by_attorney: bool = False
    attorney_silent: bool = False
    attorney_consents: bool = False
    bankruptcy_filed_at: datetime | None = None
    bankruptcy_dismissed_at: datetime | None = None
    moratorium: Moratorium | None = None
    deceased: bool = False
    incapacity: bool = False
    vulnerable: bool = False
    plan_kept: bool = False
    complaint_open: bool = False
    assigned_at: datetime | None = None
    assignment_notice_reached_at: datetime | None = None
    reserved_mobile: str | None = None


# A case about which nothing special is known.
PLAIN_STATE = CaseState()


@fact
class Window:
    """Local wall-clock hours `[start, end)` as minutes of the day; 1440 is midnight's far side."""

    start: int
    end: int

    @classmethod
    def of(cls, start: time, end: time | None) -> "Window":
        """Build a window from clock times; an absent end is 24:00."""
        minutes = 24 * 60 if end is None else end.hour * 60 + end.minute
        return cls(start.hour * 60 + start.minute, minutes)


@fact
class Consent:
    """A consent to hours (`window`) or to being called back (`callback`)."""

    kind: str
    person: str
    given_at: datetime
    until: datetime | None = None
    revoked_at: datetime | None = None
    creditor_group: str | None = None
    collector: str | None = None
    window: Window | None = None


@fact
class Objection:
    """A person's own limit: a channel, hours, the workplace, or any contact at all."""

    kind: str
    person: str
    at: datetime
    withdrawn_at: datetime | None = None
    form: str = "written"
    channels: tuple[str, ...] = ()
    allowed_window: Window | None = None


@fact
class Past:
    """One earlier contact. The group defaults to the creditor."""

    at: datetime
    channel: str
    direction: str
    outcome: str
    person: str
    collector: str
    creditor: str
    debts: tuple[str, ...]
    mode: str = "human"
    address: str | None = None
    role: str | None = None
    creditor_group: str = ""

    def __post_init__(self) -> None:
        if not self.creditor_group:
            object.__setattr__(self, "creditor_group", self.creditor)


@fact
class PersonCap:
    """Calls per person and day over all creditors and collectors; `None` means no limit."""

    answered_per_day: int | None = None
    dials_per_day: int | None = None


@fact
class CarrierFlow:
    """Dials per address in windows that start at the first dial; `None` means no limit."""

    per_minute: int | None = None
    per_hour: int | None = None
    per_day: int | None = None


@fact
class Settings:
    """How strictly to read the packs where they leave a choice."""

    count_all_dials: bool = False
    strict_dual_zone: bool = False
    person_cap: PersonCap | None = None
    boundary: str = "strict"
    dispute_hold: str = "text"
    enable_drafts: bool = False
    uk_window: Window | None = None
    visit_gap_days: int | None = None
    carrier_flow: CarrierFlow | None = None


@fact
class Request:
    """May this act be done at this moment? Everything needed to answer."""

    act: Act
    addressee: Addressee
    debts: tuple[Debt, ...]
    worker: Worker
    case_state: CaseState = PLAIN_STATE
    consents: tuple[Consent, ...] = ()
    objections: tuple[Objection, ...] = ()
    history: tuple[Past, ...] = ()


@fact
class Counters:
    """What has been used before the act, as the rules count it."""

    cn_talks_today: int = 0
    cn_oneway_today: int = 0
    cn_unanswered_today: int = 0
    us_calls_7d: Mapping[str, int] = field(default_factory=dict)
    us_last_talk: Mapping[str, date | None] = field(default_factory=dict)
    us_ma_calls_7d: Mapping[str, int] = field(default_factory=dict)
    person_answered_today: int = 0
    person_dials_today: int = 0


@fact
class Finding:
    """A rule that fired. `until` is when it lapses by itself; `None` means it does not."""

    rule_id: str
    level: str
    until: datetime | None = None


@fact
class Verdict:
    """
    The answer: the strictest decision of all packs, and every rule that fired.

    `rules` holds the deny rules first, then the warnings, each in alphabetical order, as
    `findings` does. `next_allowed_at` is the promise to a refused act; `must_end_by` the limit of
    a permitted call or visit.
    """

    decision: str
    rules: tuple[str, ...]
    findings: tuple[Finding, ...]
    counters: Counters
    next_allowed_at: datetime | None = None
    must_end_by: datetime | None = None

    @property
    def denied(self) -> bool:
        """Tell whether the act is forbidden."""
        return self.decision == "deny"


@fact
class Allowance:
    """One counter of a budget. `limit` and `remaining` are `None` where no limit applies."""

    name: str
    rule_id: str
    used: int
    limit: int | None
    remaining: int | None


@fact
class ChannelState:
    """Whether a channel may be used now; if not, since which rules and until when."""

    channel: str
    decision: str
    rules: tuple[str, ...]
    next_allowed_at: datetime | None
    must_end_by: datetime | None

    @property
    def allowed(self) -> bool:
        """Tell whether the channel is not forbidden now."""
        return self.decision != "deny"


@fact
class Budget:
    """What may still be done with a person today, in the person's own day."""

    local_day: date | None
    allowances: tuple[Allowance, ...]
    open_windows: tuple[tuple[datetime, datetime], ...]
    channels: tuple[ChannelState, ...]

    def channel(self, name: str) -> ChannelState:
        """Return the state of one channel."""
        return next(state for state in self.channels if state.channel == name)

    def allowance(self, name: str) -> Allowance:
        """Return one counter by its name."""
        return next(allowance for allowance in self.allowances if allowance.name == name)

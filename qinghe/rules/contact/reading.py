"""Read a contact case: JSON objects in, the facts of `facts` out."""

from datetime import datetime
from typing import Any

from qinghe.rules.contact import terms
from qinghe.rules.contact.clock import zone_of
from qinghe.rules.contact.facts import (
    PLAIN_STATE,
    Act,
    Addressee,
    CarrierFlow,
    CaseState,
    Consent,
    Debt,
    Guarantee,
    Moratorium,
    Objection,
    Past,
    PersonCap,
    Request,
    Settings,
    Visit,
    Window,
    Worker,
)
from qinghe.rules.reading import (
    CaseError,
    Row,
    clock,
    day,
    each,
    flag,
    instant,
    known_flag,
    money,
    need_day,
    need_instant,
    need_part,
    need_text,
    need_word,
    part,
    text,
    whole,
    word,
    words,
)

NO_VISIT = Visit()
DEFAULT_SETTINGS = Settings()
SETTING_NAMES = frozenset(Settings.__dataclass_fields__)

# Most cases have none of these keys; one look saves reading each of them.
REQUEST_EXTRAS = frozenset({"case_state", "consents", "objections", "history"})
ACT_EXTRAS = frozenset(Act.__dataclass_fields__) - {
    "channel",
    "planned_at",
    "address",
    "purpose",
    "direction",
    "mode",
    "address_source",
}
ADDRESSEE_EXTRAS = frozenset(Addressee.__dataclass_fields__) - {"person", "role", "zones"}
WORKER_EXTRAS = frozenset(Worker.__dataclass_fields__) - {"collector", "kind"}


def read_request(row: Row) -> Request:
    """
    Read the input of a contact case.

    :raises CaseError: a defect; its code says which
    """
    debts = each(row, "debts", read_debt)
    if not debts:
        raise CaseError("missing_field" if row.get("debts") is None else "bad_value", "debts")
    addressee = read_addressee(need_part(row, "addressee"))
    extras = {} if REQUEST_EXTRAS.isdisjoint(row) else _request_extras(row, addressee.person)
    return Request(
        act=read_act(need_part(row, "act")),
        addressee=addressee,
        debts=debts,
        worker=read_worker(need_part(row, "actor")),
        **extras,
    )


def _request_extras(row: Row, person: str) -> dict[str, Any]:
    state = part(row, "case_state")
    return {
        "case_state": read_state(state) if state else PLAIN_STATE,
        "consents": each(row, "consents", lambda given: read_consent(given, person)),
        "objections": each(row, "objections", lambda made: read_objection(made, person)),
        "history": each(row, "history", read_past),
    }


def read_act(row: Row) -> Act:
    """Read the planned contact."""
    planned_at = need_instant(row, "planned_at")
    return Act(
        channel=need_word(row, "channel", terms.CHANNELS),
        planned_at=planned_at,
        address=need_text(row, "address"),
        purpose=need_word(row, "purpose", terms.PURPOSES),
        direction=need_word(row, "direction", terms.DIRECTIONS),
        mode=word(row, "mode", terms.MODES) or "human",
        address_source=word(row, "address_source", terms.ADDRESS_SOURCES) or "contract",
        **({} if ACT_EXTRAS.isdisjoint(row) else _act_extras(row, planned_at)),
    )


def _act_extras(row: Row, planned_at: datetime) -> dict[str, Any]:
    ends_at = instant(row, "ends_at")
    if ends_at is not None and ends_at < planned_at:
        raise CaseError("bad_value", "ends_at before planned_at")
    visit = part(row, "visit")
    return {
        "ends_at": ends_at,
        "address_kind": word(row, "address_kind", terms.ADDRESS_KINDS),
        "amount_minor": money(row, "amount_minor"),
        "batch_count": whole(row, "batch_count", 1),
        "recorded": known_flag(row, "recorded"),
        "opt_out_included": known_flag(row, "opt_out_included"),
        "public_visible": flag(row, "public_visible"),
        "sender_account": word(row, "sender_account", terms.SENDER_ACCOUNTS),
        "private_account_approved": flag(row, "private_account_approved"),
        "visit": NO_VISIT if visit is None else read_visit(visit),
    }


def read_visit(row: Row) -> Visit:
    """Read how a visit would be made."""
    return Visit(
        staff_count=whole(row, "staff_count", 0) or 0,
        audio=flag(row, "audio"),
        video=flag(row, "video"),
        notice_given=flag(row, "notice_given"),
        entry_consent=flag(row, "entry_consent"),
        place=word(row, "place", terms.PLACES),
    )


def read_zones(row: Row) -> tuple[str, ...]:
    """
    Read the zones of a person, the most likely first.

    :raises CaseError: not a list of zones that exist
    """
    zones = words(row, "zones")
    for zone in zones:
        try:
            zone_of(zone)
        except ValueError as unknown:
            raise CaseError("unknown_zone", zone) from unknown
    return zones


def read_addressee(row: Row) -> Addressee:
    """Read the person to be reached; a missing role or zone is for the rules to refuse."""
    zones = read_zones(row)
    return Addressee(
        person=need_text(row, "person"),
        role=word(row, "role", terms.ROLES),
        zones=zones,
        **({} if ADDRESSEE_EXTRAS.isdisjoint(row) else _addressee_extras(row)),
    )


def _addressee_extras(row: Row) -> dict[str, Any]:
    guarantee = part(row, "guarantee")
    return {
        "region": text(row, "region"),
        "employer_forbids": flag(row, "employer_forbids"),
        "household_debt_proven": flag(row, "household_debt_proven"),
        "guarantee": None if guarantee is None else read_guarantee(guarantee),
    }


def read_guarantee(row: Row) -> Guarantee:
    """Read what a guarantor signed."""
    from_on, until_on = day(row, "from"), day(row, "until")
    if from_on is not None and until_on is not None and until_on < from_on:
        raise CaseError("bad_value", "guarantee ends before it starts")
    return Guarantee(flag(row, "signed"), from_on, until_on, money(row, "amount_minor"))


def read_debt(row: Row) -> Debt:
    """Read one debt the contact would be about."""
    creditor = need_text(row, "creditor")
    return Debt(
        id=need_text(row, "id"),
        creditor=creditor,
        kind=need_word(row, "kind", terms.DEBT_KINDS),
        creditor_group=text(row, "creditor_group") or creditor,
        licensed_lender=flag(row, "licensed_lender"),
        in_moratorium=flag(row, "in_moratorium", True),
    )


def read_worker(row: Row) -> Worker:
    """Read who would make the contact."""
    return Worker(
        collector=need_text(row, "collector"),
        kind=need_word(row, "kind", terms.WORKER_KINDS),
        **({} if WORKER_EXTRAS.isdisjoint(row) else _worker_extras(row)),
    )


def _worker_extras(row: Row) -> dict[str, Any]:
    return {
        "mandate_ends_at": instant(row, "mandate_ends_at"),
        "subcontracted": flag(row, "subcontracted"),
        "subcontract_consent": flag(row, "subcontract_consent"),
    }


def read_state(row: Row) -> CaseState:
    """Read the state of the case."""
    moratorium = part(row, "moratorium")
    received, resolved = instant(row, "dispute_received_at"), instant(row, "dispute_resolved_at")
    if received is not None and resolved is not None and resolved < received:
        raise CaseError("bad_value", "dispute resolved before it was received")
    return CaseState(
        disputed=flag(row, "disputed"),
        dispute_received_at=received,
        dispute_resolved_at=resolved,
        dispute_form=word(row, "dispute_form", terms.DISPUTE_FORMS),
        validation_period_ends=day(row, "validation_period_ends"),
        verification_sent_at=instant(row, "verification_sent_at"),
        original_creditor_request_at=instant(row, "original_creditor_request_at"),
        represented_by_attorney=flag(row, "represented_by_attorney"),
        attorney_silent=flag(row, "attorney_silent"),
        attorney_consents=flag(row, "attorney_consents"),
        bankruptcy_filed_at=instant(row, "bankruptcy_filed_at"),
        bankruptcy_dismissed_at=instant(row, "bankruptcy_dismissed_at"),
        moratorium=None if moratorium is None else read_moratorium(moratorium),
        deceased=flag(row, "deceased"),
        incapacity=flag(row, "incapacity"),
        vulnerable=flag(row, "vulnerable"),
        plan_kept=flag(row, "plan_kept"),
        complaint_open=flag(row, "complaint_open"),
        assigned_at=instant(row, "assigned_at"),
        assignment_notice_reached_at=instant(row, "assignment_notice_reached_at"),
        reserved_mobile=text(row, "reserved_mobile"),
    )


def read_moratorium(row: Row) -> Moratorium:
    """Read a breathing space or a mental health crisis moratorium."""
    return Moratorium(
        kind=need_word(row, "kind", terms.MORATORIUM_KINDS),
        starts_on=need_day(row, "starts_on"),
        treatment_ends_on=day(row, "treatment_ends_on"),
        cancelled_on=day(row, "cancelled_on"),
    )


def read_window(row: Row) -> Window:
    """Read local hours; the end must come after the start."""
    start, end = clock(row, "start"), clock(row, "end")
    if end <= start:
        raise CaseError("bad_value", "window end not after start")
    return Window(start, end)


def read_consent(row: Row, addressee: str) -> Consent:
    """Read a consent; it is the addressee's unless it names a person."""
    kind = need_word(row, "kind", terms.CONSENT_KINDS)
    window = need_part(row, "window") if kind == "window" else part(row, "window")
    given_at, until = need_instant(row, "given_at"), instant(row, "until")
    if until is not None and until < given_at:
        raise CaseError("bad_value", "consent ends before it is given")
    return Consent(
        kind=kind,
        person=text(row, "person") or addressee,
        given_at=given_at,
        until=until,
        revoked_at=instant(row, "revoked_at"),
        creditor_group=text(row, "creditor_group"),
        collector=text(row, "collector"),
        window=None if window is None else read_window(window),
    )


def read_objection(row: Row, addressee: str) -> Objection:
    """Read an objection; it is the addressee's unless it names a person."""
    kind = need_word(row, "kind", terms.OBJECTION_KINDS)
    window = need_part(row, "allowed_window") if kind == "time" else part(row, "allowed_window")
    return Objection(
        kind=kind,
        person=text(row, "person") or addressee,
        at=need_instant(row, "at"),
        withdrawn_at=instant(row, "withdrawn_at"),
        form=word(row, "form", terms.OBJECTION_FORMS) or "written",
        channels=words(row, "channels", terms.CHANNELS),
        allowed_window=None if window is None else read_window(window),
    )


def read_past(row: Row) -> Past:
    """Read one earlier contact."""
    creditor = need_text(row, "creditor")
    return Past(
        at=need_instant(row, "at"),
        channel=need_word(row, "channel", terms.CHANNELS),
        direction=need_word(row, "direction", terms.DIRECTIONS),
        outcome=need_word(row, "outcome", terms.OUTCOMES),
        person=need_text(row, "person"),
        collector=need_text(row, "collector"),
        creditor=creditor,
        debts=words(row, "debts"),
        mode=word(row, "mode", terms.MODES) or "human",
        address=text(row, "address"),
        role=word(row, "role", terms.ROLES),
        creditor_group=text(row, "creditor_group") or creditor,
    )


def read_settings(row: Row) -> Settings:
    """
    Read the settings of a case.

    :raises CaseError: an unknown setting, or a defect in one
    """
    if not row:
        return DEFAULT_SETTINGS
    known_only(row, SETTING_NAMES)
    cap, flow, window = part(row, "person_cap"), part(row, "carrier_flow"), part(row, "uk_window")
    return Settings(
        count_all_dials=flag(row, "count_all_dials"),
        strict_dual_zone=flag(row, "strict_dual_zone"),
        person_cap=None if cap is None else PersonCap(**_counts(cap, PersonCap)),
        boundary=word(row, "boundary", terms.BOUNDARIES) or "strict",
        dispute_hold=word(row, "dispute_hold", terms.DISPUTE_HOLDS) or "text",
        enable_drafts=flag(row, "enable_drafts"),
        uk_window=None if window is None else _house_window(window),
        visit_gap_days=whole(row, "visit_gap_days"),
        carrier_flow=None if flow is None else CarrierFlow(**_counts(flow, CarrierFlow)),
    )


def known_only(row: Row, names: frozenset[str]) -> None:
    """
    Refuse settings nobody defined: a misspelt protection must not be silently off.

    :raises CaseError: a name outside the list
    """
    for name in row:
        if name not in names:
            raise CaseError("unknown_setting", name)


def _counts(row: Row, kind: type[Any]) -> dict[str, int | None]:
    names = frozenset(kind.__dataclass_fields__)
    known_only(row, names)
    return {name: whole(row, name) for name in names}


def _house_window(row: Row) -> Window:
    known_only(row, frozenset({"start", "end"}))
    return read_window(row)

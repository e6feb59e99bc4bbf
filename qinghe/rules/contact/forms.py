"""
Read a contact case in one step, straight from its bytes.

A form is the JSON shape of a fact: its fields in the same order, with the words they may hold. A
case that fits its form is decoded several times faster than by the strict reader of `reading`,
and means the same. One that does not is `None`, never an error: the strict reader reads it
again, and it alone says what is wrong.
"""

from collections.abc import Collection
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from re import compile as pattern
from types import GenericAlias
from typing import Annotated, Any, Literal, get_type_hints

from msgspec import NODEFAULT, Meta, MsgspecError, defstruct
from msgspec.json import Decoder
from msgspec.structs import astuple

from qinghe.rules.contact import terms
from qinghe.rules.contact.facts import (
    PLAIN_STATE,
    Act,
    Addressee,
    Debt,
    Past,
    Request,
    Settings,
    Worker,
)
from qinghe.rules.contact.reading import (
    DEFAULT_SETTINGS,
    read_consent,
    read_guarantee,
    read_objection,
    read_settings,
    read_state,
    read_visit,
)
from qinghe.rules.packs import PACK_NAMES
from qinghe.rules.reading import CaseError

# A moment outside these years may have no form in UTC.
YEARS = range(2, 9999)
# The strict reader cuts digits beyond the microsecond; the decoder would round them.
_too_fine = pattern(rb"\.[0-9]{7}").search


def _form(fact: type, *needed: str, **types: Any) -> Any:
    """
    Build the form of a fact.

    `needed` are fields that a case must name although the fact has a default; `types` are those
    of the fields that JSON writes otherwise.
    """
    hints = {**get_type_hints(fact), **types}
    rows = [
        (each.name, hints[each.name], NODEFAULT)
        if each.default is MISSING or each.name in needed
        else (each.name, hints[each.name], each.default)
        for each in fields(fact)
    ]
    return defstruct(fact.__name__, rows, kw_only=True, gc=False)


def _word(words: Collection[str]) -> Any:
    return Literal[tuple(sorted(words))]


def _several(form: Any) -> Any:
    return GenericAlias(tuple, (form, ...))


CHANNEL, MODE, ROLE = _word(terms.CHANNELS), _word(terms.MODES), _word(terms.ROLES)
DIRECTION, OUTCOME = _word(terms.DIRECTIONS), _word(terms.OUTCOMES)
# What is rare stays an object as it came, for the strict readers.
Object = dict[str, Any]

ACT = _form(
    Act,
    "direction",
    channel=CHANNEL,
    address=str,
    purpose=_word(terms.PURPOSES),
    direction=DIRECTION,
    mode=MODE,
    address_kind=_word(terms.ADDRESS_KINDS) | None,
    address_source=_word(terms.ADDRESS_SOURCES),
    sender_account=_word(terms.SENDER_ACCOUNTS) | None,
    visit=Object,
)
ADDRESSEE = _form(Addressee, role=ROLE, guarantee=Object | None)
DEBT = _form(Debt, kind=_word(terms.DEBT_KINDS))
WORKER = _form(Worker, kind=_word(terms.WORKER_KINDS))
PAST = _form(
    Past, channel=CHANNEL, direction=DIRECTION, outcome=OUTCOME, mode=MODE, role=ROLE | None
)
INPUT = defstruct(
    "Input",
    [
        ("act", ACT),
        ("addressee", ADDRESSEE),
        ("debts", _several(DEBT)),
        ("actor", WORKER),
        ("case_state", Object | None, None),
        ("consents", list[Object] | None, None),
        ("objections", list[Object] | None, None),
        ("history", _several(PAST), ()),
    ],
)
CASE = defstruct(
    "Case",
    [
        ("id", str),
        ("kind", Literal["contact"]),
        ("packs", Annotated[_several(_word(PACK_NAMES)), Meta(min_length=1)]),
        ("input", INPUT),
        ("settings", Object | None, None),
    ],
)

_decode = Decoder(CASE).decode


def read_fitting(line: bytes) -> tuple[str, Request, tuple[str, ...], Settings] | None:
    """Return the id, request, packs and settings of a contact case that fits, or nothing."""
    try:
        case: Any = _decode(line)
        if _too_fine(line) or not _readable(line):
            return None
        settings = read_settings(case.settings) if case.settings else DEFAULT_SETTINGS
        return case.id, _request(case.input), case.packs, settings
    except (MsgspecError, CaseError, RecursionError, ValueError):
        return None


def _readable(line: bytes) -> bool:
    """Tell whether a line is UTF-8; the decoder does not look at what it skips."""
    return line.isascii() or bool(line.decode())


def _request(given: Any) -> Request:
    person = given.addressee.person
    return Request(
        _act(given.act),
        _addressee(given.addressee),
        tuple([Debt(*astuple(debt)) for debt in given.debts]),
        _worker(given.actor),
        read_state(given.case_state) if given.case_state else PLAIN_STATE,
        tuple([read_consent(row, person) for row in given.consents or ()]),
        tuple([read_objection(row, person) for row in given.objections or ()]),
        tuple([_past(past) for past in given.history]),
    )


def _act(form: Any) -> Act:
    form.planned_at = _moment(form.planned_at)
    if form.ends_at is not None:
        form.ends_at = _moment(form.ends_at)
        _must(form.ends_at >= form.planned_at)
    _must(form.batch_count >= 0 and (form.amount_minor or 0) >= 0)
    if type(form.visit) is dict:
        form.visit = read_visit(form.visit)
    return Act(*astuple(form))


def _addressee(form: Any) -> Addressee:
    if form.guarantee is not None:
        form.guarantee = read_guarantee(form.guarantee)
    return Addressee(*astuple(form))


def _worker(form: Any) -> Worker:
    if form.mandate_ends_at is not None:
        form.mandate_ends_at = _moment(form.mandate_ends_at)
    return Worker(*astuple(form))


def _past(form: Any) -> Past:
    form.at = _moment(form.at)
    return Past(*astuple(form))


def _moment(at: datetime) -> datetime:
    if at.tzinfo is None or at.year not in YEARS:
        raise ValueError("no moment, or one beyond all reason")
    return at.astimezone(UTC)


def _must(fits: bool) -> None:
    if not fits:
        raise ValueError("does not fit")

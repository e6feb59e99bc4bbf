"""One claim told by hand: the same reading, checks and limits as a file, of one row."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping as Dict
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qinghe.claims.days import day_of
from qinghe.claims.intake.check import whole_of
from qinghe.claims.intake.columns import IDENTITY, REQUIRED, ColumnMapping, fields, fit, term_fields
from qinghe.claims.intake.faults import ADVICE, Fault
from qinghe.claims.intake.how import How
from qinghe.claims.intake.read import ROW, header_of, read_table
from qinghe.claims.intake.strangers import phones_in_text, refuse_phones_in_text
from qinghe.claims.models import Batch, Claim
from qinghe.claims.queries.byhand import name_of_telling
from qinghe.claims.services.batches import accept_batch, check_batch, refuse_batch
from qinghe.claims.services.creditors import standing_creditor
from qinghe.claims.services.staging import Reading, judged, sift
from qinghe.claims.terms import BatchState
from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.models import Organisation
from qinghe.parties.roles import Permission, require
from qinghe.parties.vault import ring

# As it is written here, so it is read: nothing is guessed about a file of our own.
AS_WRITTEN: Final = How(encoding="utf-8", delimiter=",")
# A loan note has no number of its own; the same note gets the same one again.
NOTE: Final = "NOTE"


class ClaimRefused(DomainError):
    code = "claims.claim-refused"
    status = 422
    text = _("{count} facts are missing or wrong, and nothing was kept. {told}")


class ClaimKnown(DomainError):
    code = "claims.claim-known"
    text = _("This very claim is here already, as {number}. It is not posted twice.")


@dataclass(frozen=True)
class FieldFault:
    """What is wrong with one fact: its field, the code, and sentences in the active language."""

    field: str
    code: str
    reason: str
    fix: str
    facts: dict[str, int | str]


@verb("claims.post_claim")
def post_claim(
    *,
    creditor_id: UUID,
    told: Dict[str, str],
    as_of: date,
    actor: Actor,
    at: datetime,
    accept: bool = False,
    replaces: UUID | None = None,
) -> Batch:
    """
    Check one claim told by hand and lay it ready as a batch of one row; `accept` posts it at once.

    `told` has the names of our template (columns.yaml) and texts as a file would have them;
    amounts are true on `as_of`. Without a contract number the note gets one from its facts.
    `replaces` is a batch that was laid ready before and is given up for this one.

    :raises ClaimRefused: facts are missing or wrong; `facts["faults"]` says each with its field
    :raises ClaimKnown: the same claim with the same facts is here already
    :raises DomainError: as `check_batch` and, with `accept`, as `accept_batch`
    """
    require(actor, Permission.SUBMIT_CLAIMS)
    creditor = standing_creditor(creditor_id, actor, at)
    if replaces is not None:
        _give_up(replaces, creditor_id, actor, at)
    row = _row(told)
    faults = _faults(creditor, row, as_of)
    if faults:
        raise _refused(faults)
    batch = check_batch(
        creditor_id=creditor_id,
        filename=name_of_telling(row["contract_number"]),
        content=_file_of(row),
        mapping=ColumnMapping(columns={}, how=AS_WRITTEN).as_json(),
        as_of=as_of,
        actor=actor,
        at=at,
    )
    if batch.unchanged:
        raise ClaimKnown(number=_number(creditor_id, row["contract_number"]))
    return accept_batch(batch_id=batch.pk, partial=False, actor=actor, at=at) if accept else batch


# The creditor is read under its lock, as posting reads it.
@transaction.atomic
def look_at_claim(
    *, creditor_id: UUID, told: Dict[str, str], as_of: date, actor: Actor, at: datetime
) -> list[FieldFault]:
    """
    Return all that is wrong with a claim told by hand, at once; nothing is kept.

    A field that holds somebody's number, or a day to come, hides no other fault.

    :raises DomainError: as `post_claim`
    """
    require(actor, Permission.SUBMIT_CLAIMS)
    creditor, row, today = standing_creditor(creditor_id, actor, at), _row(told), day_of(at)
    held = _strangers(row)
    found = [_plain(name, "phone-in-text") for name in held]
    if as_of > today:
        found.append(_plain("as_of", "day-ahead"))
    rest = _faults(creditor, row | dict.fromkeys(held, ""), min(as_of, today))
    found += [each for each in rest if each.field not in held]
    # A known number is compared with the books only once the row is sound.
    if found and told.get("contract_number") and _is_known(creditor_id, row):
        found.append(_plain("contract_number", "number-known"))
    return found


def _row(told: Dict[str, str]) -> dict[str, str]:
    """Return the facts that are told, in the order of our template; what is needed always."""
    known = [*fields(), *term_fields()]
    needed = {*REQUIRED, *IDENTITY[:1], "debtor_name", "phone"}
    clean = {name: _clean(text) for name, text in told.items()}
    clean = {name: text for name, text in clean.items() if text or name not in known}
    clean.setdefault("currency", "CNY")
    if not clean.get("contract_number"):
        clean["contract_number"] = _note_number(clean)
    row = {name: clean.get(name, "") for name in known if name in clean or name in needed}
    # What is no field of ours is refused by its name, like a column of a file.
    return row | {name: text for name, text in clean.items() if name not in known}


def _clean(text: str) -> str:
    # NUL cannot be stored; lines are the parts of a list.
    return "; ".join(filter(None, map(str.strip, text.replace("\0", "").splitlines())))


def _note_number(row: Dict[str, str]) -> str:
    """Return the number of a note without one: the same facts give the same."""
    who = [row.get(name, "").upper() for name in ("id_number", "phone", "debtor_name")]
    signed = row.get("contract_date") or row.get("paid_out_on") or row.get("due_date", "")
    lent = row.get("loan_principal") or row.get("principal", "")
    # Keyed: a hash of so few unknowns could be searched.
    (mark,) = ring().blind_all("claim-note", [repr([who[:1] if who[0] else who, signed, lent])])
    day = "".join(each for each in signed if each.isdigit())[:8]
    return "-".join(filter(None, (NOTE, day, mark.hex()[:8].upper())))


def _file_of(row: Dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(row)
    writer.writerow(row.values())
    return text.getvalue().encode()


def _strangers(row: Dict[str, str]) -> list[str]:
    table = read_table(_file_of(row), AS_WRITTEN)
    mapping = fit(ColumnMapping(columns={}, how=AS_WRITTEN), header_of(table))
    found = phones_in_text(table, mapping.columns, ROW)
    return found[0] if found else []


def _plain(field: str, code: str) -> FieldFault:
    return FieldFault(field, code, *ADVICE[code].told({}), {})


def _is_known(creditor_id: UUID, row: Dict[str, str]) -> bool:
    return Claim.objects.filter(
        creditor=creditor_id, contract_number=row["contract_number"]
    ).exists()


def _faults(creditor: Organisation, row: Dict[str, str], as_of: date) -> list[FieldFault]:
    table = read_table(_file_of(row), AS_WRITTEN)
    mapping = fit(ColumnMapping(columns={}, how=AS_WRITTEN), header_of(table))
    refuse_phones_in_text(table, mapping.columns, ROW)
    reading = Reading(mapping, whole_of([table], mapping), as_of, creditor.lender_kind)
    sifted = sift(Batch(creditor=creditor, as_of=as_of), judged(table, reading), reading)
    return [_told(fault) for fault in sifted.faults]


def _told(fault: Fault) -> FieldFault:
    return FieldFault(fault.column, fault.code, *ADVICE[fault.code].told(fault.facts), fault.facts)


def _refused(faults: list[FieldFault]) -> ClaimRefused:
    told = " ".join(f"{each.field}: {each.reason} {each.fix}" for each in faults)
    return ClaimRefused(count=len(faults), told=told, faults=[asdict(each) for each in faults])


def _number(creditor_id: UUID, contract_number: str) -> str:
    known = Claim.objects.filter(creditor=creditor_id, contract_number=contract_number)
    return str(known.values_list("number", flat=True)[0])


def _give_up(batch_id: UUID, creditor_id: UUID, actor: Actor, at: datetime) -> None:
    own = Batch.objects.filter(pk=batch_id, creditor=creditor_id, state=BatchState.CHECKED)
    if own.exists():
        refuse_batch(batch_id=batch_id, actor=actor, at=at)

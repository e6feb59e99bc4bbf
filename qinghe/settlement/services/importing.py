"""
Take in what the bank says: every entry once, and what came goes to suspense at once.

Nothing is booked twice: an entry is known by the bank's own number, or by what it says and how
often the statement says it. A file is taken whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q

from qinghe.claims.days import day_of
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.parties import identity
from qinghe.parties.models import VaultItem
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import secrets
from qinghe.parties.terms import Secret
from qinghe.parties.vault import ring
from qinghe.settlement.bank import Line, Sheet, read_statements
from qinghe.settlement.bank.refusals import (
    NoBankAccount,
    ReferenceTwice,
    StatementAhead,
    WrongAccount,
)
from qinghe.settlement.models import Statement, StatementEntry, Suspense, Twin
from qinghe.settlement.reference import claim_number_in
from qinghe.settlement.services.explaining import explain_outgoing
from qinghe.settlement.services.matching import match_suspense
from qinghe.settlement.services.returning import hear_paid
from qinghe.settlement.services.sending_back import hear_left
from qinghe.settlement.services.suspended import one_at_a_time
from qinghe.settlement.services.twins import suspend, twins_of

CHUNK: Final = 2_000
# In the evening, and before days off, a bank books with its next day of business.
AHEAD: Final = timedelta(days=7)


@dataclass(frozen=True)
class ImportedStatement:
    """
    What a file did: entries it has, new ones, what came, what was booked and what waits.

    `booked`, `waiting` and `unexplained` count the whole desk, the fields below only this file's
    new entries.
    """

    statements: int
    entries: int
    new: int
    came_minor: int
    went_minor: int
    booked: int
    booked_minor: int
    waiting: int
    unexplained: int
    # Perhaps the same as what stands already: booked only when a person says that they are not.
    twins: int = 0
    own_booked: int = 0
    own_waiting: int = 0
    # Money out: known by a number of ours, and to be explained.
    own_left: int = 0
    own_open: int = 0


@dataclass(frozen=True)
class _New:
    line: Line
    entry: StatementEntry
    twin: StatementEntry | None = None


@verb("settlement.import-statement")
def import_statement(
    *, content: bytes, mapping: str, actor: Actor, at: datetime
) -> ImportedStatement:
    """
    Take in a statement of the platform's account; what is there already changes nothing.

    :raises NotPermitted: the actor does not manage payments
    :raises NoBankAccount: the platform's account is not set
    :raises WrongAccount: a statement of another account
    :raises StatementUnknown: none of the formats
    :raises StatementHostile: XML that declares a document type or entities
    :raises StatementTooLong: larger than a file may be
    :raises BadStatement: a field cannot be read
    :raises StatementAhead: an entry or its end lies further ahead than a bank books
    :raises BalanceDiffers: its sums do not hold
    :raises ReferenceTwice: the bank's number stands for two different entries
    :raises FileUnreadable: a table that is damaged
    :raises UnknownMapping: no mapping of that name
    :raises StatementColumns: a column the mapping needs is not there
    :raises RaggedRow: a row has fewer or more cells than the head
    :raises StatementCut: it ends in the middle
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    own = settings.BANK_ACCOUNT
    if not own:
        raise NoBankAccount
    sheets = read_statements(content, mapping, own)
    for sheet in sheets:
        _check_account(sheet, own)
        _check_days(sheet, day_of(at) + AHEAD)
    one_at_a_time()
    digest = hashlib.sha256(content).hexdigest()
    new = [
        each
        for place, sheet in enumerate(sheets)
        for each in _take(sheet, digest, place, own, actor, at)
    ]
    matched = match_suspense(actor=actor, at=at)
    unexplained = explain_outgoing()
    hear_left(at=at)
    hear_paid(at=at)
    result = ImportedStatement(
        statements=len(sheets),
        entries=sum(len(sheet.lines) for sheet in sheets),
        new=len(new),
        came_minor=sum(each.line.amount for each in new if each.line.credit and not each.twin),
        went_minor=sum(each.line.amount for each in new if not each.line.credit),
        booked=matched.booked,
        booked_minor=matched.booked_minor,
        waiting=matched.waiting,
        unexplained=unexplained,
        twins=sum(each.twin is not None for each in new),
        **_own([each.entry.pk for each in new]),
    )
    subject = f"statement:{digest[:16]}"
    record(kind="statement.imported", subject=subject, actor=actor, at=at, **asdict(result))
    return result


def _own(ids: Sequence[UUID]) -> dict[str, int]:
    """Count what became of the new entries of a file. Two queries."""
    came = Suspense.objects.filter(entry__in=ids)
    out = StatementEntry.objects.filter(pk__in=ids, credit=False)
    return {
        **came.aggregate(
            own_booked=Count("pk", filter=Q(rest=0)), own_waiting=Count("pk", filter=Q(rest__gt=0))
        ),
        **out.aggregate(
            own_left=Count("pk", filter=~Q(explained="")),
            own_open=Count("pk", filter=Q(explained="")),
        ),
    }


def _check_account(sheet: Sheet, own: str) -> None:
    """Compare accounts as the vault spells them; MT940 puts the bank's code before a slash."""
    told = {_bare(sheet.account), _bare(sheet.account.rpartition("/")[2])}
    if _bare(own) not in told | {each.removesuffix(sheet.currency) for each in told}:
        raise WrongAccount(ending=own[-4:])


def _check_days(sheet: Sheet, last: date) -> None:
    days = [(line.booked_on, line.row) for line in sheet.lines]
    days += [(sheet.ends_on, 1)] if sheet.ends_on else []
    late = next(((day, row) for day, row in days if day > last), None)
    if late is not None:
        raise StatementAhead(day=late[0].isoformat(), row=late[1])


def _bare(account: str) -> str:
    return re.sub(r"[\s-]", "", account).upper()


def _take(
    sheet: Sheet, digest: str, place: int, own: str, actor: Actor, at: datetime
) -> list[_New]:
    statement, _new = Statement.objects.get_or_create(
        digest=digest,
        place=place,
        defaults={
            "account": own,
            "currency": sheet.currency,
            "kind": sheet.kind,
            "number": sheet.number,
            "starts_on": sheet.starts_on,
            "ends_on": sheet.ends_on,
            "opening": sheet.opening,
            "closing": sheet.closing,
            "imported_by": actor.label,
            "imported_at": at,
        },
    )
    new = _unknown(sheet, statement, own)
    _seal(new, at)
    StatementEntry.objects.bulk_create([each.entry for each in new], batch_size=CHUNK)
    twins = [Twin(entry=each.entry, stands=each.twin) for each in new if each.twin is not None]
    Twin.objects.bulk_create(twins, batch_size=CHUNK)
    suspend([each.entry for each in new if each.twin is None], at)
    return new


def _unknown(sheet: Sheet, statement: Statement, own: str) -> list[_New]:
    """Return the entries that no statement told before."""
    keys = keys_of(sheet)
    found = StatementEntry.objects.filter(account=own, key__in=keys)
    known = {each.key: each for each in found}
    fresh = []
    for line, key in zip(sheet.lines, keys, strict=True):
        there = known.get(key)
        if there is not None:
            _check_same(line, there, sheet.currency)
            continue
        fresh.append((_entry(line, key, statement, own), line))
    standing = twins_of(fresh, told=set(keys))
    return [_New(line, entry, standing.get(entry.pk)) for entry, line in fresh]


def _entry(line: Line, key: str, statement: Statement, own: str) -> StatementEntry:
    return StatementEntry(
        statement=statement,
        account=own,
        key=key,
        booked_on=line.booked_on,
        value_on=line.value_on,
        amount=line.amount,
        currency=statement.currency,
        credit=line.credit,
        reference=line.reference,
        payer_masked=identity.mask(Secret.NAME, line.payer),
        claim_number=claim_number_in(line.text) if line.credit else "",
    )


def keys_of(sheet: Sheet) -> list[str]:
    """
    Return what each entry is known by.

    :raises ReferenceTwice: the bank's number stands for two entries of this file
    """
    keys: list[str] = []
    seen: Counter[str] = Counter()
    for line in sheet.lines:
        if line.reference:
            key = f"{sheet.currency}:{line.reference}"
            if seen[key]:
                raise ReferenceTwice(row=line.row)
        else:
            said = [sheet.currency, str(line.booked_on), line.signed, line.text]
            said += [line.payer, line.payer_account]
            key = "~" + hashlib.sha256(json.dumps(said).encode()).hexdigest()
        seen[key] += 1
        keys.append(key if line.reference else f"{key}:{seen[key]}")
    return keys


def _check_same(line: Line, there: StatementEntry, currency: str) -> None:
    told = (line.amount, line.credit, currency)
    if told != (there.amount, there.credit, there.currency):
        raise ReferenceTwice(row=line.row)


def _seal(new: Sequence[_New], at: datetime) -> None:
    """Put who sent it and with which words into the vault."""
    keys, items = ring(), []
    for each in new:
        line = each.line
        if not (line.text or line.payer or line.payer_account):
            continue
        said = {"payer": line.payer, "account": line.payer_account, "text": line.text}
        value = json.dumps(said, ensure_ascii=False)
        item = secrets.sealed(kind=Secret.TEXT, value=value, person_id=None, at=at, keys=keys)
        each.entry.words = item
        items.append(item)
    VaultItem.objects.bulk_create(items, batch_size=CHUNK)

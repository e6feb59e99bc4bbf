"""Signs by which two organisations, or an organisation and a debtor, turn out to be one hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from qinghe.graph.models import Crossing, Trace
from qinghe.graph.terms import TraceKind
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.ids import new_id
from qinghe.parties.models import (
    Licence,
    Membership,
    Organisation,
    Representative,
    SettlementAccount,
)
from qinghe.parties.terms import SettlementState
from qinghe.parties.vault import ring

Sign = tuple[UUID, str, bytes]
# Anybody may have a mailbox there.
PUBLIC_MAIL: Final = frozenset(
    {
        "126.com", "139.com", "163.com", "189.cn", "aliyun.com", "example.com", "example.net",
        "example.org", "foxmail.com", "gmail.com",
        "hotmail.com", "icloud.com", "outlook.com", "qq.com", "sina.com", "sohu.com", "yahoo.com",
        "yeah.net",
    }
)  # fmt: skip


@verb("graph.leave_trace")
def leave_trace(*, org_id: UUID, kind: str, value: str, actor: Actor, at: datetime) -> bool:
    """Keep one sign of an organisation as a keyed hash; tell whether it is new."""
    return _keep([(org_id, kind, digest(kind, value))], actor, at) > 0


@verb("graph.find_traces")
def find_traces(*, actor: Actor, at: datetime) -> int:
    """Read the signs that the tables of the parties hold; return how many are new."""
    return _keep([*_numbers(), *_people(at), *_declared()], actor, at)


@verb("graph.note_crossing")
def note_crossing(*, device: str, person_id: UUID, actor: Actor, at: datetime) -> list[UUID]:
    """Note that a browser of the staff opened a debtor's door; return whose, where it is new."""
    seen = Trace.objects.filter(
        kind=TraceKind.DEVICE, digest__in=ring().blinds(TraceKind.DEVICE, device)
    )
    owners = set(seen.values_list("organisation_id", flat=True))
    known = Crossing.objects.filter(organisation_id__in=owners, person_id=person_id)
    fresh = sorted(owners - set(known.values_list("organisation_id", flat=True)))
    rows = [Crossing(organisation_id=each, person_id=person_id, found_at=at) for each in fresh]
    Crossing.objects.bulk_create(rows, ignore_conflicts=True)
    if fresh:
        record(
            kind="graph.crossing",
            subject=f"person:{person_id}",
            actor=actor,
            at=at,
            person_id=person_id,
            organisations=fresh,
        )
    return fresh


def digest(kind: str, value: str) -> bytes:
    """Return the keyed hash of a sign; of vault kinds it is the vault's own, if normalised so."""
    return ring().blind(kind, value)


def _numbers() -> Iterator[Sign]:
    coded = Organisation.objects.exclude(credit_code="").values_list("pk", "credit_code")
    for org_id, code in coded.iterator():
        yield org_id, TraceKind.CODE, digest(TraceKind.CODE, code.upper())
        yield org_id, TraceKind.OFFICER, digest(TraceKind.OFFICER, code.upper())
    licences = Licence.objects.values_list("organisation_id", "kind", "number")
    for org_id, kind, number in licences.iterator():
        yield org_id, TraceKind.LICENCE, digest(TraceKind.LICENCE, f"{kind} {number.upper()}")


def _people(at: datetime) -> Iterator[Sign]:
    current = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    rows = Membership.objects.filter(current).values_list(
        "organisation_id", "user_id", "user__email"
    )
    for org_id, user_id, email in rows.iterator():
        yield org_id, TraceKind.USER, digest(TraceKind.USER, str(user_id))
        domain = email.rpartition("@")[2].lower()
        if domain and domain not in PUBLIC_MAIL:
            yield org_id, TraceKind.DOMAIN, digest(TraceKind.DOMAIN, domain)


def _declared() -> Iterator[Sign]:
    """Read the accounts and the responsible persons of parties; the vault has their hashes."""
    accounts = SettlementAccount.objects.exclude(state=SettlementState.REPLACED)
    for org_id, found in accounts.values_list("organisation_id", "number__blind").iterator():
        yield org_id, TraceKind.ACCOUNT, bytes(found or b"")
    behind = Representative.objects.filter(removed_at__isnull=True)
    rows = behind.values_list("organisation_id", "number__blind", "line__blind")
    for org_id, person, phone in rows.iterator():
        yield org_id, TraceKind.OFFICER, bytes(person or b"")
        if phone is not None:
            yield org_id, TraceKind.PHONE, bytes(phone)


def _keep(signs: Iterable[Sign], actor: Actor, at: datetime) -> int:
    wanted = set(signs)
    known = {
        (org_id, kind, bytes(found))
        for org_id, kind, found in Trace.objects.filter(
            kind__in={kind for _org, kind, _digest in wanted},
            organisation_id__in={org_id for org_id, _kind, _digest in wanted},
        ).values_list("organisation_id", "kind", "digest")
    }
    fresh = sorted(wanted - known)
    Trace.objects.bulk_create(
        [
            Trace(id=new_id(), organisation_id=org_id, kind=kind, digest=found, found_at=at)
            for org_id, kind, found in fresh
        ],
        batch_size=5000,
        ignore_conflicts=True,
    )
    if fresh:
        kinds = sorted({kind for _org, kind, _digest in fresh})
        record(
            kind="graph.traces-left", subject="graph", actor=actor, at=at, kinds=kinds,
            count=len(fresh),
        )  # fmt: skip
    return len(fresh)

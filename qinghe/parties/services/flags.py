"""Doubts about a party: the same datum at two parties, a holder with another name."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, system
from qinghe.kernel.errors import DomainError
from qinghe.parties.models import Licence, PartyFlag, Representative, SettlementAccount, VaultItem
from qinghe.parties.queries.kin import suspended_kin
from qinghe.parties.roles import Permission, require
from qinghe.parties.services.lifting import second_agrees
from qinghe.parties.services.secrets import unseal
from qinghe.parties.terms import PartyFlagKind, SettlementState
from qinghe.parties.vault import ring

LOOKER = system("parties.flags")
# What two who clear such a doubt agree about, before its id.
SANCTION = "sanction:"


class NoSuchPartyFlag(DomainError):
    code = "parties.no-such-flag"
    status = 404
    text = _("There is no such doubt, or it was decided before.")


@verb("parties.decide_flag")
def decide_party_flag(*, flag_id: UUID, confirmed: bool, actor: Actor, at: datetime) -> PartyFlag:
    """
    Clear a doubt about a party, or confirm it; a confirmed one keeps it from being approved.

    That no suspended party stands behind it is said by two: the first asks and clears nothing.

    :raises NotPermitted: the actor may not verify parties
    :raises NoSuchPartyFlag: unknown, or decided before
    :raises LiftedBySamePerson: the same person asked, or stands behind the one who did
    """
    require(actor, Permission.VERIFY_PARTIES)
    rows = PartyFlag.objects.select_for_update().filter(pk=flag_id, decided_at__isnull=True)
    flag = rows.first()
    if flag is None:
        raise NoSuchPartyFlag
    if flag.kind == PartyFlagKind.SANCTIONED and not confirmed:
        measure = f"{SANCTION}{flag.pk}"
        if not second_agrees(org_id=flag.organisation_id, measure=measure, actor=actor, at=at):
            return flag
    flag.decided_at, flag.decided_by, flag.confirmed = at, actor.label, confirmed
    flag.save(update_fields=["decided_at", "decided_by", "confirmed"])
    record(
        kind="parties.flag-decided",
        subject=f"organisation:{flag.organisation_id}",
        actor=actor,
        at=at,
        flag=flag.kind,
        confirmed=confirmed,
    )
    return flag


def flag_sanctioned(org_id: UUID, at: datetime) -> None:
    """Flag a party behind which a suspended one stands."""
    for other in sorted(suspended_kin(org_id)):
        raise_flag(org_id, PartyFlagKind.SANCTIONED, at, other=other)


def flag_same_licence(licence: Licence, at: datetime) -> None:
    """Flag a licence whose number another party has on file."""
    others = Licence.objects.filter(number=licence.number, kind=licence.kind)
    for org_id in _parties(others.exclude(organisation=licence.organisation_id)):
        raise_flag(licence.organisation_id, PartyFlagKind.SAME_LICENCE, at, other=org_id)


def flag_same_person(representative: Representative, at: datetime) -> None:
    """Flag a representative whose number or telephone another party's representative has."""
    mine = representative.organisation_id
    others = Representative.objects.filter(removed_at__isnull=True).exclude(organisation=mine)
    for kind, field, item in (
        (PartyFlagKind.SAME_NUMBER, "number", representative.number),
        (PartyFlagKind.SAME_PHONE, "line", representative.line),
    ):
        if item is not None:
            same = {f"{field}__kind": item.kind, f"{field}__blind__in": _blinds(item)}
            for org_id in _parties(others.filter(**same)):
                raise_flag(mine, kind, at, other=org_id)


def flag_same_account(account: SettlementAccount, at: datetime) -> None:
    """Flag an account that another party has declared too."""
    others = SettlementAccount.objects.exclude(state=SettlementState.REPLACED)
    others = others.exclude(organisation=account.organisation_id)
    same = {"number__kind": account.number.kind, "number__blind__in": _blinds(account.number)}
    for org_id in _parties(others.filter(**same)):
        raise_flag(account.organisation_id, PartyFlagKind.SAME_ACCOUNT, at, other=org_id)


def raise_flag(
    org_id: UUID, kind: PartyFlagKind, at: datetime, *, other: UUID | None = None
) -> None:
    """Raise a doubt once, inside the caller's transaction."""
    _flag, new = PartyFlag.objects.get_or_create(
        organisation_id=org_id, kind=kind, other_id=other, defaults={"raised_at": at}
    )
    if new:
        subject = f"organisation:{org_id}"
        record(
            kind="parties.flag-raised", subject=subject, actor=LOOKER, at=at, flag=kind, other=other
        )


def drop_flag(org_id: UUID, kind: PartyFlagKind) -> None:
    """Take back an undecided doubt whose reason is gone."""
    rows = PartyFlag.objects.filter(organisation_id=org_id, kind=kind, decided_at__isnull=True)
    rows.delete()


def _parties(rows: object) -> list[UUID]:
    found = rows.order_by("organisation_id").values_list(  # type: ignore[attr-defined]
        "organisation_id", flat=True
    )
    return list(found.distinct()[:20])


def _blinds(item: VaultItem) -> list[bytes]:
    # Under every blind key of the ring: what was sealed before a rotation matches too.
    return ring().blinds(item.kind, unseal(item))

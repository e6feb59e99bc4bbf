"""The account a party is paid to: sealed, compared with its name, and proven before it counts."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.models import (
    MicroTransfer,
    Organisation,
    Representative,
    SettlementAccount,
    VaultItem,
)
from qinghe.parties.services.assurance import end_proofs
from qinghe.parties.services.flags import drop_flag, flag_same_account, raise_flag
from qinghe.parties.services.own import own_organisation
from qinghe.parties.services.people import BadIdentity
from qinghe.parties.services.secrets import seal, unseal
from qinghe.parties.terms import (
    LIVE_TRANSFERS,
    OrgKind,
    PartyFlagKind,
    ProofKind,
    Secret,
    SettlementState,
    TransferState,
)

_NUMBER: Final = re.compile(r"[0-9A-Z]{8,34}")


class NoSettlementAccount(DomainError):
    code = "parties.no-settlement-account"
    status = 404
    text = _("No account was declared yet.")


@verb("parties.declare_account")
def declare_account(
    *, org_id: UUID, holder: str, number: str, bank: str, actor: Actor, at: datetime
) -> SettlementAccount:
    """
    Say to which account a party is paid; a new one counts for nothing before it is proven.

    :raises NoSuchOrganisation: unknown, or another's
    :raises BadIdentity: no account number
    """
    organisation = own_organisation(org_id, actor)
    tidy = re.sub(r"[\s-]", "", number).upper()
    if not _NUMBER.fullmatch(tidy) or not holder.strip():
        raise BadIdentity(kind=Secret.ACCOUNT.label)
    old = SettlementAccount.objects.filter(organisation=organisation)
    old = old.exclude(state=SettlementState.REPLACED)
    _end_transfers(MicroTransfer.objects.filter(account__in=list(old)), at)
    old.update(state=SettlementState.REPLACED)
    account = SettlementAccount.objects.create(
        organisation=organisation,
        holder=seal(kind=Secret.NAME, value=holder, person_id=None, at=at),
        number=seal(kind=Secret.ACCOUNT, value=tidy, person_id=None, at=at),
        bank=bank.strip(),
        added_at=at,
        added_by=actor.user_id,
    )
    end_proofs(org_id=org_id, kind=ProofKind.ACCOUNT, actor=actor, at=at)
    flag_same_account(account, at)
    compare_holder(organisation, account, at)
    _note("account-declared", account, actor, at)
    return account


def compare_holder(organisation: Organisation, account: SettlementAccount, at: datetime) -> None:
    """Flag an account that somebody else holds than who declared it."""
    name = organisation.name
    if organisation.kind == OrgKind.PRIVATE_CREDITOR:
        rows = Representative.objects.filter(
            organisation=organisation, acts_as="self", removed_at__isnull=True
        )
        person = rows.select_related("name").first()
        name = unseal(person.name) if person else ""
    if not name:
        return
    if _same(name, unseal(account.holder)):
        drop_flag(organisation.pk, PartyFlagKind.OTHER_HOLDER)
    else:
        raise_flag(organisation.pk, PartyFlagKind.OTHER_HOLDER, at)


def account_of(org_id: UUID) -> SettlementAccount:
    """
    Return the account a party is paid to.

    :raises NoSettlementAccount: none was declared
    """
    rows = SettlementAccount.objects.filter(organisation=org_id)
    found = rows.exclude(state=SettlementState.REPLACED).first()
    if found is None:
        raise NoSettlementAccount
    return found


def _end_transfers(transfers: QuerySet[MicroTransfer], at: datetime) -> None:
    """End what is on its way to an account that is replaced; guesses made so far still count."""
    live = transfers.filter(state__in=LIVE_TRANSFERS)
    items = list(live.exclude(sealed=None).values_list("sealed_id", flat=True))
    live.filter(tries__gt=0).update(state=TransferState.FAILED, ended_at=at, sealed=None)
    live.filter(tries=0).update(state=TransferState.RETURNED, ended_at=at, sealed=None)
    VaultItem.objects.filter(pk__in=items).delete()


def _same(one: str, other: str) -> bool:
    return _bare(one) == _bare(other)


def _bare(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _note(what: str, account: SettlementAccount, actor: Actor, at: datetime) -> None:
    subject = f"organisation:{account.organisation_id}"
    record(kind=f"parties.{what}", subject=subject, actor=actor, at=at, account=account.pk)

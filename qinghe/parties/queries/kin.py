"""Other parties with the same people, account or number behind them, also under former ones."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from qinghe.parties.models import Licence, Organisation, Representative, SettlementAccount
from qinghe.parties.terms import OrgState, Secret


def kin_of(org_id: UUID) -> set[UUID]:
    """
    Return the other parties that share an identity number, an account or a registration with one.

    Persons who were removed and accounts that were replaced count too: whoever changes them before
    applying anew stays the same. Four short queries, by what the vault compares.
    """
    people = _blinds(Representative.objects.filter(organisation=org_id))
    accounts = _blinds(SettlementAccount.objects.filter(organisation=org_id))
    same_people = Representative.objects.filter(
        number__kind=Secret.PARTY_NUMBER, number__blind__in=people
    )
    same_accounts = SettlementAccount.objects.filter(
        number__kind=Secret.ACCOUNT, number__blind__in=accounts
    )
    licences = Licence.objects.filter(organisation=org_id).values("kind", "number")
    registered = Q(pk__in=[])
    for each in licences:
        registered |= Q(kind=each["kind"], number=each["number"])
    codes = Organisation.objects.filter(pk=org_id).exclude(credit_code="").values("credit_code")
    found = {
        *same_people.values_list("organisation", flat=True),
        *same_accounts.values_list("organisation", flat=True),
        *Licence.objects.filter(registered).values_list("organisation", flat=True),
        *Organisation.objects.filter(credit_code__in=codes).values_list("pk", flat=True),
    }
    return found - {org_id}


def suspended_kin(org_id: UUID) -> set[UUID]:
    """Return the suspended parties among the kin of one."""
    rows = Organisation.objects.filter(pk__in=kin_of(org_id), state=OrgState.SUSPENDED)
    return set(rows.values_list("pk", flat=True))


def _blinds(rows: QuerySet[Any]) -> list[bytes]:
    known = rows.filter(number__blind__isnull=False)
    return list(known.values_list("number__blind", flat=True))

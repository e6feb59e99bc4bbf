"""Whose the accounts of an export are: the key that an accountant keeps beside the journal."""

from __future__ import annotations

from typing import Final

from qinghe.kernel.actor import Actor
from qinghe.kernel.tables import as_csv
from qinghe.ledger.export import account
from qinghe.ledger.models import Account
from qinghe.parties.models import Organisation
from qinghe.parties.roles import Permission, require

OWNERS: Final = r"^(creditor|collector):[^:]+:"
HEAD: Final = ("account", "organisation", "credit_code", "slug")


def accounts_key(*, actor: Actor) -> bytes:
    """
    Return as CSV which account of an export belongs to which organisation.

    :raises NotPermitted: the role may not prepare payouts
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    owned = Account.objects.filter(path__regex=OWNERS).order_by("path")
    paths = dict(owned.values_list("path", "side"))
    ids = {path.split(":")[1] for path in paths}
    found = Organisation.objects.filter(pk__in=ids)
    whose = {str(each.pk): (each.name, each.credit_code, each.slug) for each in found}
    rows = [
        (account(path, side), *whose.get(path.split(":")[1], ("", "", "")))
        for path, side in paths.items()
    ]
    return as_csv([HEAD, *rows])

"""Where a simulation lives: in a database of its own, or in this one while it is empty."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qinghe.bench.database import own_database
from qinghe.kernel.errors import DomainError
from qinghe.parties.models import Organisation
from qinghe.simulation.run import Report, simulate


class MarketNotEmpty(DomainError):
    code = "simulation.market-not-empty"
    text = _("This database holds a market already. A simulation fills only an empty one.")


def in_own_database(**options: Any) -> Report:
    """Simulate in a database that is made for it and dropped afterwards."""
    with own_database():
        return simulate(**options)


def in_this_database(**options: Any) -> Report:
    """
    Fill this database, wholly or not at all.

    :raises MarketNotEmpty: there is an organisation already
    """
    if not is_empty():
        raise MarketNotEmpty
    with transaction.atomic():
        return simulate(**options)


def is_empty() -> bool:
    """Tell whether nobody ever used this database."""
    return not Organisation.objects.exists()

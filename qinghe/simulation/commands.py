"""Where a simulation lives: in a database of its own, or in this one while it is empty."""

from __future__ import annotations

from typing import Any, Final

from django.core.management import call_command
from django.utils.translation import gettext_lazy as _

from config.passing import own_database
from qinghe.journal.models import Entry
from qinghe.journal.services import record
from qinghe.kernel import clock
from qinghe.kernel.errors import DomainError
from qinghe.parties.models import Organisation
from qinghe.simulation.run import Report, simulate
from qinghe.simulation.world import FOUNDER

SUBJECT: Final = "simulation"
BEGUN: Final = "simulation.begun"
FINISHED: Final = "simulation.finished"


class MarketNotEmpty(DomainError):
    code = "simulation.market-not-empty"
    text = _("This database holds a market already. A simulation fills only an empty one.")


def in_own_database(**options: Any) -> Report:
    """Simulate in a database that is made for it and dropped afterwards."""
    with own_database():
        return simulate(**options)


def in_this_database(**options: Any) -> Report:
    """
    Fill this database; what an interrupted filling left behind is cleared first.

    :raises MarketNotEmpty: there is a market already
    """
    if not is_empty():
        raise MarketNotEmpty
    call_command("flush", interactive=False, verbosity=0)
    _mark(BEGUN)
    report = simulate(**options)
    _mark(FINISHED)
    return report


def is_empty() -> bool:
    """Tell whether nobody ever used this database, but for a filling that was interrupted."""
    if not Organisation.objects.exists():
        return True
    kinds = set(Entry.objects.filter(subject=SUBJECT).values_list("kind", flat=True))
    return kinds == {BEGUN}


def _mark(kind: str) -> None:
    at = clock.now()
    record(kind=kind, subject=SUBJECT, actor=FOUNDER, at=at)

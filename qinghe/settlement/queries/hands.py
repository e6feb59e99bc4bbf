"""Who a journal label stands for, by the name that colleagues see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.parties.queries import display_names

PLATFORM: Final = _("the platform, by a job or from the shell")


def hands(labels: Iterable[str]) -> dict[str, str]:
    """Return the names of those whom journal labels, `role:user`, stand for; not of empty ones."""
    users = {label: _user(label) for label in labels if label}
    known = display_names(users.values())
    return {label: known.get(user, "") if user else str(PLATFORM) for label, user in users.items()}


def _user(label: str) -> UUID | None:
    try:
        return UUID(label.partition(":")[2])
    except ValueError:
        return None

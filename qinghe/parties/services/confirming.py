"""An account that a colleague made counts as a person of its own once another has confirmed it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.models import User
from qinghe.parties.pairs import CONFIRMED, independent, makers_of
from qinghe.parties.roles import Permission, require
from qinghe.parties.services.passwords import NoSuchAccount


class ConfirmedBySame(DomainError):
    code = "parties.confirmed-by-same"
    status = 403
    text = _(
        "You made this account, or somebody stands behind both of yours. A colleague who has "
        "nothing to do with it confirms it."
    )


class NothingToConfirm(DomainError):
    code = "parties.nothing-to-confirm"
    text = _("This account needs no confirmation.")


@verb("parties.confirm_account")
def confirm_account(*, user_id: UUID, actor: Actor, at: datetime) -> User:
    """
    Say that an account which a colleague made is a person of its own; until then it counts as one
    with its maker wherever two persons decide.

    :raises NotPermitted: the actor may not manage accounts
    :raises NoSuchAccount: unknown
    :raises NothingToConfirm: made by the installation, or confirmed before
    :raises ConfirmedBySame: the actor is tied to the account or to who made it
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NoSuchAccount
    if str(user_id) not in makers_of([str(user_id)]):
        raise NothingToConfirm
    if not independent(actor.label, f"user:{user_id}"):
        raise ConfirmedBySame
    record(kind=CONFIRMED, subject=f"user:{user_id}", actor=actor, at=at)
    return user

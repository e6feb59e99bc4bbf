"""A new password, given by whoever runs the installation."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.models import User
from qinghe.parties.roles import Permission, require
from qinghe.parties.services.accounts import WeakPassword


class NoSuchAccount(DomainError):
    code = "parties.no-such-account"
    status = 404
    text = _("There is no account with this e-mail address.")


@verb("parties.set_password")
def set_password(*, email: str, password: str, actor: Actor, at: datetime) -> None:
    """
    Replace the password of an account; its open sessions end.

    :raises NotPermitted: the actor may not manage accounts
    :raises NoSuchAccount: nobody signs in with this address
    :raises WeakPassword: a validator refuses the password
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    user = User.objects.select_for_update().filter(email=email.lower()).first()
    if user is None:
        raise NoSuchAccount
    try:
        validate_password(password, user)
    except ValidationError:
        raise WeakPassword from None
    user.set_password(password)
    user.save(update_fields=["password"])
    record(kind="parties.password-set", subject=f"user:{user.pk}", actor=actor, at=at)

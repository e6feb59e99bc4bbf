"""Nobody releases a claim whose papers they have not opened."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.claims.completeness import names
from qinghe.claims.queries.papers import unread_by
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError


class PapersUnread(DomainError):
    code = "claims.papers-unread"
    text = _(
        "Open the papers before you release the claim or call it invented. Not opened by you yet: "
        "{papers}. They stand under “What is on file”."
    )


def check_read(claim_id: UUID, actor: Actor) -> None:
    """
    Refuse a release by somebody who has not opened every needed paper of a claim.

    :raises PapersUnread: with what was not opened
    """
    unread = unread_by(claim_id, actor)
    if unread:
        raise PapersUnread(papers=names(unread))

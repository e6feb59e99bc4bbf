"""Nobody releases a claim whose papers, or the person it is against, they have not looked at."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.claims.completeness import names
from qinghe.claims.queries.identity import OPENED, identity_seen
from qinghe.claims.queries.papers import unread_by
from qinghe.claims.services.locks import locked
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.roles import Permission, require


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


class IdentityUnseen(DomainError):
    code = "claims.identity-unseen"
    text = _(
        "Before you say that the person agrees, open name and identity number and compare them "
        "with the papers: “Open name and identity number” on this page."
    )


def check_identity_seen(claim_id: UUID, actor: Actor) -> None:
    """
    Refuse the word that the person agrees by somebody who has not opened who it is.

    :raises IdentityUnseen: not opened for this claim by this person
    """
    if not identity_seen(claim_id, actor):
        raise IdentityUnseen


@verb("claims.open_identity")
def open_identity(*, claim_id: UUID, actor: Actor, at: datetime) -> None:
    """
    Put on record that a reviewer opens who a claim is against, to compare it with the papers.

    :raises NotPermitted: the actor may not verify claims
    :raises NoSuchClaim: unknown id
    """
    require(actor, Permission.VERIFY_CLAIMS)
    claim = locked(claim_id, actor)
    record(
        kind=OPENED,
        subject=f"claim:{claim.pk}",
        actor=actor,
        at=at,
        person_id=claim.debtor_id,
    )

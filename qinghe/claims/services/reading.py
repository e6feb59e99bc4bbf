"""Nobody releases a claim whose papers, or the person it is against, they have not looked at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.claims.queries.identity import OPENED, identity_seen
from qinghe.claims.queries.papers import unread_by, unread_since
from qinghe.claims.services.locks import locked
from qinghe.claims.terms import EvidenceKind
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.roles import Permission, require


class PapersUnread(DomainError):
    code = "claims.papers-unread"
    text = _(
        "Open the papers before you release the claim, call it invented or decide an objection. "
        "Not opened by you yet: {papers}. They stand under “What is on file”."
    )


def check_read(claim_id: UUID, actor: Actor) -> None:
    """
    Refuse a release by somebody who has not opened every needed paper of a claim, and each that
    came since, after its amount was last stated.

    :raises PapersUnread: with what was not opened
    """
    unread = unread_by(claim_id, actor)
    if unread:
        raise PapersUnread(papers="; ".join(unread))


class TwinsUnread(DomainError):
    code = "claims.twins-unread"
    text = _(
        "Open the papers of both claims before you decide about them. Not opened by you yet: "
        "{papers}. They stand on the page of each claim under “What is on file”."
    )


class IdentityUnseen(DomainError):
    code = "claims.identity-unseen"
    text = _(
        "First open name and identity number and compare them with the papers: “Open name and "
        "identity number” on this page."
    )


def check_pair_read(claims: Mapping[str, UUID], actor: Actor) -> None:
    """
    Refuse a decision about two claims by somebody who has not looked at both; ids by number.

    They are against one person, so who that is was seen with either.

    :raises TwinsUnread: with what was not opened, and of which claim
    :raises IdentityUnseen: not opened for either of them
    """
    unread = {number: unread_by(pk, actor) for number, pk in claims.items()}
    told = [f"{number} – {'; '.join(parts)}" for number, parts in unread.items() if parts]
    if told:
        raise TwinsUnread(papers="; ".join(told))
    if not any(identity_seen(pk, actor) for pk in claims.values()):
        raise IdentityUnseen


def check_objection_read(claim_id: UUID, since: datetime, actor: Actor) -> None:
    """
    Refuse a decision about an objection by somebody who has not opened what is on file.

    :param since: when it was made; of what came with it or later, every paper counts
    :raises PapersUnread: with what was not opened
    """
    unread = unread_by(claim_id, actor)
    new = [str(EvidenceKind(each).label) for each in unread_since(claim_id, since, actor)]
    if unread or new:
        raise PapersUnread(papers="; ".join(dict.fromkeys([*unread, *new])))


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

"""Papers of a party: told by their content, sealed; a licence with its scan."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.days import legal_day
from qinghe.parties.filestore import seal_file
from qinghe.parties.models import Licence
from qinghe.parties.services.organisations import put_licence
from qinghe.parties.services.own import own_organisation

MAX_MB: Final = 10
# How the files that are taken begin.
BEGINS: Final = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}


class PaperRefused(DomainError):
    code = "parties.paper-refused"
    status = 422
    text = _("Only PDF, PNG and JPG files of at most {limit_mb} MB are taken.")


class LicencePeriod(DomainError):
    code = "parties.licence-period"
    status = 422
    text = _("The licence must end after it begins, and not before today.")


def seal_paper(content: bytes) -> str:
    """
    Seal a scan and return the hash it is kept under.

    :raises PaperRefused: empty, too large, or neither PDF nor picture
    """
    if not content or len(content) > MAX_MB * 1024 * 1024 or not media_type(content):
        raise PaperRefused(limit_mb=MAX_MB)
    return seal_file(content)


def media_type(content: bytes) -> str:
    """Return the type of a scan by how it begins; empty when it is none that is taken."""
    return next((kind for begin, kind in BEGINS.items() if content.startswith(begin)), "")


@verb("parties.declare_licence")
def declare_licence(
    *,
    org_id: UUID,
    kind: str,
    number: str,
    region: str,
    starts_on: date,
    ends_on: date,
    scan: str,
    actor: Actor,
    at: datetime,
) -> Licence:
    """
    Put a party's own licence on file with its scan; it counts once a reviewer compared it.

    A party renews a licence the same way, at any time. `ends_on` is the first day without it.

    :raises NoSuchOrganisation: unknown, or another's
    :raises LicencePeriod: it ends before it begins, or has ended
    """
    organisation = own_organisation(org_id, actor)
    if ends_on <= starts_on or ends_on <= legal_day(at):
        raise LicencePeriod
    return put_licence(
        org_id=organisation.pk,
        kind=kind,
        number=number.strip(),
        region=region,
        starts_on=starts_on,
        ends_on=ends_on,
        scan=scan,
        actor=actor,
        at=at,
    )

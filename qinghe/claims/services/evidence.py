"""Files that prove a claim: told by their content, kept encrypted under their hash."""

from __future__ import annotations

import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import PurePath
from typing import Final
from uuid import UUID

import puremagic
from django.utils.translation import gettext_lazy as _

from qinghe.claims.models import Evidence
from qinghe.claims.services.locks import locked
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.filestore import seal_file
from qinghe.parties.roles import Permission, require

MAX_MB: Final = 25
MAX_BYTES: Final = MAX_MB * 1024 * 1024
MAX_NAME: Final = 120
MEDIA: Final = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".jfif": "image/jpeg",
    ".mp3": "audio/mpeg",
    ".mpga": "audio/mpeg",
    ".wav": "audio/wav",
}


class EmptyFile(DomainError):
    code = "claims.empty-file"
    text = _("The file is empty.")


class FileTooLarge(DomainError):
    code = "claims.file-too-large"
    text = _("The file is larger than {limit_mb} MB. Split it, or scan it smaller.")


class FileTypeRefused(DomainError):
    code = "claims.file-type-refused"
    text = _("Only PDF, PNG, JPG, XLSX, MP3 and WAV files are taken; this file is none of them.")


@verb("claims.add_evidence")
def add_evidence(
    *, claim_id: UUID, kind: str, filename: str, content: bytes, actor: Actor, at: datetime
) -> Evidence:
    """
    Add a file to a claim; the same content is kept once per claim.

    :raises NotPermitted: only the creditor's side adds evidence
    :raises NoSuchClaim: unknown, or another creditor's
    :raises EmptyFile: nothing in it
    :raises FileTooLarge: more than 25 MB
    :raises FileTypeRefused: its content is of no accepted type, whatever its name
    """
    require(actor, Permission.MANAGE_CLAIMS)
    claim = locked(claim_id, actor)
    media_type = sniff(content)
    evidence, new = Evidence.objects.get_or_create(
        claim=claim,
        sha256=seal_file(content),
        defaults={
            "kind": kind,
            "media_type": media_type,
            "size": len(content),
            "filename": PurePath(filename.replace("\\", "/")).name[:MAX_NAME],
            "uploaded_at": at,
        },
    )
    if new:
        record(
            kind="claims.evidence-added",
            subject=f"claim:{claim.pk}",
            actor=actor,
            at=at,
            person_id=claim.debtor_id,
            evidence=evidence.pk,
            evidence_kind=kind,
            sha256=evidence.sha256,
        )
    return evidence


def sniff(content: bytes) -> str:
    """
    Return the media type of a file, told by its content.

    :raises EmptyFile: nothing in it
    :raises FileTooLarge: more than 25 MB
    :raises FileTypeRefused: no accepted type
    """
    if not content:
        raise EmptyFile
    if len(content) > MAX_BYTES:
        raise FileTooLarge(limit_mb=MAX_MB)
    try:
        matches = puremagic.magic_string(content)
    except (puremagic.PureError, ValueError):
        raise FileTypeRefused from None
    found = next((match.extension for match in matches if match.extension in MEDIA), None)
    if found is None or (found == ".xlsx" and not _is_workbook(content)):
        raise FileTypeRefused
    return MEDIA[found]


def _is_workbook(content: bytes) -> bool:
    # Every Office file begins like a ZIP archive; only its table of contents tells them apart.
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False

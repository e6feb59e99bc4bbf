"""Look at a file before it becomes evidence: type, malware, what a PDF may do and who signed it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from qinghe.claims.findings import EMPTY
from qinghe.claims.gateways import pdf, scanner
from qinghe.claims.media import DamagedFile, Sniffed, sniff
from qinghe.claims.media.kinds import Family
from qinghe.claims.terms import Scan
from qinghe.kernel.errors import DomainError
from qinghe.parties.filestore import seal_file

MOST_PAGES: Final = 500
# What of a signature may stand in a table: no name of a person.
PLAIN: Final = ("verdict", "signed_at", "stamped", "whole", "revision", "revisions", "changes")


class MalwareFound(DomainError):
    code = "claims.malware-found"
    text = _("Malware was found in the file, so it was not kept. Check the device it comes from.")


class PdfEncrypted(DomainError):
    code = "claims.pdf-encrypted"
    text = _("The PDF is protected by a password. Save it without one and add it again.")


class PdfTooLong(DomainError):
    code = "claims.pdf-too-long"
    text = _("The PDF has more than {limit} pages. Split it, or add only the pages that matter.")


class PdfTooHeavy(DomainError):
    code = "claims.pdf-too-heavy"
    text = _("The PDF takes too long to look through. Print it to a new PDF and add that.")


@dataclass(frozen=True)
class Examined:
    """A file that may become evidence, with what was found in it."""

    media_type: str
    scan: Scan
    findings: dict[str, Any] = field(default_factory=dict)
    report: str = ""


def examine(content: bytes, filename: str) -> Examined:
    """
    Return what a file is, slow looks included; call it outside of any transaction.

    :raises DomainError: it is not taken: see `qinghe.claims.media`, and the refusals above
    """
    sniffed = sniff(content, filename)
    verdict = scanner.scan(content, address=settings.CLAMD)
    if verdict.scan is Scan.INFECTED:
        raise MalwareFound
    if sniffed.media.family is Family.PDF:
        findings, report = _pdf(content)
    else:
        findings, report = _picture(sniffed), ""
    return Examined(sniffed.media.type, verdict.scan, findings, report)


def _picture(sniffed: Sniffed) -> dict[str, Any]:
    return {"width": sniffed.width, "height": sniffed.height} if sniffed.width else {}


def _pdf(content: bytes) -> tuple[dict[str, Any], str]:
    told = pdf.examine(content, trust=Path(settings.TRUST_FOLDER), most_pages=MOST_PAGES)
    if told.fault:
        raise _FAULTS.get(told.fault, DamagedFile)(limit=MOST_PAGES)
    findings: dict[str, Any] = {"pages": told.pages}
    if told.empty:
        findings[EMPTY] = True
    if told.active:
        findings["active"] = list(told.active)
    if not told.signatures:
        return findings, ""
    signed = [asdict(each) for each in told.signatures]
    findings["signatures"] = [{name: each[name] for name in PLAIN} for each in signed]
    # Who signed is a name: it lies sealed like the file itself.
    return findings, seal_file(json.dumps(signed, ensure_ascii=False).encode())


_FAULTS: Final[dict[str, type[DomainError]]] = {
    pdf.ENCRYPTED: PdfEncrypted,
    pdf.LONG: PdfTooLong,
    pdf.HEAVY: PdfTooHeavy,
    pdf.DAMAGED: DamagedFile,
}

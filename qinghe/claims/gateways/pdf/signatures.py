"""Check the signatures of a PDF against certificates on disk. Nothing is fetched."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from qinghe.claims.gateways.pdf import Signature

ENDINGS = (".pem", ".crt", ".cer", ".der")
MOST_SIGNATURES = 50
CHANGES = {
    ModificationLevel.NONE: "none",
    ModificationLevel.LTA_UPDATES: "archive",
    ModificationLevel.FORM_FILLING: "form",
    ModificationLevel.ANNOTATIONS: "notes",
    ModificationLevel.OTHER: "other",
}


def signatures_of(reader: PdfFileReader, trust: Path) -> list[dict[str, Any]]:
    """Return every signature in the file as plain facts, in the order in which they were made."""
    try:
        embedded = list(reader.embedded_regular_signatures)[:MOST_SIGNATURES]
    except MemoryError:
        raise
    except Exception as fault:  # noqa: BLE001  a form may be malformed in any way
        return [asdict(Signature("unreadable", why=type(fault).__name__))]
    if not embedded:
        return []
    roots = _roots(trust)
    return [asdict(_checked(each, reader, roots)) for each in embedded]


def _roots(trust: Path) -> list[x509.Certificate]:
    files = sorted(each for each in trust.glob("*") if each.suffix.lower() in ENDINGS)
    return [found for each in files for found in _certificates(each.read_bytes())]


def _certificates(content: bytes) -> list[x509.Certificate]:
    """Return the certificates of one file; a file that holds none vouches for nobody."""
    try:
        parts = [content]
        if pem.detect(content):
            parts = [der for _kind, _head, der in pem.unarmor(content, multiple=True)]
        found = [x509.Certificate.load(der) for der in parts]
        # Reading a certificate is lazy; a broken one fails at its first use.
        return [each for each in found if each.subject and each.public_key]
    except (ValueError, TypeError):
        return []


def _checked(embedded: Any, reader: PdfFileReader, roots: list[x509.Certificate]) -> Signature:
    try:
        # A context remembers what it has seen; each signature is judged by itself.
        status = validate_pdf_signature(embedded, _context(roots), _context(roots))
        return _told(embedded, reader, status)
    except MemoryError:
        raise
    except Exception as fault:  # noqa: BLE001  a signature may be malformed in any way
        return Signature("unreadable", why=type(fault).__name__)


def _context(roots: list[x509.Certificate]) -> ValidationContext:
    return ValidationContext(trust_roots=roots, allow_fetching=False, revocation_mode="soft-fail")


def _told(embedded: Any, reader: PdfFileReader, status: Any) -> Signature:
    names = status.signing_cert.subject.native
    issuer = status.signing_cert.issuer.native
    when, stamped = _when(status)
    return Signature(
        verdict=_verdict(status),
        signer=_text(names.get("common_name")),
        organisation=_text(names.get("organization_name")),
        issuer=_text(issuer.get("common_name") or issuer.get("organization_name")),
        signed_at=when.isoformat() if when else "",
        stamped=stamped,
        whole=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        revision=embedded.signed_revision + 1,
        revisions=reader.xrefs.total_revisions,
        changes=CHANGES.get(status.modification_level, ""),
    )


def _verdict(status: Any) -> str:
    if not (status.intact and status.valid):
        return "invalid"
    if status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        return "modified"
    if not status.docmdp_ok or status.modification_level in (None, ModificationLevel.OTHER):
        return "modified"
    return "valid" if status.trusted else "unknown-signer"


def _when(status: Any) -> tuple[datetime | None, bool]:
    """Return when it was signed, and whether an authority says so or only the signer."""
    stamp = status.timestamp_validity
    if stamp is not None and stamp.intact and stamp.valid and stamp.trusted:
        return stamp.timestamp, True
    return status.signer_reported_dt, False


def _text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value or "")

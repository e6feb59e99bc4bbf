"""What a file is, told by its first bytes and not by its name. Pure."""

from __future__ import annotations

import re
from typing import Final

from django_stubs_ext import StrPromise

from qinghe.claims.intake import unreadable as words

OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"
ENCRYPTED_PART: Final = "EncryptedPackage".encode("utf-16-le")
ZIP: Final = b"PK\x03\x04"
LOOKED_AT: Final = 4096
EICAR: Final = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
MAGIC: Final[tuple[tuple[bytes, StrPromise], ...]] = (
    (b"%PDF", words.A_PDF),
    (b"\x89PNG", words.A_PICTURE),
    (b"\xff\xd8\xff", words.A_PICTURE),
    (b"GIF8", words.A_PICTURE),
    (b"II*\0", words.A_PICTURE),
    (b"MM\0*", words.A_PICTURE),
    (b"\x1f\x8b", words.OTHER_ARCHIVE),
    (b"Rar!", words.OTHER_ARCHIVE),
    (b"7z\xbc\xaf", words.OTHER_ARCHIVE),
    (b"BZh", words.OTHER_ARCHIVE),
    (b"\xfd7zXZ", words.OTHER_ARCHIVE),
    (b"PK\x05\x06", words.OTHER_ARCHIVE),
    (b"MZ\x90", words.A_PROGRAM),
    (b"\x7fELF", words.A_PROGRAM),
)
MARKUP: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!doctype|html|table|script)", re.I)
JSON: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*[\[{]|\{\s*\")")


def not_a_table(content: bytes) -> StrPromise | None:
    """Return why a file that is neither text nor an XLSX workbook is refused, in words."""
    if not content.strip():
        return words.NOTHING_IN_IT
    if content.startswith(OLD_OFFICE):
        return words.LOCKED if ENCRYPTED_PART in content else words.OLD_FORMAT
    head = content[:LOOKED_AT]
    for magic, reason in MAGIC:
        if head.startswith(magic):
            return reason
    if MARKUP.match(head):
        return words.A_WEB_PAGE
    if JSON.match(head):
        return words.IS_JSON
    return words.VIRUS_TEST if EICAR in content else None

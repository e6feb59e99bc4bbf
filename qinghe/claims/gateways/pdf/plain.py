"""
Tell a plain PDF without parsing it: scans and printed letters, which are most of what is sent.

Where nothing is packed away, every object lies open to a search through the bytes. When none of the
words below stands anywhere, nothing can be set off, signed or encrypted, and no child is needed. A
word that stands there by chance only costs the child's time.
"""

from __future__ import annotations

import re
from typing import Final

NOT_PLAIN: Final = re.compile(
    rb"/(?:ObjStm|XRef|Encrypt|JavaScript|JS|Launch|SubmitForm|ImportData|GoToE|Rendition|RichMedia"
    rb"|Movie|Screen|FileAttachment|EF|EmbeddedFile|XFA|AcroForm|Sig|ByteRange|OpenAction|AA|Perms"
    rb"|Prev|[!-~]{0,60}#)"
)
PAGE: Final = re.compile(rb"/Type\s*/Page\b(?!s)")
KIDS: Final = re.compile(rb"/Kids\s*\[([^\]]*)\]")
CHILD: Final = re.compile(rb"\b\d+\s+\d+\s+R\b")
START: Final = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF\s*\Z")
END_WITHIN: Final = 64
# A picture, or text that is not packed: what most of these files consist of.
SHOWS: Final = re.compile(rb"/Subtype\s*/Image\b|\(\s*[^\s()][^()]*\)\s*Tj")


def plain_pages(content: bytes) -> int:
    """Return the pages of a PDF that is plain and whole, or zero when the child must look."""
    start = START.search(content[-END_WITHIN:])
    if start is None or NOT_PLAIN.search(content):
        return 0
    place = int(start[1])
    if content[place : place + 4] != b"xref":
        return 0
    pages = len(PAGE.findall(content))
    children = sum(len(CHILD.findall(each)) for each in KIDS.findall(content))
    # A page that stands twice in the tree is more pages than objects; the child counts them.
    return pages if children == pages else 0


def shows(content: bytes) -> bool:
    """Return whether a plain PDF surely shows something; if not, the child must look."""
    return SHOWS.search(content) is not None

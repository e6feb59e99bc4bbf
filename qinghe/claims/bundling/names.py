"""
What the files of a ZIP are called. Pure.

Only newer programs say that their names are UTF-8. Others write what their system speaks: Windows
in China GBK, a Mac UTF-8 without saying so. One program wrote all names, so they are read alike.
"""

from __future__ import annotations

import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence
from typing import Final

from qinghe.claims.intake.encodings import CODECS, decodes, encoding_of
from qinghe.claims.intake.unreadable import EncodingUnsure, FileUnreadable

SAYS_UTF8: Final = 0x800
# How a reader that is told nothing decodes a name; it loses nothing, so it can be undone.
UNTOLD: Final = "cp437"
# A second name in UTF-8 beside the first, with the checksum of that.
UNICODE_PATH: Final = 0x7075
HEAD: Final = struct.Struct("<HH")
# Signs that nobody sees: they turn the order of letters around, or break a line of a report.
UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def true_names(infos: Sequence[zipfile.ZipInfo]) -> list[str]:
    """Return the names of a ZIP's files as they were meant, folders with a slash between."""
    raw = {n: _bytes(each) for n, each in enumerate(infos) if not each.flag_bits & SAYS_UTF8}
    codec = _codec(b"\n".join(raw.values()))
    names = []
    for place, info in enumerate(infos):
        name = info.orig_filename
        if place in raw:
            name = _second(info.extra, raw[place]) or raw[place].decode(codec, "replace")
        # Only after decoding: half a Chinese letter may look like a backslash.
        names.append(plain(name.replace("\\", "/")))
    return names


def plain(name: str) -> str:
    """Return a name without signs that nobody sees."""
    return "".join(sign for sign in name if unicodedata.category(sign) not in UNSEEN)


def _bytes(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode(UNTOLD, "replace")


def _codec(together: bytes) -> str:
    try:
        return CODECS[encoding_of(together)] if together.strip() else "utf-8"
    except EncodingUnsure:
        return "gb18030"
    except FileUnreadable:
        return "gb18030" if decodes(together, "gb18030") else UNTOLD


def _second(extra: bytes, first: bytes) -> str:
    """Return the name in UTF-8 that stands beside another one, if it belongs to it."""
    while len(extra) >= HEAD.size:
        kind, size = HEAD.unpack_from(extra)
        body, extra = extra[HEAD.size : HEAD.size + size], extra[HEAD.size + size :]
        if kind == UNICODE_PATH and len(body) > 5 and body[0] == 1:
            (checksum,) = struct.unpack_from("<L", body, 1)
            if checksum == zlib.crc32(first):
                return body[5:].decode("utf-8", "replace")
    return ""

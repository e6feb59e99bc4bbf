"""ZIPs of papers as programs in the world write them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from qinghe.simulation.evidence import contract_pdf


def paper(text: str) -> bytes:
    return contract_pdf(text, "paper")


def zipped(files: Mapping[str, bytes], *, deflate: bool = False) -> bytes:
    """Return a ZIP whose names say that they are UTF-8."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        kind = zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, kind)
    return out.getvalue()


def raw_zip(files: Mapping[bytes, bytes], *, flags: int = 0, extra: bytes = b"") -> bytes:
    """Return a ZIP written byte by byte: names in any encoding, flags that may lie."""
    body, contents = b"", b""
    for name, content in files.items():
        sizes = struct.pack("<3L", zlib.crc32(content), len(content), len(content))
        head = struct.pack("<5H", 20, flags, 0, 0, 33) + sizes
        place = len(body)
        body += b"PK\x03\x04" + head + struct.pack("<2H", len(name), 0) + name + content
        rest = struct.pack("<5H2L", len(name), len(extra), 0, 0, 0, 0, place)
        contents += b"PK\x01\x02" + struct.pack("<H", 20) + head + rest + name + extra
    end = struct.pack("<4H2LH", 0, 0, len(files), len(files), len(contents), len(body), 0)
    return body + contents + b"PK\x05\x06" + end


def unicode_path(raw: bytes, name: str) -> bytes:
    """Return the field that tells the true name beside another one."""
    body = b"\x01" + struct.pack("<L", zlib.crc32(raw)) + name.encode()
    return struct.pack("<2H", 0x7075, len(body)) + body

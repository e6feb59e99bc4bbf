"""The smallest honest files of every type that evidence may have, and a place to break them."""

from __future__ import annotations

import io
import struct
import wave
import zlib

from openpyxl import Workbook

from qinghe.simulation.evidence import contract_pdf

PDF = contract_pdf("QH-1", "contract")


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int = 2, height: int = 2) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" * (1 + min(width, 99)) for _ in range(min(height, 99))))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width: int = 2, height: int = 2, exif: bytes = b"") -> bytes:
    def segment(marker: int, body: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body

    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    parts = [segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"), segment(0xC0, frame)]
    if exif:
        parts.insert(1, segment(0xE1, b"Exif\0\0" + exif))
    return (
        b"\xff\xd8"
        + b"".join(parts)
        + segment(0xDA, b"\x01\x01\0\0\x3f\0")
        + b"\0" * 9
        + b"\xff\xd9"
    )


def webp(width: int = 2, height: int = 2) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + size
    return b"RIFF" + struct.pack("<I", len(body)) + body


def tiff(width: int = 2, height: int = 2, order: str = "<") -> bytes:
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    tags = struct.pack(order + "HHII", 256, 4, 1, width) + struct.pack(
        order + "HHII", 257, 4, 1, height
    )
    return head + struct.pack(order + "H", 2) + tags + bytes(4)


def box(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + name + body


def heic(width: int = 2, height: int = 2) -> bytes:
    size = box(b"ispe", bytes(4), struct.pack(">II", width, height))
    meta = box(b"meta", bytes(4), box(b"iprp", box(b"ipco", size)))
    return box(b"ftyp", b"heic", bytes(4), b"mif1heic") + meta + box(b"mdat", b"\0" * 8)


def m4a(handler: bytes = b"soun") -> bytes:
    told = box(b"hdlr", bytes(8), handler, bytes(12))
    moov = box(b"moov", box(b"trak", box(b"mdia", told)))
    return box(b"ftyp", b"M4A ", bytes(4), b"M4A mp42isom") + moov + box(b"mdat", b"\0" * 8)


def mp3(tag: bytes = b"ID3\x03\0\0\0\0\0\0") -> bytes:
    frame = b"\xff\xfb\x90\x00" + bytes(413)
    return tag + frame * 3


def wav() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(160))
    return out.getvalue()


def amr() -> bytes:
    return b"#!AMR\n" + (b"\x3c" + bytes(31)) * 3


def csv_statement() -> bytes:
    return "日期,摘要,金额\n2026-01-05,放款,10000.00\n2026-02-05,还款,-500.00\n".encode("gb18030")


def xlsx() -> bytes:
    book = Workbook()
    assert book.active is not None
    book.active.append(["day", "amount"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


SAMPLES = {
    "application/pdf": (PDF, "a.pdf"),
    "image/png": (png(), "a.PNG"),
    "image/jpeg": (jpeg(), "a.jpeg"),
    "image/webp": (webp(), "a.webp"),
    "image/tiff": (tiff(), "a.tif"),
    "image/heic": (heic(), "IMG_1.HEIC"),
    "audio/mpeg": (mp3(), "a.mp3"),
    "audio/mp4": (m4a(), "a.m4a"),
    "audio/wav": (wav(), "a.wav"),
    "audio/amr": (amr(), "a.amr"),
    "text/csv": (csv_statement(), "a.csv"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (xlsx(), "a.xlsx"),
}

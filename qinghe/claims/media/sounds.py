"""Recordings: told by their heads, and whole as far as a head can tell. Nothing is decoded."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

from qinghe.claims.media.boxes import boxes, inside
from qinghe.claims.media.refusals import DamagedFile, FileTypeRefused

AMR: Final = (b"#!AMR\n", b"#!AMR-WB\n")
M4A_BRANDS: Final = (b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"iso2", b"dash")
HEAD_OF_RIFF: Final = 8
ID3_HEAD: Final = 10
MP3_VERSION_1, MP3_LAYER_3 = 3, 1
# Kilobits a second by the index in a frame's head, for MPEG 1 and for 2 and 2.5 (layer III).
RATES_1: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
RATES_2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
SAMPLES: Final = {
    3: (44_100, 48_000, 32_000),
    2: (22_050, 24_000, 16_000),
    0: (11_025, 12_000, 8_000),
}
# Padding between a tag and the sound.
SYNC_WITHIN: Final = 4096


def type_of(content: bytes) -> str:
    """Return the type of recording that a file begins like, or nothing."""
    if content.startswith(AMR):
        return "audio/amr"
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "audio/wav"
    if content[:3] == b"ID3" or (content[:1] == b"\xff" and _frame(content, 0)):
        return "audio/mpeg"
    if content[4:8] == b"ftyp" and content[8:12] in M4A_BRANDS:
        return "audio/mp4"
    return ""


def require_whole(content: bytes, media_type: str) -> None:
    """
    Check that there is sound in a file, and nothing but sound.

    :raises DamagedFile: cut off, or no sound in it
    :raises FileTypeRefused: moving pictures
    """
    try:
        _CHECKS[media_type](content)
    except (struct.error, IndexError) as fault:
        raise DamagedFile from fault


def _wav(content: bytes) -> None:
    (length,) = struct.unpack_from("<I", content, 4)
    if length + HEAD_OF_RIFF > len(content) + 1:
        raise DamagedFile
    place, found = 12, set()
    while place + HEAD_OF_RIFF <= len(content):
        name, size = struct.unpack_from("<4sI", content, place)
        found.add(name)
        place += HEAD_OF_RIFF + size + (size & 1)
    if not {b"fmt ", b"data"} <= found:
        raise DamagedFile


def _mp3(content: bytes) -> None:
    start = _after_tag(content)
    for place in range(start, min(start + SYNC_WITHIN, len(content))):
        size = _frame(content, place)
        # Two frames in a row: one alone is a coincidence.
        if size and (_frame(content, place + size) or place + size == len(content)):
            return
    raise DamagedFile


def _after_tag(content: bytes) -> int:
    if content[:3] != b"ID3":
        return 0
    parts = content[6:ID3_HEAD]
    if len(parts) < 4 or any(each & 0x80 for each in parts):
        raise DamagedFile
    size = 0
    for each in parts:
        size = size << 7 | each
    return ID3_HEAD + size


def _frame(content: bytes, place: int) -> int:
    """Return the bytes of the frame that begins here, or zero when none does."""
    head = content[place : place + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    rate_at, sample_at, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if layer != MP3_LAYER_3 or version not in SAMPLES or sample_at == 3:
        return 0
    first = version == MP3_VERSION_1
    rate = (RATES_1 if first else RATES_2)[rate_at]
    if not rate:
        return 0
    return (144 if first else 72) * rate * 1000 // SAMPLES[version][sample_at] + padding


def _m4a(content: bytes) -> None:
    whole = (0, len(content))
    names = {name for name, _span in boxes(content, *whole)}
    if not {b"moov", b"mdat"} <= names:
        raise DamagedFile
    handlers = {
        content[start + 8 : start + 12]
        for start, _end in inside(content, whole, b"moov", b"trak", b"mdia", b"hdlr")
    }
    if b"vide" in handlers:
        raise FileTypeRefused
    if b"soun" not in handlers:
        raise DamagedFile


def _amr(content: bytes) -> None:
    head = next(each for each in AMR if content.startswith(each))
    # A frame begins with its kind; the lowest two bits and the highest are always zero.
    if len(content) == len(head) or content[len(head)] & 0x83:
        raise DamagedFile


_CHECKS: Final[dict[str, Callable[[bytes], None]]] = {
    "audio/wav": _wav,
    "audio/mpeg": _mp3,
    "audio/mp4": _m4a,
    "audio/amr": _amr,
}

"""The types of file that may prove something, with their names and limits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MB: Final = 1024 * 1024
WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Family(StrEnum):
    """What a reader does with a file: read pages, look, open a table, listen."""

    PDF = "pdf"
    PICTURE = "picture"
    TABLE = "table"
    SOUND = "sound"


# Largest file of a family, in bytes.
LIMITS: Final[dict[Family, int]] = {
    Family.PDF: 25 * MB,
    Family.PICTURE: 25 * MB,
    Family.TABLE: 10 * MB,
    Family.SOUND: 50 * MB,
}
LARGEST: Final = max(LIMITS.values())


@dataclass(frozen=True)
class Media:
    """
    One type: its name on the wire, the endings its files have, and whether a browser shows it.

    The first ending is the one a download gets.
    """

    type: str
    family: Family
    endings: tuple[str, ...]
    shown: bool = True


MEDIA: Final[dict[str, Media]] = {
    each.type: each
    for each in (
        Media("application/pdf", Family.PDF, (".pdf",)),
        Media("image/jpeg", Family.PICTURE, (".jpg", ".jpeg", ".jpe", ".jfif")),
        Media("image/png", Family.PICTURE, (".png",)),
        Media("image/webp", Family.PICTURE, (".webp",)),
        Media("image/heic", Family.PICTURE, (".heic", ".heif", ".hif"), shown=False),
        Media("image/tiff", Family.PICTURE, (".tiff", ".tif"), shown=False),
        Media(WORKBOOK, Family.TABLE, (".xlsx",), shown=False),
        Media("text/csv", Family.TABLE, (".csv",), shown=False),
        Media("audio/mpeg", Family.SOUND, (".mp3", ".mpga")),
        Media("audio/mp4", Family.SOUND, (".m4a", ".mp4", ".aac")),
        Media("audio/wav", Family.SOUND, (".wav",)),
        Media("audio/amr", Family.SOUND, (".amr", ".awb", ".3ga"), shown=False),
    )
}

"""What a file of evidence is, told by its content: its type, and whether it is whole. Pure."""

from qinghe.claims.media.kinds import LIMITS, MEDIA, Media
from qinghe.claims.media.refusals import (
    DamagedFile,
    EmptyFile,
    FileTooLarge,
    FileTypeRefused,
    MacrosRefused,
    NameContradicts,
    PictureTooLarge,
    TwoFilesInOne,
)
from qinghe.claims.media.sniffing import Sniffed, sniff

__all__ = [
    "LIMITS",
    "MEDIA",
    "DamagedFile",
    "EmptyFile",
    "FileTooLarge",
    "FileTypeRefused",
    "MacrosRefused",
    "Media",
    "NameContradicts",
    "PictureTooLarge",
    "Sniffed",
    "TwoFilesInOne",
    "sniff",
]

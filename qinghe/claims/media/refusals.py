"""Why a file is not taken, each with what to do about it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError


class EmptyFile(DomainError):
    code = "claims.empty-file"
    text = _("The file is empty.")


class FileTooLarge(DomainError):
    code = "claims.file-too-large"
    text = _("The file is larger than {limit_mb} MB. Split it, or scan it smaller.")


class FileTypeRefused(DomainError):
    code = "claims.file-type-refused"
    text = _(
        "Only PDF, pictures (JPEG, PNG, WebP, HEIC, TIFF), XLSX, CSV and sound (MP3, M4A, WAV, AMR)"
        " are taken; this file is none of them."
    )


class DamagedFile(DomainError):
    code = "claims.file-damaged"
    text = _(
        "The file is cut off or damaged. Open it on your device, save it again and add it anew."
    )


class NameContradicts(DomainError):
    code = "claims.file-name-contradicts"
    text = _(
        "The file ends in {ending}, but its content is something else ({found}). Add the original"
        " file, with its right ending."
    )


class PictureTooLarge(DomainError):
    code = "claims.picture-too-large"
    text = _(
        "The picture measures {width} × {height} points; a hundred million in all are taken. Save"
        " it smaller."
    )


class TwoFilesInOne(DomainError):
    code = "claims.two-files-in-one"
    text = _("Another file is hidden in this one. Save it again with one content only.")


class MacrosRefused(DomainError):
    code = "claims.macros-refused"
    text = _("The workbook holds macros. Save it as XLSX without macros.")

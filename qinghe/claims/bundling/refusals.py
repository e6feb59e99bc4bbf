"""Why a ZIP of papers is not taken, or one file of it, each with what to do about it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from qinghe.claims.findings import EMPTY_PAGES
from qinghe.kernel.errors import DomainError


class NoFilesSent(DomainError):
    code = "claims.no-files-sent"
    status = 422
    text = _("Choose one ZIP, or the files themselves. Nothing was sent.")


class NotAnArchive(DomainError):
    code = "claims.not-an-archive"
    text = _("The ZIP is damaged or cut off. Pack the files again and send the new ZIP.")


class ArchiveLocked(DomainError):
    code = "claims.archive-locked"
    text = _("The ZIP is protected by a password. Pack the files without one; the way is sealed.")


class ArchiveTooLarge(DomainError):
    code = "claims.archive-too-large"
    text = _(
        "At most {files} files, {packed_mb} MB packed and {unpacked_mb} MB unpacked are taken at "
        "once. Send the papers in several parts."
    )


class ArchiveBomb(DomainError):
    code = "claims.archive-bomb"
    text = _(
        "The ZIP unpacks to more than {times} times its size, which papers never do. Pack the "
        "files themselves again."
    )


class ArchiveEmpty(DomainError):
    code = "claims.archive-empty"
    text = _("There is no file in the ZIP.")


class NestedArchive(DomainError):
    code = "claims.nested-archive"
    text = _("This is an archive inside the ZIP. Unpack it, and put its files into the ZIP.")


class OfficeFile(DomainError):
    code = "claims.paper-office-file"
    text = _(
        "Word, presentation and OpenDocument files are not taken. Save it as PDF and pack the PDF."
    )


class StrangePlace(DomainError):
    code = "claims.strange-place"
    text = _(
        "The name of this file leads out of the ZIP, or it is only a link. Pack the file itself "
        "under a plain name."
    )


class NumberNotFound(DomainError):
    code = "claims.paper-number-unknown"
    text = _(
        "No contract number of your claims stands in the name of the file or its folder. Write the "
        "number into the name exactly as in the list of claims."
    )


class NumberNotTaken(DomainError):
    code = "claims.paper-number-not-taken"
    text = _(
        "No claim of yours has the number {number}. Its row may not have been taken over: look at "
        "the rows of the list that were left out, or write the number as it stands in the list."
    )


class NumberOfSeveral(DomainError):
    code = "claims.paper-number-ambiguous"
    text = _(
        "The name fits several claims: {numbers}. Leave one contract number in the names of the "
        "file and its folder."
    )


class NumberUnsure(DomainError):
    code = "claims.paper-number-unsure"
    text = _(
        "“{number}” in the name may be a contract number, or a day, a telephone, a page or a copy. "
        "Put the file into a folder that is named exactly like the contract number."
    )


class KindNotTold(DomainError):
    code = "claims.paper-kind-unknown"
    text = _(
        "The name does not tell what the file proves. Add a word such as 合同, 转账 or 流水, or "
        "choose what such files count as."
    )


class KindOfSeveral(DomainError):
    code = "claims.paper-kind-ambiguous"
    text = _(
        "The name tells several kinds of paper: {kinds}. Leave one; split a file that holds "
        "several papers."
    )


class ClaimOver(DomainError):
    code = "claims.paper-claim-over"
    text = _("The claim was rejected or withdrawn, so nothing is added to it.")


class HereAlready(DomainError):
    code = "claims.paper-here"
    text = _("This very file is with the claim already. Nothing needs to be done.")


class TwiceHere(DomainError):
    code = "claims.paper-twice"
    text = _("The same file stands in the ZIP twice for this claim. It is taken once.")


class EmptyPages(DomainError):
    code = "claims.pdf-empty"
    text = EMPTY_PAGES

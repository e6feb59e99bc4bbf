"""Look at one file of a ZIP: whose it is, what it proves, and whether it would be taken."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from qinghe.claims.bundling.archive import Archive, Member
from qinghe.claims.bundling.matching import Known, claim_of, keys_of, kind_of, known_of
from qinghe.claims.bundling.refusals import (
    ClaimOver,
    EmptyPages,
    HereAlready,
    KindNotTold,
    KindOfSeveral,
    NestedArchive,
    NumberNotFound,
    NumberNotTaken,
    NumberOfSeveral,
    NumberUnsure,
    OfficeFile,
    TwiceHere,
)
from qinghe.claims.findings import EMPTY
from qinghe.claims.intake.kinds import MAGIC, ZIP
from qinghe.claims.intake.unreadable import OTHER_ARCHIVE
from qinghe.claims.media.tables import is_office_file, type_of
from qinghe.claims.models import Bundle, BundleFile, Claim, Evidence
from qinghe.claims.services.evidence import FileCounted, FileKnown
from qinghe.claims.services.examining import examine
from qinghe.claims.services.working import in_every_language
from qinghe.claims.terms import ClaimState, EvidenceKind, Verdict
from qinghe.kernel.errors import DomainError

OVER: Final = (ClaimState.REJECTED, ClaimState.WITHDRAWN)
VERDICTS: Final[dict[type[DomainError], Verdict]] = {
    NumberNotFound: Verdict.UNKNOWN,
    NumberNotTaken: Verdict.UNKNOWN,
    KindNotTold: Verdict.UNKNOWN,
    NumberOfSeveral: Verdict.AMBIGUOUS,
    NumberUnsure: Verdict.AMBIGUOUS,
    KindOfSeveral: Verdict.AMBIGUOUS,
    HereAlready: Verdict.HERE,
    TwiceHere: Verdict.HERE,
    FileCounted: Verdict.HERE,
}


def known_to(bundle: Bundle, members: Sequence[Member]) -> Known:
    """Return the creditor's claims, of one batch only if so asked, that names may mean."""
    wanted: set[str] = set()
    for member in members:
        wanted |= keys_of(member.name)
    rows = Claim.objects.filter(creditor=bundle.creditor_id)
    if bundle.batch_id:
        rows = rows.filter(batch=bundle.batch_id)
    return known_of(rows.order_by().values_list("pk", "contract_number").iterator(), wanted)


def sorted_out(bundle: Bundle, archive: Archive, member: Member, known: Known) -> BundleFile:
    """Return what would become of a file, not saved; slow, so outside of any transaction."""
    row = BundleFile(
        bundle=bundle, place=member.place, name=member.name, size=member.info.file_size
    )
    try:
        content = archive.read(member)
        row.digest = hashlib.sha256(content).hexdigest()
        _refuse_archive(content)
        whose, rest = claim_of(member.name, known)
        row.claim_id = whose.claim_id
        row.kind = kind_of(rest, bundle.otherwise)
        check_open(whose.claim_id)
        check_new(whose.claim_id, row.kind, row.digest)
        if examine(content, member.name).findings.get(EMPTY):
            raise EmptyPages
    except DomainError as refusal:
        refuse(row, refusal)
    else:
        row.verdict = Verdict.MATCHED
    return row


def refuse(row: BundleFile, refusal: DomainError) -> None:
    """Write on a file why it is not taken."""
    row.verdict = VERDICTS.get(type(refusal), Verdict.REFUSED)
    row.code, row.facts = refusal.code, {"text": in_every_language(refusal)}


def check_open(claim_id: UUID) -> None:
    """
    Check that papers may still be added to a claim.

    :raises ClaimOver: it was rejected or withdrawn
    """
    if Claim.objects.filter(pk=claim_id, state__in=OVER).exists():
        raise ClaimOver


def check_new(claim_id: UUID, kind: str, digest: str) -> None:
    """
    Check that a claim does not have this content yet.

    :raises HereAlready: it has, as the same kind
    :raises FileCounted: it has, as another kind
    :raises FileKnown: it had, and it was replaced
    """
    rows = Evidence.objects.filter(claim=claim_id, sha256=digest)
    there = rows.values_list("kind", "superseded_at").first()
    if there is None:
        return
    if there[1] is not None:
        raise FileKnown
    if there[0] != kind:
        raise FileCounted(kind=EvidenceKind(there[0]).label)
    raise HereAlready


def name_twins(rows: Collection[BundleFile], bundle: Bundle) -> None:
    """Say of a file that stands in the ZIP before, for the same claim, that it is there twice."""
    earlier = BundleFile.objects.filter(
        bundle=bundle, verdict=Verdict.MATCHED, digest__in=[row.digest for row in rows]
    )
    seen = set(earlier.values_list("claim_id", "digest"))
    for row in rows:
        if row.verdict != Verdict.MATCHED:
            continue
        if (row.claim_id, row.digest) in seen:
            refuse(row, TwiceHere())
        assert row.claim_id is not None
        seen.add((row.claim_id, row.digest))


def _refuse_archive(content: bytes) -> None:
    if is_office_file(content):
        raise OfficeFile
    packed = content.startswith(ZIP) and not type_of(content)
    if packed or any(content.startswith(m) for m, why in MAGIC if why is OTHER_ARCHIVE):
        raise NestedArchive

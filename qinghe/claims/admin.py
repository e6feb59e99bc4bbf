"""Look, never touch: claims in Django's admin."""

from django.contrib import admin

from qinghe.claims.models import (
    Batch,
    Claim,
    ContractTerms,
    Dispute,
    Duplicate,
    Evidence,
    Hold,
    Line,
    Title,
    Verification,
)
from qinghe.ledger.admin import ReadOnly


@admin.register(Claim)
class ClaimAdmin(ReadOnly):
    list_display = ("number", "creditor", "state", "stage", "currency", "due_on")
    list_filter = ("state", "stage", "product")
    search_fields = ("number", "contract_number")
    raw_id_fields = ("debtor", "batch")


@admin.register(Line)
class LineAdmin(ReadOnly):
    list_display = ("claim", "component", "kind", "amount", "booked_at")
    raw_id_fields = ("claim",)


@admin.register(Batch)
class BatchAdmin(ReadOnly):
    list_display = ("creditor", "filename", "state", "read", "accepted", "rejected", "uploaded_at")
    list_filter = ("state",)


@admin.register(Evidence)
class EvidenceAdmin(ReadOnly):
    list_display = ("claim", "kind", "media_type", "size", "uploaded_at")
    raw_id_fields = ("claim",)


@admin.register(Dispute)
class DisputeAdmin(ReadOnly):
    list_display = ("claim", "reason", "state", "opened_at", "decided_at")
    list_filter = ("state", "reason")
    exclude = ("statement",)
    raw_id_fields = ("claim", "person")


@admin.register(Hold)
class HoldAdmin(ReadOnly):
    list_display = ("kind", "cause", "claim", "placed_at", "ends_at", "lifted_at")
    list_filter = ("kind",)
    raw_id_fields = ("person", "claim")


@admin.register(ContractTerms)
class ContractTermsAdmin(ReadOnly):
    list_display = ("claim", "schedule", "rate_pct", "delivered_at", "replaced_at")
    raw_id_fields = ("claim",)


@admin.register(Verification)
class VerificationAdmin(ReadOnly):
    list_display = ("claim", "outcome", "claimed", "lawful", "law", "computed_at")
    list_filter = ("outcome",)
    raw_id_fields = ("claim",)


@admin.register(Title)
class TitleAdmin(ReadOnly):
    list_display = ("claim", "step", "from_name", "to_name", "on", "notice_reached_on", "state")
    list_filter = ("state",)
    raw_id_fields = ("claim", "evidence", "notice_evidence")


@admin.register(Duplicate)
class DuplicateAdmin(ReadOnly):
    list_display = ("first", "second", "ground", "state", "found_at", "decided_at")
    list_filter = ("state", "ground")
    raw_id_fields = ("first", "second", "kept")

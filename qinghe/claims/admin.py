"""Look, never touch: claims in Django's admin."""

from django.contrib import admin

from qinghe.claims.models import Batch, Claim, Dispute, Evidence, Hold, Line
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

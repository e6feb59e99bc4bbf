"""Look, never touch: flags in Django's admin."""

from django.contrib import admin

from qinghe.ledger.admin import ReadOnly
from qinghe.risk.models import Flag


@admin.register(Flag)
class FlagAdmin(ReadOnly):
    list_display = ("claim", "code", "state", "raised_at", "decided_at")
    list_filter = ("code", "state")
    raw_id_fields = ("claim",)

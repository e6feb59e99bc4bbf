"""Look, never touch: links in Django's admin."""

from django.contrib import admin

from qinghe.graph.models import Link
from qinghe.ledger.admin import ReadOnly


@admin.register(Link)
class LinkAdmin(ReadOnly):
    list_display = ("kind", "source", "found_at")
    list_filter = ("kind",)
    raw_id_fields = ("left", "right")

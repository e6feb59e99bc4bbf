"""Look, never touch: the journal in Django's admin."""

from django.contrib import admin
from django.http import HttpRequest

from qinghe.journal.models import Batch, Entry


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shows rows; adds, changes and deletes none."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Entry)
class EntryAdmin(ReadOnly):
    list_display = ("id", "at", "kind", "subject", "actor")
    search_fields = ("subject", "kind")
    show_full_result_count = False


@admin.register(Batch)
class BatchAdmin(ReadOnly):
    list_display = ("id", "size", "last_entry", "sealed_at")

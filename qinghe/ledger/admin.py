"""Look, never touch: the books in Django's admin."""

from django.contrib import admin
from django.http import HttpRequest

from qinghe.ledger.models import Account, Pending, Transfer


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shows rows; adds, changes and deletes none."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Account)
class AccountAdmin(ReadOnly):
    list_display = ("path", "currency", "side", "balance")
    search_fields = ("path",)


@admin.register(Transfer)
class TransferAdmin(ReadOnly):
    list_display = ("at", "kind", "subject", "amount", "currency")
    search_fields = ("subject",)
    raw_id_fields = ("debit", "credit", "reverses")


@admin.register(Pending)
class PendingAdmin(ReadOnly):
    list_display = ("at", "kind", "subject", "amount", "currency", "state")
    search_fields = ("subject",)
    raw_id_fields = ("debit", "credit")

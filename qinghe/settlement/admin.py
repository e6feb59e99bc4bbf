"""Look, never touch: money in Django's admin."""

from django.contrib import admin
from django.http import HttpRequest

from qinghe.settlement.models import CashierOrder, Dispute, Payment, Payout, Refund, Split


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shows rows; adds, changes and deletes none."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Payment)
class PaymentAdmin(ReadOnly):
    list_display = ("received_at", "source", "reference", "amount", "currency", "state")
    raw_id_fields = ("claim", "order")


@admin.register(Split)
class SplitAdmin(ReadOnly):
    list_display = ("at", "amount", "creditor_share", "commission", "reserve", "platform_fee")
    raw_id_fields = ("payment", "mandate")


@admin.register(CashierOrder)
class CashierOrderAdmin(ReadOnly):
    list_display = ("created_at", "amount", "currency", "state")
    raw_id_fields = ("claim",)


@admin.register(Payout)
class PayoutAdmin(ReadOnly):
    list_display = ("number", "organisation", "amount", "currency", "state")


@admin.register(Refund)
class RefundAdmin(ReadOnly):
    list_display = ("asked_at", "amount", "currency", "cause", "state")
    raw_id_fields = ("payment",)


@admin.register(Dispute)
class DisputeAdmin(ReadOnly):
    list_display = ("told_at", "provider", "kind", "amount", "currency", "state")
    raw_id_fields = ("order",)

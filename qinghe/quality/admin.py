"""Look, never touch: complaints in Django's admin, without what people wrote."""

from django.contrib import admin
from django.http import HttpRequest

from qinghe.quality.models import Appeal, Complaint, Grading, Recognition, Sanction


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shows rows; adds, changes and deletes none."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Complaint)
class ComplaintAdmin(ReadOnly):
    list_display = ("number", "kind", "state", "opened_at", "due_on")
    exclude = ("statement", "person")


@admin.register(Sanction)
class SanctionAdmin(ReadOnly):
    list_display = ("complaint", "mandate", "at")


@admin.register(Grading)
class GradingAdmin(ReadOnly):
    list_display = ("collector", "looked_at", "due_on")


@admin.register(Recognition)
class RecognitionAdmin(ReadOnly):
    list_display = ("collector", "step", "decided_at")


@admin.register(Appeal)
class AppealAdmin(ReadOnly):
    list_display = ("collector", "about", "state", "due_on", "reason")
    exclude = ("statement",)

"""Look, never touch: parties in Django's admin. The vault is not shown at all."""

from django.contrib import admin

from qinghe.ledger.admin import ReadOnly
from qinghe.parties.models import (
    ApiKey,
    ContactPoint,
    Licence,
    Membership,
    Organisation,
    Person,
    User,
)


@admin.register(User)
class UserAdmin(ReadOnly):
    list_display = ("email", "display_name", "is_active", "last_login")
    search_fields = ("email",)
    exclude = ("password",)


@admin.register(Organisation)
class OrganisationAdmin(ReadOnly):
    list_display = ("slug", "name", "kind", "state")
    list_filter = ("kind", "state")


@admin.register(Membership)
class MembershipAdmin(ReadOnly):
    list_display = ("user", "organisation", "role", "starts_at", "ends_at")
    list_filter = ("role",)


@admin.register(Licence)
class LicenceAdmin(ReadOnly):
    list_display = ("organisation", "kind", "region", "starts_on", "ends_on", "verified_at")
    list_filter = ("kind",)


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly):
    list_display = ("name", "membership", "created_at", "revoked_at")
    exclude = ("digest",)


@admin.register(Person)
class PersonAdmin(ReadOnly):
    list_display = ("id", "kind", "masked_name", "region")
    list_filter = ("kind",)


@admin.register(ContactPoint)
class ContactPointAdmin(ReadOnly):
    list_display = ("id", "kind", "source", "state", "zone")
    list_filter = ("kind", "source", "state")
    exclude = ("address",)
    raw_id_fields = ("person",)

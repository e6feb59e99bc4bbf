"""
Every table says what personal data it holds and how long it stays; only the vault holds the
data.
"""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from qinghe.kernel.privacy import Privacy
from qinghe.parties.models import VaultItem

OURS = [m for m in apps.get_models() if m.__module__.startswith("qinghe.")]
# Words that would betray a column with the datum itself instead of a token.
SUSPECT = (
    "phone",
    "mobile",
    "id_number",
    "id_card",
    "address",
    "email",
    "full_name",
    "bank_account",
)
# Sign-in of the staff, and an address as the vault names it.
ALLOWED = {("User", "email"), ("ContactPoint", "address")}


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_a_table_declares_its_personal_data_and_its_retention(model: type[models.Model]) -> None:
    privacy = model.__dict__.get("privacy") or getattr(model, "privacy", None)
    assert isinstance(privacy, Privacy), "declare `privacy = Privacy(keep=..., personal=...)`"
    assert privacy.keep.endswith("."), "say in a sentence how long rows stay and why"
    names = {field.name for field in model._meta.get_fields()} | {
        field.attname for field in model._meta.concrete_fields
    }
    assert set(privacy.personal) <= names


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_no_column_outside_the_vault_is_made_for_a_personal_datum(
    model: type[models.Model],
) -> None:
    for field in model._meta.concrete_fields:
        if (model.__name__, field.name) in ALLOWED or field.related_model is VaultItem:
            continue
        assert not any(word in field.name for word in SUSPECT), f"{field}: keep it in the vault"


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_no_field_exists_for_pressure_or_for_an_address_book(model: type[models.Model]) -> None:
    banned = ("pressure", "relative", "colleague", "emergency", "phonebook", "address_book")
    for field in model._meta.concrete_fields:
        assert not any(word in field.name for word in banned), f"{field} must not exist"

"""
import-linter cannot see a foreign key written as a string, nor the way back up; these tests
can.
"""

from __future__ import annotations

from configparser import ConfigParser
from pathlib import Path

from django.apps import apps

CONTRACTS = ConfigParser()
CONTRACTS.read(Path(__file__).parents[2] / ".importlinter")
LINES = CONTRACTS["importlinter:contract:floors"]["layers"].strip().splitlines()
FLOOR = {
    name.strip(): height for height, line in enumerate(reversed(LINES)) for name in line.split("|")
}


def own_models() -> list[type]:
    return [model for model in apps.get_models() if model._meta.app_label in FLOOR]


def test_the_list_of_floors_is_complete() -> None:
    packages = {path.parent.name for path in Path("qinghe").glob("*/__init__.py")}
    assert packages == set(FLOOR)


def test_foreign_keys_point_down_and_leave_no_way_back_up() -> None:
    for model in own_models():
        own = model._meta.app_label
        for field in model._meta.concrete_fields:
            target = field.related_model and field.related_model._meta.app_label
            if target not in FLOOR or target == own:
                continue
            assert FLOOR[target] < FLOOR[own], f"{field} points up"
            assert field.remote_field.hidden, f"{field} needs related_name='+'"


def test_every_table_belongs_to_a_floor() -> None:
    known = set(FLOOR) | {
        "admin", "auth", "contenttypes", "sessions", "account", "mfa", "procrastinate",
    }  # fmt: skip
    assert {model._meta.app_label for model in apps.get_models()} <= known

"""One migrated database is copied wherever an empty one is needed, and never a stale one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from config import template as module
from config.template import PREFIX, copy_template, server, template

COPY = "qinghe_copy_for_a_test"


@pytest.fixture
def copied(db: None) -> Iterator[str]:
    copy_template(COPY)
    yield COPY
    with server() as run:
        run.execute(f"DROP DATABASE {COPY} (FORCE)".encode())


def test_a_copy_has_every_migration_and_no_rows(copied: str) -> None:
    wanted = set(MigrationLoader(connection).disk_migrations)
    with server(copied) as inside:
        applied = inside.execute("SELECT app, name FROM django_migrations").fetchall()
        assert {(app, name) for app, name in applied} >= wanted
        assert inside.execute("SELECT count(*) FROM claims_claim").fetchone() == (0,)
        assert inside.execute("SELECT count(*) FROM journal_entry").fetchone() == (0,)


@pytest.mark.django_db
def test_the_template_is_made_once_and_named_by_the_migrations() -> None:
    name = template()
    assert name == template()
    with server() as run:
        rows = run.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
        assert rows.fetchall() == [(name,)]


def test_another_text_of_a_migration_is_another_template(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = module._digest()
    own = tmp_path / "migrations"
    own.mkdir()
    changed = own / "0001_initial.py"
    changed.write_text("ONE = 1\n")
    ledger = apps.get_app_config("ledger")
    monkeypatch.setattr(ledger, "path", str(tmp_path))
    one = module._digest()
    changed.write_text("ONE = 2\n")
    assert len({before, one, module._digest()}) == 3
    # What a migration imports from the house counts too.
    changed.write_text("from qinghe.parties.days import legal_day\n")
    assert Path(apps.get_app_config("parties").path, "days.py") in set(module._files())

"""The health addresses, the start-up checks, and the promises of the repository's own files."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.checks import CheckMessage
from django.db import DatabaseError
from django.test import RequestFactory

from config import checks, health, keys

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def ids(found: list[CheckMessage]) -> list[str | None]:
    return [message.id for message in found]


def test_alive_needs_no_database(rf: RequestFactory) -> None:
    answer = health.healthz(rf.get("/healthz"))

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_ready_when_the_tables_are_there(rf: RequestFactory) -> None:
    assert health.readyz(rf.get("/readyz")).status_code == 200


def test_not_ready_when_the_database_is_away(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away:
        def cursor(self) -> None:
            raise DatabaseError("away")

    monkeypatch.setattr(health, "connection", Away())

    answer = health.readyz(rf.get("/readyz"))

    assert answer.status_code == 503
    assert json.loads(answer.content) == {"ok": False, "checks": {"database": False}}


def test_a_weak_signing_key_is_refused(settings: LazySettings) -> None:
    assert ids(checks.secret_key()) == []
    settings.SECRET_KEY = "short"
    assert ids(checks.secret_key()) == ["qinghe.E001"]


def test_a_broken_ring_is_refused(var_folder: Path) -> None:
    assert ids(checks.vault_ring()) == []
    (var_folder / "keys" / "vault.json").write_text("{}")
    assert ids(checks.vault_ring()) == ["qinghe.E002"]


def test_a_key_that_others_can_read_is_a_warning(var_folder: Path) -> None:
    keys.django_secret()
    assert ids(checks.key_files()) == []
    (var_folder / "keys" / "django").chmod(0o644)
    assert ids(checks.key_files()) == ["qinghe.W001"]


def test_debugging_before_strangers_is_refused(settings: LazySettings) -> None:
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["localhost"]
    assert ids(checks.debug()) == []
    settings.ALLOWED_HOSTS = ["market.example"]
    assert ids(checks.debug()) == ["qinghe.E004"]


def test_an_open_way_to_a_far_database_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://a:b@127.0.0.1/x")
    assert ids(checks.database_address()) == []
    monkeypatch.setenv("DATABASE_URL", "postgresql://a:b@db.example/x")
    assert ids(checks.database_address()) == ["qinghe.W002"]


def test_one_address_for_all_visitors_is_a_warning(settings: LazySettings) -> None:
    settings.SECURE, settings.PROXIES = True, 0
    assert ids(checks.proxies()) == ["qinghe.W003"]
    settings.PROXIES = 1
    assert ids(checks.proxies()) == []


def test_mail_that_goes_nowhere_is_a_warning_in_a_real_market(settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.DEMO = True
    assert ids(checks.outgoing_mail()) == []
    settings.DEMO = False
    assert ids(checks.outgoing_mail()) == ["qinghe.W004"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert ids(checks.outgoing_mail()) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_has_a_hash_and_no_address(lock: Path) -> None:
    text = lock.read_text()
    packages = re.findall(r"(?m)^[a-z0-9][^\s=]*==\S+.*$", text)

    assert packages
    assert [line for line in packages if not line.endswith("\\")] == []
    assert "://" not in text


def test_the_front_end_lock_has_no_address() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]

    assert not [name for name, facts in packages.items() if "resolved" in facts]
    assert not [name for name, facts in packages.items() if name and "integrity" not in facts]


def test_the_makefile_keeps_its_contract() -> None:
    makefile = (ROOT / "Makefile").read_text()

    for target in ("setup", "run", "test", "check", "fix", "browser-test", "bench"):
        assert re.search(rf"(?m)^{target}:", makefile), target


def test_a_demonstration_is_not_shown_to_the_world(settings: LazySettings) -> None:
    settings.DEMO, settings.ALLOWED_HOSTS = True, ["market.example"]
    assert ids(checks.demonstration()) == ["qinghe.E005"]
    settings.DEMO = False
    assert ids(checks.demonstration()) == []
    settings.DEMO, settings.ALLOWED_HOSTS = True, ["127.0.0.1", "localhost"]
    assert ids(checks.demonstration()) == []

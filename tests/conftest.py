"""What every test has: a real PostgreSQL, plain static files, and no network."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management.commands import flush
from django.db import connection
from django.utils import translation
from pytest_django import DjangoDbBlocker, Settings

from config import postgres
from config.template import template
from qinghe.contact.services import law
from tests import flushing
from tests.sharing import JOURNEYS, JourneysTogether


def pytest_configure() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        postgres.ensure_running()
    # The web warns when nothing was collected yet; tests serve no static file.
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> JourneysTogether | None:
    return JourneysTogether(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest file comes first, so that nobody waits for it alone at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(JOURNEYS))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Copy the database of the tests from one that is migrated already."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = template()


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _the_language_of_the_house(settings: Settings) -> None:
    """A page of another test may have been asked for in Chinese just before, in this thread."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(scope="session", autouse=True)
def _only_filled_tables_are_emptied() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush.Command, "handle", flushing.empty)
        yield


@pytest.fixture(scope="session")
def _vault_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("vault")


@pytest.fixture(autouse=True)
def _never_the_vault_of_the_house(settings: Settings, _vault_of_the_tests: Path) -> None:
    """The database of a test names none of its files: a sweep would take them for forgotten."""
    settings.VAULT_FILES = _vault_of_the_tests


@pytest.fixture(autouse=True)
def _nothing_remembered_as_kept() -> None:
    """A test whose database is emptied afterwards leaves nothing behind that says it is kept."""
    law._kept.clear()

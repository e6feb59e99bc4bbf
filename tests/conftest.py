"""What every test has: a real PostgreSQL, plain static files, and no network."""

from __future__ import annotations

import os

import pytest
from pytest_django import Settings

from config import postgres


def pytest_configure() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        postgres.ensure_running()


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }

"""What every test has: a real PostgreSQL, plain static files, and no network."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import Settings

from config import postgres


def pytest_configure() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        postgres.ensure_running()
    # The web warns when nothing was collected yet; tests serve no static file.
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }

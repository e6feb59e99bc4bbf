"""Makes the start-up checks known to Django."""

from django.apps import AppConfig

from config import checks

__all__ = ["Installation", "checks"]


class Installation(AppConfig):
    """The installation itself: no tables, only checks."""

    name = "config"
    label = "installation"

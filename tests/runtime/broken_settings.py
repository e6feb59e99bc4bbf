"""Settings that the start-up checks refuse."""

from tests.runtime.bare_settings import *  # noqa: F403

SECRET_KEY = "insecure"

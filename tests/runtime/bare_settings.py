"""The real settings with nothing but the health addresses, to run the supervisor quickly."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "config.health"
STATIC_ROOT = var.root() / "static"  # noqa: F405
DEMO = False
TEMPLATES = []
INSTALLED_APPS = [
    "config",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
]
MIDDLEWARE = []
AUTH_USER_MODEL = "auth.User"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
SILENCED_SYSTEM_CHECKS = ["admin.E403"]
PROCRASTINATE_ON_APP_READY = None

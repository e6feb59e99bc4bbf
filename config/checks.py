"""What `qinghe` refuses or warns about before it serves: mistakes of the installation."""

import os
import stat
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from config import keys, var
from config.errors import CannotStart

SHORTEST_SECRET = 50
OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@register(Tags.security)
def secret_key(**_options: Any) -> list[CheckMessage]:
    """
    Refuse a signing key that could be guessed.
    """
    if len(settings.SECRET_KEY) >= SHORTEST_SECRET and "insecure" not in settings.SECRET_KEY:
        return []
    return [
        Error(
            "The key that signs sessions is too weak.",
            hint="Use config.keys.django_secret(); it makes a key in the data folder.",
            id="qinghe.E001",
        )
    ]


@register(Tags.security)
def vault_ring(**_options: Any) -> list[CheckMessage]:
    """
    Refuse to run without a key ring that can open the vault.
    """
    try:
        keys.vault_ring()
    except CannotStart as fault:
        return [Error(str(fault), id="qinghe.E002")]
    return []


@register(Tags.security)
def key_files(**_options: Any) -> list[CheckMessage]:
    """
    Warn about secret files that other users of the machine can read.
    """
    return [
        Warning(
            f"{path} can be read by other users of this machine.",
            hint=f"chmod 600 {path}",
            id="qinghe.W001",
        )
        for path in keys.files()
        if path.stat().st_mode & OPEN_TO_OTHERS
    ]


@register(Tags.files)
def data_folder(**_options: Any) -> list[CheckMessage]:
    """
    Refuse a data folder that cannot be written, or is full.
    """
    try:
        var.require_space()
    except CannotStart as fault:
        return [Error(str(fault), id="qinghe.E003")]
    return []


@register(Tags.security)
def debug(**_options: Any) -> list[CheckMessage]:
    """
    Refuse to show tracebacks to the world.
    """
    if not settings.DEBUG or not _strangers():
        return []
    return [
        Error(
            "DEBUG is on while strangers can reach this installation.",
            hint="Unset the debug setting, or allow only 127.0.0.1.",
            id="qinghe.E004",
        )
    ]


@register(Tags.security)
def demonstration(**_options: Any) -> list[CheckMessage]:
    """
    Refuse to show a market whose passwords are printed in the README to the world.
    """
    if not settings.DEMO or not _strangers():
        return []
    return [
        Error(
            "Strangers can reach this installation, and it is a demonstration.",
            hint="Set QINGHE_DEMO=0 for a real market, or allow only 127.0.0.1 in QINGHE_HOSTS.",
            id="qinghe.E005",
        )
    ]


def _strangers() -> set[str]:
    return set(settings.ALLOWED_HOSTS) - {"127.0.0.1", "localhost", "[::1]", "testserver"}


@register(Tags.database)
def database_address(**_options: Any) -> list[CheckMessage]:
    """
    Warn when the database is elsewhere and the way to it is not encrypted.
    """
    url = os.environ.get("DATABASE_URL", "")
    host = urlsplit(url).hostname
    if not host or host in {"127.0.0.1", "localhost", "::1"} or "sslmode=" in url:
        return []
    return [
        Warning(
            "The connection to the database may be unencrypted.",
            hint="Add ?sslmode=verify-full to DATABASE_URL.",
            id="qinghe.W002",
        )
    ]


@register(Tags.security)
def proxies(**_options: Any) -> list[CheckMessage]:
    """
    Warn when a TLS proxy stands in front whose address all visitors seem to have.
    """
    if not settings.SECURE or settings.PROXIES:
        return []
    return [
        Warning(
            "Behind a TLS proxy all visitors share one address, and with it one rate limit.",
            hint="Set QINGHE_PROXIES to the number of proxies in front.",
            id="qinghe.W003",
        )
    ]


@register(Tags.compatibility)
def offline_way(**_options: Any) -> list[CheckMessage]:
    """
    Warn when whoever gets a letter and has no internet could not answer it.
    """
    ways = (settings.OPERATOR_PHONE, settings.OPERATOR_POST, settings.OPERATOR_OFFICE)
    if settings.DEMO or any(ways):
        return []
    return [
        Warning(
            "Letters name no way to answer without the internet.",
            hint="Set QINGHE_OPERATOR_PHONE, QINGHE_OPERATOR_POST or QINGHE_OPERATOR_OFFICE.",
            id="qinghe.W005",
        )
    ]


@register(Tags.security)
def outgoing_mail(**_options: Any) -> list[CheckMessage]:
    """
    Warn when a real market would keep its e-mails to itself and take them as delivered.
    """
    if settings.DEMO or "smtp" in settings.EMAIL_BACKEND:
        return []
    return [
        Warning(
            "E-mails leave no further than this process, and count as delivered.",
            hint="Set QINGHE_EMAIL_BACKEND=django.core.mail.backends.smtp.EmailBackend.",
            id="qinghe.W004",
        )
    ]

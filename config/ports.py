"""The address of the web: free to take, or taken, and by whom."""

import errno
import os
import socket
from typing import Final

import psutil

from config.errors import CannotStart

DEFAULT_PORT: Final = 8000
HIGHEST_PORT: Final = 65535


def port_from_environment() -> int:
    """
    Return `PORT`, or 8000.

    :raises CannotStart: PORT is not a port number
    """
    given = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not given.isdecimal() or not 0 < int(given) <= HIGHEST_PORT:
        raise CannotStart(f"PORT={given} is not a port. Choose a number from 1 to {HIGHEST_PORT}.")
    return int(given)


def require_free(host: str, port: int) -> None:
    """
    Check that the web can listen here.

    :raises CannotStart: something else listens, or this user may not
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As the server does: a port whose last connections only linger is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as refusal:
            raise CannotStart(_sentence(host, port, refusal)) from refusal


def _sentence(host: str, port: int, refusal: OSError) -> str:
    other = f"Choose another one: PORT={port + 80 if port < HIGHEST_PORT - 80 else DEFAULT_PORT}"
    if refusal.errno == errno.EADDRINUSE:
        return f"Port {port} is taken{_by_whom(port)}. {other}, or end what uses it."
    if refusal.errno == errno.EACCES:
        return f"This user may not listen on port {port}. {other}."
    return f"Cannot listen on {host}:{port}: {refusal.strerror}. {other}."


def _by_whom(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN
            if listens and connection.pid and tuple(connection.laddr)[1:2] == (port,):
                name = psutil.Process(connection.pid).name()
                return f" by process {connection.pid} ({name})"
    except psutil.Error:
        pass
    return ""

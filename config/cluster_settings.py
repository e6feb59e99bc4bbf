"""Settings of the embedded PostgreSQL, sized to a small machine that it shares with the web."""

import shutil
from pathlib import Path
from typing import Final

import psutil

MB: Final = 1024 * 1024
LARGEST_BUFFERS_MB: Final = 512
SMALLEST_BUFFERS_MB: Final = 64
# Below this, parallel queries run out of a container's shared memory.
ENOUGH_SHARED_MEMORY: Final = 256 * MB


def settings_file(socket: Path, logs: Path) -> str:
    """
    Return the text of `qinghe.conf` for this machine.
    """
    lines = [f"{name} = '{_escaped(value)}'" for name, value in _settings(socket, logs).items()]
    return "# Written by qinghe at each start; your own lines go to postgresql.conf\n" + (
        "# in the data folder, one level up.\n" + "\n".join(lines) + "\n"
    )


def _settings(socket: Path, logs: Path) -> dict[str, str]:
    memory = psutil.virtual_memory().total // MB
    return {
        "listen_addresses": "",
        "unix_socket_directories": str(socket),
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "password_encryption": "scram-sha-256",
        "timezone": "UTC",
        "shared_buffers": f"{max(SMALLEST_BUFFERS_MB, min(LARGEST_BUFFERS_MB, memory // 4))}MB",
        "effective_cache_size": f"{memory // 2}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": f"{max(64, min(256, memory // 16))}MB",
        "dynamic_shared_memory_type": _shared_memory(),
        "random_page_cost": "1.1",
        "jit": "off",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "wal_compression": "on",
        "idle_in_transaction_session_timeout": "15min",
        **_logging(logs),
    }


def _logging(logs: Path) -> dict[str, str]:
    return {
        "log_timezone": "UTC",
        "logging_collector": "on",
        "log_directory": str(logs),
        # Seven files, one per weekday, each begun afresh: the log cannot fill the disk.
        "log_filename": "postgresql-%a.log",
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "log_rotation_size": "0",
        # Statements, details and even errors quote values, which may be personal data. Django
        # logs its own errors, redacted; here stay the server's own events.
        "log_min_messages": "log",
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "log_statement": "none",
        "log_min_duration_statement": "-1",
    }


def _shared_memory() -> str:
    place = Path("/dev/shm")  # noqa: S108 - only its size is read
    roomy = place.exists() and shutil.disk_usage(place).total >= ENOUGH_SHARED_MEMORY
    return "posix" if roomy else "mmap"


def _escaped(value: str) -> str:
    return value.replace("'", "''")

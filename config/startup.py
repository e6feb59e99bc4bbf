"""First steps before anything is served: translations, tables, static files, a first market."""

import hashlib
import os
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.checks import ERROR, CheckMessage, Tags, run_checks
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config import translations
from config.errors import CannotStart

# The upper floor that fills an empty database and says who signs in to what it made.
MARKET: Final = "qinghe.simulation.demo"
STAMP: Final = ".qinghe-stamp"


def main() -> int:
    """
    Take every step that is due; return the exit code.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        translations.compile_stale()
        django.setup()
        _check()
        _migrate()
        if collect_static():
            _say("the static files are collected")
        _fill()
    except CannotStart as fault:
        print(f"qinghe: {fault}", file=sys.stderr)
        return 2
    return 0


def _check() -> None:
    # The other checks are about code, and `make check` has them; they would load every page.
    found = run_checks(tags=[Tags.security, Tags.files, Tags.database])
    faults = [_words(each) for each in found if each.level >= ERROR]
    if faults:
        raise CannotStart(" ".join(faults))
    for each in found:
        # Django's own warnings are for developers; ours are for whoever runs an installation.
        if (each.id or "").startswith("qinghe."):
            _say(f"warning: {_words(each)}")


def _words(fault: CheckMessage) -> str:
    return f"[{fault.id}] {fault.msg} {fault.hint or ''}".strip()


def _migrate() -> None:
    executor = MigrationExecutor(connection)
    due = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if due:
        _say(f"preparing the database ({len(due)} steps)")
        call_command("migrate", interactive=False, verbosity=0)


def collect_static() -> bool:
    """Bring the static files to where they are served from; tell whether any had changed."""
    stamp = Path(settings.STATIC_ROOT) / STAMP
    now = _fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return False
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(now)
    return True


def _fingerprint() -> str:
    facts = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            about = Path(storage.path(path)).stat()
            facts.update(f"{path}\t{about.st_size}\t{about.st_mtime_ns}\n".encode())
    return facts.hexdigest()


def _fill() -> None:
    if not settings.DEMO or find_spec(MARKET) is None:
        return
    market = import_module(MARKET)
    market.fill_if_empty(progress=lambda line: _say(f"filling the demonstration: {line}"))
    _say(f"demonstration sign-ins, password {market.DEMO_PASSWORD}:")
    for email, role, organisation in market.DEMO_USERS:
        _say(f"  {role:<12}{email:<28}{organisation}")
    _say(f"  applicant   {market.APPLICANT}")
    if key := market.debtor_key():
        _say(f"  debtor      at /d/ the code {key.code}, the answer {key.answer}")


def _say(text: str) -> None:
    print(f"qinghe: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

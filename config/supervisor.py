"""`qinghe run`: database, web and worker under one roof, until it is told to stop."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from types import FrameType
from typing import Final

from config import postgres, serving, var
from config.children import Child, kill_group
from config.errors import CannotStart
from config.locks import file_lock
from config.ports import require_free
from config.processes import own_identity

TICK_SECONDS: Final = 0.25
READY_SECONDS: Final = 120
DATABASE_TICK_SECONDS: Final = 1
DATABASE_PAUSE_SECONDS: Final = 10
# A job wakes the worker only when no other is just about to; see contact's migration 0009.
POLL_SECONDS: Final = 1
SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ANY_ADDRESS: Final = {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound


@dataclass(frozen=True)
class Options:
    """What `qinghe run` was asked for."""

    host: str
    port: int
    web_processes: int
    web_threads: int
    worker_jobs: int
    echo: bool

    @property
    def reachable_host(self) -> str:
        """Return a host under which this machine reaches its own web."""
        return "127.0.0.1" if self.host in ANY_ADDRESS else self.host

    @property
    def address(self) -> str:
        """Return what a person types into a browser."""
        host = self.reachable_host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"


class Stopped(Exception):
    """Somebody asked for the end before everything was up."""


def run(options: Options) -> int:
    """
    Serve until a signal comes; return the exit code.

    :raises CannotStart: something here prevents it, said in one sentence
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    var.require_space()
    with _only_one():
        serving.clear()
        require_free(options.host, options.port)
        Supervisor(options).serve()
    return 0


class Supervisor:
    """Keeps one web server and one worker alive above one database."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._children = [
            Child("web", _web_command(options), echo=options.echo),
            Child("worker", _worker_command(options), echo=options.echo),
        ]
        self._asked = Event()
        self._steps: subprocess.Popen[str] | None = None
        self._began_postgres = False
        self._database_next_look = 0.0

    def serve(self) -> None:
        """
        Start everything, keep it alive, and end it all when a signal comes or a step fails.
        """
        before = {each: signal.signal(each, self._on_signal) for each in SIGNALS}
        try:
            self._start()
            while not self._asked.wait(TICK_SECONDS):
                self._keep_alive()
        except Stopped:
            pass
        finally:
            self._end()
            for each, handler in before.items():
                signal.signal(each, handler)

    def _start(self) -> None:
        serving.announce(own_identity(), self._options.address)
        if "DATABASE_URL" in os.environ:
            postgres.ensure_running()
        else:
            self._began_postgres = postgres.start()
        self._take_first_steps()
        for child in self._children:
            child.start()
        self._note_children()
        self._wait_until_ready()
        _say(f"ready: {self._options.address}  (Ctrl-C stops everything)")

    def _take_first_steps(self) -> None:
        # In a process of their own, so that this one stays small for as long as it serves.
        command = [sys.executable, "-m", "config.startup"]
        self._go_on()
        self._steps = subprocess.Popen(command, text=True, start_new_session=True)
        failed = self._steps.wait() != 0
        self._go_on()
        if failed:
            raise CannotStart("A first step failed; the reason stands above. Nothing was served.")

    def _wait_until_ready(self) -> None:
        web = self._children[0]
        deadline = time.monotonic() + READY_SECONDS
        while not _answers(self._options):
            self._go_on()
            if not web.alive() or time.monotonic() > deadline:
                raise CannotStart(f"The web does not answer. The reason is in {web.log}.")
            time.sleep(TICK_SECONDS / 2)

    def _keep_alive(self) -> None:
        self._revive_database()
        revived = [child.name for child in self._children if child.revive()]
        if revived:
            self._note_children()
            _say(f"{' and '.join(revived)} had died; started again")

    def _revive_database(self) -> None:
        if "DATABASE_URL" in os.environ or time.monotonic() < self._database_next_look:
            return
        self._database_next_look = time.monotonic() + DATABASE_TICK_SECONDS
        try:
            if postgres.start():
                _say("the database had died; started again")
        except CannotStart as fault:
            _say(str(fault))
            self._database_next_look = time.monotonic() + DATABASE_PAUSE_SECONDS

    def _note_children(self) -> None:
        now = {child.name: child.identity() for child in self._children}
        serving.announce_children({name: who for name, who in now.items() if who is not None})

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._asked.is_set():
            # Asked twice: the person does not want to wait.
            for child in self._children:
                child.kill()
        self._asked.set()
        if self._steps is not None and self._steps.returncode is None:
            kill_group(self._steps.pid)

    def _go_on(self) -> None:
        if self._asked.is_set():
            raise Stopped

    def _end(self) -> None:
        for child in self._children:
            child.ask_to_end()
        for child in self._children:
            child.end(seconds=serving.GRACE_SECONDS)
        serving.clear()
        if self._began_postgres:
            postgres.stop()
        _say("stopped")


@contextmanager
def _only_one() -> Iterator[None]:
    lock = file_lock(var.folder("run") / "server.lock", wait_seconds=0)
    try:
        lock.__enter__()
    except CannotStart:
        raise CannotStart(
            f"Qinghe already serves this data folder at {serving.address() or 'its address'}. "
            f"Stop it with: qinghe stop. Or choose another folder with QINGHE_VAR=/path."
        ) from None
    try:
        yield
    finally:
        lock.__exit__(None, None, None)


def _answers(options: Options) -> bool:
    web = http.client.HTTPConnection(options.reachable_host, options.port, timeout=5)
    try:
        web.request("GET", "/readyz", headers={"Host": "localhost"})
        return web.getresponse().status < http.client.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        web.close()


def _web_command(options: Options) -> list[str]:
    threads = str(options.web_threads)
    return [
        *(sys.executable, "-m", "granian", "config.wsgi:application", "--interface", "wsgi"),
        *("--host", options.host, "--port", str(options.port)),
        *("--workers", str(options.web_processes), "--respawn-failed-workers"),
        # Each thread keeps a database connection: few threads, kept long, a bounded queue.
        *("--blocking-threads", threads, "--blocking-threads-idle-timeout", "600"),
        *("--backpressure", str(options.web_threads * 16)),
        *("--workers-kill-timeout", "10", "--no-ws", "--log-level", "warning"),
    ]


def _worker_command(options: Options) -> list[str]:
    return [
        *(sys.executable, "-m", "django", "procrastinate", "worker"),
        *("--concurrency", str(options.worker_jobs)),
        *("--fetch-job-polling-interval", str(POLL_SECONDS)),
        *("--shutdown-graceful-timeout", "10"),
    ]


def _say(text: str) -> None:
    print(f"qinghe: {text}", flush=True)

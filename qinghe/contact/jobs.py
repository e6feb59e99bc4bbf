"""Clocks and jobs of this room; their times stand in `config/schedule.py`."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from qinghe.contact import services
from qinghe.kernel import clock


@app.task(name="contact.send")
def send(*, attempt_id: str, **_later: object) -> None:
    """
    Deliver one permitted attempt. Safe to run twice.

    `_later` lets an old worker take a job that a newer release put on the queue.
    """
    services.send(attempt_id=UUID(attempt_id), at=clock.now())


@app.task(name="contact.mail")
def mail(*, mailing_id: str, **_later: object) -> None:
    """Ask for the next cases of a message to many."""
    services.step_mailing(mailing_id=UUID(mailing_id), at=clock.now())


@app.task(name="contact.notify", queueing_lock="contact.notify")
def notify(**_later: object) -> None:
    """Tell debtors of claims that entered their challenge window."""
    services.notify(at=clock.now())


@app.task(name="contact.release", queueing_lock="contact.release")
def release(**_later: object) -> None:
    """Close attempts that a crash or a missing worker left behind."""
    services.release_stuck(at=clock.now())


@app.task(name="contact.tally", queueing_lock="contact.tally")
def tally(**_later: object) -> None:
    """Count the refusals of the days that are over, by rule."""
    services.count_refusals(at=clock.now())


@app.task(name="contact.end-calls", queueing_lock="contact.end-calls")
def end_calls(**_later: object) -> None:
    """End calls that would run past the last permitted moment."""
    services.end_calls(at=clock.now())

"""The next best lawful action on a case, and why. A table of rules, first match wins. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

REMIND_DAYS: Final = 2
ENDING_DAYS: Final = 7
MANY_UNANSWERED: Final = 4
QUIET_DAYS: Final = 3


@dataclass(frozen=True)
class Facts:
    """What the suggestion is made from. Moments in UTC, days of the market."""

    at: datetime
    today: date
    suspended: bool
    holds: tuple[str, ...]
    plan: str
    call_back_at: datetime | None
    promise_due_on: date | None
    last_promise: str
    last_result: str
    last_attempt_at: datetime | None
    # Whether the platform itself told the debtor of the claim, by letter or e-mail.
    noticed: bool
    unanswered: int
    ends_at: datetime


@dataclass(frozen=True)
class Suggestion:
    """One action: its code, what it is, why; the most urgent has the lowest number."""

    code: str
    title: StrPromise
    reason: StrPromise
    urgency: int


@dataclass(frozen=True)
class Step:
    """One line of the table: when it applies, and what it suggests."""

    applies: Callable[[Facts], bool]
    suggestion: Suggestion


def suggest(facts: Facts) -> Suggestion:
    """Return the first suggestion of the table that applies."""
    return next(step.suggestion for step in STEPS if step.applies(facts))


def _due_soon(facts: Facts) -> bool:
    due = facts.promise_due_on
    return due is not None and facts.today <= due <= facts.today + timedelta(days=REMIND_DAYS)


def _called_lately(facts: Facts) -> bool:
    last = facts.last_attempt_at
    return last is not None and facts.at - last < timedelta(days=QUIET_DAYS)


def _ending(facts: Facts) -> bool:
    return facts.ends_at - facts.at <= timedelta(days=ENDING_DAYS)


STEPS: Final = (
    Step(
        lambda f: f.suspended,
        Suggestion("stop", _("Do nothing"), _("The mandate is suspended."), 90),
    ),
    Step(
        lambda f: "plan" in f.holds or f.plan == "active",
        Suggestion("leave", _("Leave in peace"), _("A plan is being kept."), 80),
    ),
    Step(
        lambda f: bool(f.holds),
        Suggestion("wait", _("Wait"), _("The claim is on hold until somebody decides."), 85),
    ),
    Step(
        lambda f: f.call_back_at is not None and f.call_back_at <= f.at,
        Suggestion("call_back", _("Call back"), _("The agreed time has come."), 5),
    ),
    Step(
        lambda f: f.plan == "proposed",
        Suggestion(
            "wait_creditor", _("Wait for the creditor"), _("A plan was proposed by the debtor."), 70
        ),
    ),
    Step(
        lambda f: f.last_result == "hardship",
        Suggestion(
            "offer_pause",
            _("Offer a plan or a pause"),
            _("The debtor wants to pay but cannot."),
            10,
        ),
    ),
    Step(
        lambda f: f.last_result == "disputes",
        Suggestion(
            "show_dispute",
            _("Show how to contest"),
            _("The debtor says the claim is wrong."),
            12,
        ),
    ),
    Step(
        _due_soon,
        Suggestion(
            "remind_promise", _("Remind of the promise"), _("The promised day is near."), 15
        ),
    ),
    Step(
        lambda f: f.promise_due_on is not None,
        Suggestion("await_promise", _("Wait"), _("There is an open promise."), 60),
    ),
    Step(
        lambda f: f.call_back_at is not None,
        Suggestion("await_call", _("Wait"), _("A call is agreed for later."), 55),
    ),
    Step(
        lambda f: f.last_promise == "broken",
        Suggestion(
            "offer_plan",
            _("Offer a plan"),
            _("The last promise was not kept; smaller parts may be."),
            20,
        ),
    ),
    Step(
        lambda f: f.last_attempt_at is None and f.noticed,
        Suggestion(
            "first_contact",
            _("Make the first contact"),
            _("The platform has told the debtor of the claim; you have not been in touch yet."),
            25,
        ),
    ),
    Step(
        lambda f: f.last_attempt_at is None,
        Suggestion(
            "first_notice", _("Send the first notice"), _("Nobody has told the debtor yet."), 25
        ),
    ),
    Step(
        lambda f: f.unanswered >= MANY_UNANSWERED,
        Suggestion(
            "write", _("Write instead of calling"), _("The last calls were not answered."), 30
        ),
    ),
    Step(
        _ending,
        Suggestion(
            "prepare_return", _("Prepare to give back"), _("The mandate ends within a week."), 35
        ),
    ),
    Step(
        _called_lately,
        Suggestion(
            "wait_answer", _("Wait"), _("The last contact was less than three days ago."), 50
        ),
    ),
    Step(
        lambda _facts: True,
        Suggestion(
            "call", _("Call"), _("No agreement yet, and nothing speaks against a call."), 40
        ),
    ),
)

"""Write a verdict as the JSON object of the contract."""

from datetime import datetime
from typing import Any

from qinghe.rules.contact.facts import Counters, Verdict


def verdict_row(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as an object ready for JSON; moments in UTC."""
    return {
        "decision": verdict.decision,
        "rules": verdict.rules,
        "counters": counters_row(verdict.counters),
        "next_allowed_at": _moment(verdict.next_allowed_at),
        "must_end_by": _moment(verdict.must_end_by),
    }


def counters_row(counters: Counters) -> dict[str, Any]:
    """Return counters as an object ready for JSON."""
    return {
        "cn_talks_today": counters.cn_talks_today,
        "cn_oneway_today": counters.cn_oneway_today,
        "cn_unanswered_today": counters.cn_unanswered_today,
        "us_calls_7d": counters.us_calls_7d,
        "us_last_talk": {
            debt: None if day is None else day.isoformat()
            for debt, day in counters.us_last_talk.items()
        },
        "us_ma_calls_7d": counters.us_ma_calls_7d,
        "person_answered_today": counters.person_answered_today,
        "person_dials_today": counters.person_dials_today,
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()

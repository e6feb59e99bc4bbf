"""Every reckoning tells its steps, and every step the law it rests on, in both languages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from qinghe.rules import steps
from qinghe.rules.check import check_line
from qinghe.rules.packs import rule
from qinghe.rules.situations import lines

JUDGED = {"contact", "utterance", "errors"}
RECKONED = [(file, line) for file, line in lines() if file not in JUDGED]


def answers() -> list[tuple[str, dict[str, Any]]]:
    told = [(file, json.loads(check_line(line.encode()))) for file, line in RECKONED]
    return [(file, answer["output"]) for file, answer in told if "output" in answer]


def test_every_reckoning_tells_its_steps() -> None:
    silent = [file for file, output in answers() if not output["steps"] and file != "allocation"]
    assert silent == []


def test_every_step_names_its_law_and_reads_in_both_languages() -> None:
    for _, output in answers():
        for told in output["steps"]:
            assert rule(told["rule"]).source in told["source"]
            assert told["text"].endswith(".")
            assert told["text_zh"].endswith("。")
            assert "None" not in told["text"] + told["text_zh"], told


def test_every_sentence_of_the_steps_is_told_in_both_languages() -> None:
    for key, sentence in steps._sentences().items():
        assert set(sentence) == {"zh", "en"}, key


@pytest.mark.parametrize(
    ("kind", "given", "texts"),
    [
        (
            "delayed_interest",
            {
                "currency": "CNY",
                "judgment_money_minor": 1000000,
                "term_ended_on": "2026-01-10",
                "as_of": "2026-01-30",
                "payments": [{"on": "2026-01-20", "amount_minor": 400000}],
                "excluded_periods": [
                    {"from": "2026-01-12", "to": "2026-01-13"},
                    {"from": "2026-01-15", "to": "2026-01-16", "at_debtor_request": True},
                ],
            },
            [
                "From the day after 2026-01-10, unpaid judgment money bears 0.0175 % a day.",
                "The days from 2026-01-12 to 2026-01-13 do not count.",
                "The days from 2026-01-15 to 2026-01-16 count, because the debtor asked for them.",
                "400000 (minor units) was late for 8 days: 560 of doubled interest.",
                "600000 (minor units) was late for 18 days: 1890 of doubled interest.",
            ],
        ),
        (
            "dishonest_list",
            {
                "ground": 1,
                "decision_on": "2026-03-02",
                "as_of": "2026-03-10",
                "events": [{"type": "full_performance", "on": "2026-03-06"}],
                "correction_received_on": "2026-03-03",
                "correction_granted_on": "2026-03-04",
                "calendar": {},
            },
            [
                "Nothing bars the entry.",
                "The reason of the entry falls away on 2026-03-06; it is hidden from the next day.",
                "The court has to delete the entry by 2026-03-11.",
                "The court has to decide on the correction by 2026-03-18.",
                "The court has to make the correction by 2026-03-09.",
            ],
        ),
        (
            "fee_plan",
            {
                "components": [
                    {"kind": "recovered_amount", "weight_pct": "60"},
                    {"kind": "compliance", "weight_pct": "40"},
                ]
            },
            ["Recovered money is not the only measure."],
        ),
        (
            "interest_cap",
            {
                "op": "intake",
                "lender_kind": "small_loan_company",
                "contract_on": "2025-11-30",
                "all_in_pct": "36",
            },
            ["The contract of 2025-11-30 is older than the rule."],
        ),
    ],
)
def test_a_reckoning_can_be_followed(kind: str, given: dict[str, Any], texts: list[str]) -> None:
    case = {"id": "x", "kind": kind, "packs": ["CN"], "input": given}
    output = json.loads(check_line(json.dumps(case).encode()))["output"]
    assert [told["text"] for told in output["steps"]] == texts


def test_a_notice_tells_what_it_demands() -> None:
    given = {
        "sent_on": "2026-03-02",
        "as_of": "2026-03-20",
        "demanded_pay_by": "2026-03-15",
        "disputes": [{"received_on": "2026-03-12", "form": "written", "kind": "dispute"}],
    }
    case = {"id": "x", "kind": "validation_notice", "packs": ["US"], "input": given}
    output = json.loads(check_line(json.dumps(case).encode()))["output"]
    assert [told["rule"] for told in output["steps"]] == [
        "US-VAL-04",
        "US-DSP-01",
        "US-DSP-01",
        "US-DSP-02",
    ]

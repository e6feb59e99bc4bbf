"""Sentences: every rule of contact speaks to both sides, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qinghe.rules import contact, steps
from qinghe.rules.explain import citation, sentence
from qinghe.rules.packs import load_packs, read_yaml, rule

SOURCES = "".join(
    path.read_text(encoding="utf-8") for path in Path(contact.__path__[0]).glob("*.py")
)
RULES = {each.id: each for pack in load_packs().values() for each in pack.rules}
# Rules the evaluator names only to read their numbers.
FIRING = sorted(
    rule_id
    for rule_id in set(re.findall(r'"([A-Z]{2,3}-[A-Z]+-\d\d)"', SOURCES))
    if RULES[rule_id].level != "info"
)
STEPS = read_yaml("steps.yaml")


@pytest.mark.parametrize("rule_id", FIRING)
@pytest.mark.parametrize("audience", ["worker", "debtor"])
def test_a_rule_of_contact_has_a_sentence(rule_id: str, audience: str) -> None:
    told_zh = sentence(rule_id, "zh-hans", audience)
    told_en = sentence(rule_id, "en", audience)

    assert re.search(r"[\u4e00-\u9fff]", told_zh)
    assert told_zh.endswith("。")
    assert told_en.isascii()
    assert told_en.endswith(".")
    assert "{" not in told_zh + told_en


def test_every_rule_of_the_platform_has_a_sentence() -> None:
    told = read_yaml("sentences.yaml")
    assert {each.id for each in load_packs()["PLT"].rules} <= set(told)
    assert set(told) <= set(RULES)


def test_the_numbers_of_a_sentence_come_from_the_rule() -> None:
    assert str(rule("CN-FRQ-01").number("max")) in sentence("CN-FRQ-01", "en")
    assert str(rule("US-FRQ-01").number("days")) in sentence("US-FRQ-01", "zh")


def test_a_rule_without_a_sentence_says_its_title() -> None:
    assert sentence("CN-CON-01", "en") == rule("CN-CON-01").title_en


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(LookupError):
        sentence("CN-XXX-99")


def test_a_citation_does_not_repeat_itself() -> None:
    assert citation("US-BK-01").count("362(a)(6)") == 1
    assert "not seen" not in citation("CN-WIN-01")


@pytest.mark.parametrize("key", sorted(STEPS))
def test_a_step_speaks_both_languages_of_the_same_facts(key: str) -> None:
    fields = [set(re.findall(r"{(\w+)}", STEPS[key][lang])) for lang in ("zh", "en")]
    assert fields[0] == fields[1]


def test_every_step_that_is_named_has_a_sentence() -> None:
    package = Path(steps.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in package.glob("*.py"))
    named = set(re.findall(r'step\([\w.\[\]"-]+, "([a-z_.]+)"', source))
    assert named <= set(STEPS)

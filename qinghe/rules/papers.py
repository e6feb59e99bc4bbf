"""The papers of a whole pack as plain values, to be kept with decisions made under it."""

from typing import Any

from qinghe.rules.explain import AUDIENCES, LANGUAGES, citation, sentence
from qinghe.rules.packs import Rule, load_packs


def papers_of(pack: str) -> dict[str, dict[str, Any]]:
    """
    Return every rule of a pack by its id: titles, source, level, grade, numbers, sentences.

    Titles and sentences are by language, sentences by audience first. Plain JSON values.

    :raises LookupError: no such pack
    """
    return {each.id: rule_papers(each) for each in load_packs()[pack].rules}


def rule_papers(rule: Rule) -> dict[str, Any]:
    """Return the papers of one rule, as `papers_of` does for all of a pack."""
    return {
        "title": {"zh": rule.title_zh, "en": rule.title_en},
        "citation": citation(rule.id),
        "level": rule.level,
        "grade": rule.grade,
        "text": rule.text,
        "parameters": dict(rule.parameters),
        "sentence": {
            audience: {lang: sentence(rule.id, lang, audience) for lang in LANGUAGES}
            for audience in AUDIENCES
        },
    }

"""Say a rule in one sentence that a clerk or a worried debtor understands."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from qinghe.rules.packs import PackError, read_yaml, rule

AUDIENCES = ("worker", "debtor")
LANGUAGES = ("zh", "en")


def sentence(rule_id: str, lang: str = "zh", audience: str = "worker") -> str:
    """
    Return what people read when a rule stops or cautions a contact.

    `lang` may be any tag that begins with `zh`; every other is answered in English. A rule
    without a sentence of its own answers with its title.

    :raises LookupError: no pack has the rule, or the audience is neither worker nor debtor
    """
    language = "zh" if lang.startswith("zh") else "en"
    known = _sentences().get(rule_id)
    if known is None:
        return rule(rule_id).title(language)
    return known[audience, language]


def citation(rule_id: str) -> str:
    """
    Return where the rule stands: source and clause, or the source alone.

    :raises LookupError: no pack has the rule
    """
    found = rule(rule_id)
    repeated = not found.clause or found.clause in found.source or "not " in found.clause
    return found.source if repeated else f"{found.source} {found.clause}"


@cache
def _sentences() -> Mapping[str, Mapping[tuple[str, str], str]]:
    content = read_yaml("sentences.yaml")
    return MappingProxyType({rule_id: _filled(rule_id, row) for rule_id, row in content.items()})


def _filled(rule_id: str, row: Mapping[str, Mapping[str, str]]) -> Mapping[tuple[str, str], str]:
    facts = dict(rule(rule_id).parameters)
    try:
        return MappingProxyType(
            {
                (audience, language): row[audience][language].format_map(facts)
                for audience in AUDIENCES
                for language in LANGUAGES
            }
        )
    except KeyError as missing:
        raise PackError(f"{rule_id}: a sentence lacks {missing}") from missing

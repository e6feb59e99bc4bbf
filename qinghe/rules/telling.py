"""Tell an answer of `check` in words: the result, the rules and steps behind it, and their law."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from qinghe.rules.check import check_lines
from qinghe.rules.explain import citation, sentence

Answer = Mapping[str, Any]


def tell_lines(lines: Iterable[bytes], lang: str) -> Iterator[str]:
    """
    Answer every case in words, lazily and in order; several lines for each, a blank one last.

    `lang` may be any tag that begins with `zh`; every other is answered in English.
    """
    for number, line in enumerate(check_lines(lines), 1):
        answer = json.loads(line)
        # A line that could not be read has no name of its own.
        name = f"case {number}" if answer["id"] is None else answer["id"]
        yield from _told(name, answer, lang)
        yield ""


def _told(name: str, answer: Answer, lang: str) -> Iterator[str]:
    if "error" in answer:
        defect = answer["error"]
        yield f"{name}: {defect['code']} ({defect['message']})"
        return
    output = answer["output"]
    yield f"{name}: {_result(output)}"
    # Steps already tell the rules they rest on.
    for rule_id in () if "steps" in output else output.get("rules", ()):
        yield f"  {rule_id} {sentence(rule_id, lang)} [{citation(rule_id)}]"
    text = "text_zh" if lang.startswith("zh") else "text"
    for step in output.get("steps", ()):
        yield f"  {step['rule']} {step[text]} [{step['source']}]"


def _result(output: Answer) -> str:
    """Return the plain values of an output, as a clerk would copy them."""
    values = ((name, value) for name, value in output.items() if name not in ("steps", "counters"))
    return ", ".join(
        f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in values if value != []
    )

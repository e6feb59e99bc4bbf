"""The exam of a collector: its questions, a fair draw, and what counts as passed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

import yaml

from qinghe import parties


@dataclass(frozen=True)
class Question:
    """One question in two languages; `answers` are (zh, en), the first is right."""

    key: str
    rule: str
    zh: str
    en: str
    answers: tuple[tuple[str, str], ...]
    figure: str = ""


@dataclass(frozen=True)
class Bank:
    """The questions of one edition, and how a sitting goes."""

    edition: str
    draw: int
    needed: int
    minutes: int
    valid_days: int
    questions: tuple[Question, ...]

    def one(self, key: str) -> Question | None:
        """Return a question by its key; None when this edition has it no more."""
        return next((each for each in self.questions if each.key == key), None)


@dataclass(frozen=True)
class Shown:
    """A question as it is shown: the words of its answers by their place, which says nothing."""

    key: str
    rule: str
    words: str
    answers: tuple[tuple[int, str], ...]


@cache
def bank() -> Bank:
    """Return the edition that is shipped."""
    data = yaml.safe_load(files(parties).joinpath("exam.yaml").read_text("utf-8"))
    return Bank(
        edition=data["bank"],
        draw=data["draw"],
        needed=data["pass"],
        minutes=data["minutes"],
        valid_days=data["valid_days"],
        questions=tuple(_question(each) for each in data["questions"]),
    )


def drawn(chance: Random) -> list[dict[str, Any]]:
    """Draw the questions of a sitting, each once, with its answers in a random order."""
    one = bank()
    chosen = chance.sample(one.questions, one.draw)
    return [
        {"key": each.key, "order": chance.sample(range(len(each.answers)), len(each.answers))}
        for each in chosen
    ]


def shown(paper: Sequence[Mapping[str, Any]], lang: str) -> list[Shown]:
    """Return a drawn paper in words, in Chinese (`zh…`) or English."""
    found = []
    for drawing in paper:
        question = bank().one(drawing["key"])
        if question is not None:
            zh = lang.startswith("zh")
            answers = tuple(
                (place, question.answers[number][0 if zh else 1])
                for place, number in enumerate(drawing["order"])
            )
            words = question.zh if zh else question.en
            found.append(Shown(question.key, question.rule, words, answers))
    return found


def right_answers(paper: Sequence[Mapping[str, Any]], answers: Mapping[str, int]) -> int:
    """Count the right answers, given as places; one that was not given is wrong."""
    return sum(
        drawing["key"] in answers and answers[drawing["key"]] == drawing["order"].index(0)
        for drawing in paper
    )


def _question(row: Mapping[str, Any]) -> Question:
    answers = tuple((str(zh), str(en)) for zh, en in row["answers"])
    return Question(row["key"], row["rule"], row["zh"], row["en"], answers, row.get("figure", ""))

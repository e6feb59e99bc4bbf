"""
How well screening tells lawful from unlawful sentences.

`tuned` was looked at while the lexicon was written; `held_out` was read once, when it was done. Its
sentences B are by the author of the lexicon, those marked EV by another, who had tuned on EW to EZ.
`unseen` is by a third author, who wrote it together with the sentences C of `tuned`, parted them by
theme and language, and measured it twice: before anything was changed for C, and at the end. The
files of sentences with `TEXT` are what the models were trained on; none of `held_out` and `unseen`
is in them.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from qinghe.rules.check import check_lines
from qinghe.rules.screen.hearing import model
from qinghe.rules.screen.terms import Utterance
from qinghe.rules.screen.training import measure, read_samples
from qinghe.rules.screen.verdict import screen

FOLDER = Path(__file__).parent / "utterance"
# Least share of unlawful sentences refused, and most of lawful ones, by file.
FLOORS = {"tuned": (0.97, 0.03), "held_out": (0.97, 0.03), "unseen": (0.91, 0.07)}
TRAINED = ("house.csv", "grammar.csv", "others.csv", "demands.csv")


@pytest.mark.parametrize("name", FLOORS)
def test_unlawful_sentences_are_refused_and_lawful_ones_pass(name: str) -> None:
    lines = (FOLDER / f"{name}.jsonl").read_bytes().splitlines()
    cases = [json.loads(line) for line in lines]
    got = [json.loads(answer)["output"]["decision"] for answer in check_lines(lines)]
    wrong = {"deny": 0, "allow": 0}
    for case, decision in zip(cases, got, strict=True):
        wanted = case["expect"]["decision"]
        wrong[wanted] += decision != wanted
    total = {each: sum(c["expect"]["decision"] == each for c in cases) for each in wrong}

    least, most = FLOORS[name]
    assert 1 - wrong["deny"] / total["deny"] >= least
    assert wrong["allow"] / total["allow"] <= most


def test_enough_sentences_of_both_kinds_were_written() -> None:
    lines = [
        json.loads(line)
        for name in FLOORS
        for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    assert len(lines) >= 300
    assert {each["input"]["lang"] for each in lines} == {"zh", "zh-Hant", "en", "mixed"}
    assert len({each["input"]["text"] + each["input"]["role"] for each in lines}) > 390


def test_nothing_held_out_was_trained_on() -> None:
    held = [
        json.loads(line)
        for name in ("held_out", "unseen")
        for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    trained = {
        row["TEXT"]
        for name in TRAINED
        for row in csv.DictReader((FOLDER / name).read_text("utf-8").splitlines())
    }
    assert len(trained) > 1000
    assert not trained & {each["input"]["text"] for each in held}


def test_offensive_comments_are_heard_as_well_as_the_reference() -> None:
    file = _data("cold", "dev_masked.csv")
    with file.open(encoding="utf-8", newline="") as lines:
        found = measure(model("insult.bin"), read_samples(lines))

    assert found.macro_f1 >= 0.792 - 0.02


def test_everyday_talk_raises_no_alarm() -> None:
    turns = list(_user_turns(_data("crosswoz", "val.json.zip")))
    alarms = sum(screen(Utterance(turn, "debtor", identity_verified=True)).denied for turn in turns)

    assert len(turns) > 4000
    assert alarms / len(turns) <= 0.01


def test_hostile_strings_are_answered() -> None:
    for text in json.loads(_data("naughty", "blns.json").read_text("utf-8")):
        screen(Utterance(text, "debtor"), ("CN", "US"))


def _user_turns(file: Path) -> Iterator[str]:
    with ZipFile(file) as packed:
        talks = json.loads(packed.read("val.json"))
    for talk in talks.values():
        yield from (each["content"] for each in talk["messages"] if each["role"] == "usr")


def _data(*names: str) -> Path:
    folder = os.environ.get("QINGHE_DATA")
    path = Path(folder or "", *names)
    if not folder or not path.exists():
        pytest.skip(f"QINGHE_DATA names no folder with {'/'.join(names)}")
    return path

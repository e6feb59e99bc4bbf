"""
Judge the mutants of the contact rules, and tell the share that the tests notice.

Prints a table per module, or with `--json` the same as one object with every survivor. The status
is 1 below the share asked for, and 2 where nothing can be judged.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from qinghe.rules.packs import load_packs
from tests.mutants.equivalents import Outdated, Place, check_against, reasons
from tests.mutants.judging import SURVIVED, who_noticed
from tests.mutants.places import Mutant, chosen, mutants_of, unchanged

COLUMNS: Final = ("mutants", "judged", "killed", "survived", "equivalent", "rate", "rate_of_real")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", help="such as hours frequency; all without")
    parser.add_argument("--minutes", type=float, default=30, help="stop after so many")
    parser.add_argument("--share", type=float, default=0.95, help="of all mutants, to be killed")
    parser.add_argument("--laws", action="store_true", help="ask the drawn examples too")
    parser.add_argument("--json", action="store_true", help="print one JSON object, with survivors")
    parser.add_argument("--resume", type=Path, help="keep answers in this file, and go on from it")
    parser.add_argument("--again", action="store_true", help="ask anew about kept survivors")
    return parser.parse_args()


def main() -> None:
    """Judge mutants until all are judged or the time is over."""
    asked = _asked()
    ends = time.monotonic() + asked.minutes * 60
    # Read before the fork, so that no mutant pays for it; the contact rules are not.
    load_packs()
    try:
        paths, known = chosen(asked.modules), reasons()
        every = [mutant for path in paths for mutant in mutants_of(path)]
        check_against(known, every)
    except (Outdated, ValueError) as fault:
        sys.exit(_unable(str(fault)))
    answers = _kept(asked.resume, again=asked.again)
    waiting = [each for each in every if each.digest not in answers]
    if waiting and who_noticed(unchanged(paths[0]), laws=asked.laws) != SURVIVED:
        sys.exit(_unable("the tests fail on the contact rules as they are"))
    for mutant in waiting:
        if time.monotonic() > ends:
            break
        answers[mutant.digest] = who_noticed(mutant, laws=asked.laws)
        _keep(asked.resume, mutant, answers[mutant.digest])
    told = report(every, answers, known)
    print(json.dumps(told, indent=1) if asked.json else table(told))
    sys.exit(told["all"]["rate"] < asked.share)


def _unable(why: str) -> int:
    print(why, file=sys.stderr)
    return 2


def _kept(path: Path | None, *, again: bool) -> dict[str, str]:
    """
    Return the answers of an earlier run, by the source they are about; the last counts.

    The tests are no part of that: begin a new file after taking some away.
    """
    if path is None or not path.exists():
        return {}
    answers: dict[str, str] = {}
    for line in path.read_text("utf-8").splitlines():
        # A run that was cut off may have left half a row.
        with suppress(ValueError, KeyError):
            row = json.loads(line)
            answers[row["digest"]] = row["noticed"]
    return {each: who for each, who in answers.items() if not (again and who == SURVIVED)}


def _keep(path: Path | None, mutant: Mutant, who: str) -> None:
    if who == SURVIVED:
        print(f"{mutant.module}:{mutant.line} {mutant.now}", file=sys.stderr, flush=True)
    if path is not None:
        row = {"digest": mutant.digest, "noticed": who, **_told(mutant)}
        with path.open("a", encoding="utf-8") as file:
            file.write("\n" + json.dumps(row, ensure_ascii=False))


def _told(mutant: Mutant) -> dict[str, Any]:
    names = ("function", "line", "operator", "was", "now")
    return {"module": mutant.stem, **{name: getattr(mutant, name) for name in names}}


def report(
    every: Iterable[Mutant], answers: Mapping[str, str], known: Mapping[Place, str]
) -> dict[str, Any]:
    """Return the figures of every module, of each kind of change and of all, and the survivors."""
    every = list(every)
    judged = [each for each in every if each.digest in answers]
    left = [each for each in judged if answers[each.digest] == SURVIVED]
    modules, kinds = ({_name(each, key): None for each in every} for key in ("stem", "operator"))
    return {
        "modules": {
            name: _figures([each for each in every if each.stem == name], answers, known)
            for name in modules
        },
        "kinds": {
            name: _figures(
                [each for each in every if _name(each, "operator") == name], answers, known
            )
            for name in kinds
        },
        "all": _figures(every, answers, known),
        "survivors": [_told(each) | {"equivalent": known.get(each.place)} for each in left],
    }


def _name(mutant: Mutant, key: str) -> str:
    return str(getattr(mutant, key)).partition("_")[0]


def _figures(
    every: list[Mutant], answers: Mapping[str, str], known: Mapping[Place, str]
) -> dict[str, float]:
    judged = [each for each in every if each.digest in answers]
    left = [each for each in judged if answers[each.digest] == SURVIVED]
    same = sum(each.place in known for each in left)
    killed = len(judged) - len(left)
    return {
        "mutants": len(every),
        "judged": len(judged),
        "killed": killed,
        "survived": len(left) - same,
        "equivalent": same,
        "rate": _share(killed, len(judged)),
        "rate_of_real": _share(killed, len(judged) - same),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def table(told: Mapping[str, Any]) -> str:
    """Return the figures as lines of text; `rate_of_real` leaves the equivalent ones out."""
    rows = [("module", *COLUMNS)]
    for name, figures in [*told["modules"].items(), ("all", told["all"])]:
        rows.append((name, *(str(figures[column]) for column in COLUMNS)))
    return "\n".join("  ".join(f"{cell:>12}" for cell in row) for row in rows)


if __name__ == "__main__":
    main()

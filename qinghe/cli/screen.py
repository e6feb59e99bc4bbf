"""`qinghe screen`: judge a sentence before it is said, and train the models that help to."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Annotated

import typer

from qinghe.cli.output import AsJson, show_json
from qinghe.rules.check import read_packs
from qinghe.rules.contact.terms import CHANNELS, ROLES
from qinghe.rules.packs import PACK_NAMES
from qinghe.rules.reading import CaseError
from qinghe.rules.screen import training
from qinghe.rules.screen.lexicon import act
from qinghe.rules.screen.linear import unpack
from qinghe.rules.screen.reading import read_utterance, screening_row
from qinghe.rules.screen.terms import FACTS, SURFACES, Screening
from qinghe.rules.screen.verdict import screen

app = typer.Typer(no_args_is_help=True)
DENIED = 1


Words = str | list[str] | None


def _among(known: Collection[str]) -> Callable[[Words], Words]:
    """Return a check that names every word an option knows when it is given another."""

    def check(given: Words) -> Words:
        for word in [given] if isinstance(given, str) else given or ():
            if word not in known:
                raise typer.BadParameter(f"{word!r} is none of {', '.join(sorted(known))}.")
        return given

    return check


@app.callback()
def screening() -> None:
    """Judge a sentence by the rules, or train the models."""


@app.command("text")
def screen_text(
    text: Annotated[str, typer.Argument(help="What would be said or sent.")],
    role: Annotated[
        str, typer.Option(help="Who would hear it: debtor, spouse, ….", callback=_among(ROLES))
    ] = "debtor",
    channel: Annotated[
        str,
        typer.Option(help="voice, sms, im, email, letter or visit.", callback=_among(CHANNELS)),
    ] = "sms",
    surface: Annotated[
        str, typer.Option(help="message, voicemail or envelope.", callback=_among(SURFACES))
    ] = "message",
    fact: Annotated[
        list[str] | None,
        typer.Option(help="A fact that holds, such as time_barred.", callback=_among(FACTS)),
    ] = None,
    pack: Annotated[
        list[str] | None,
        typer.Option(help="A pack to judge by; CN if none.", callback=_among(PACK_NAMES)),
    ] = None,
    verified: Annotated[bool, typer.Option(help="The person's identity is known.")] = True,
    as_json: AsJson = False,
) -> None:
    """Say whether a text may leave; ends with 1 when it may not."""
    row = {"text": text, "role": role, "channel": channel, "surface": surface}
    facts = dict.fromkeys(fact or (), True)
    try:
        said = read_utterance({**row, "identity_verified": verified, "facts": facts})
        answer = screen(said, read_packs({"packs": pack or ["CN"]}))
    except CaseError as defect:
        raise typer.BadParameter(f"{defect.code}: {defect.message}") from defect
    if as_json:
        show_json(screening_row(answer))
    else:
        _tell(text, answer)
    raise typer.Exit(DENIED if answer.denied else 0)


def _tell(text: str, answer: Screening) -> None:
    typer.echo(answer.decision)
    for found in answer.findings:
        title = act(found.act)
        typer.echo(f"  {title.title_en} / {title.title_zh}: {text[found.start : found.end]}")
        typer.echo(f"    {', '.join(found.rules)}")
        typer.echo(f"    {found.say_zh}")
        typer.echo(f"    {found.say_en}")


@app.command("train")
def train(
    files: Annotated[
        list[Path], typer.Argument(help="CSV with the columns label (0 or 1) and TEXT.")
    ],
    out: Annotated[Path, typer.Option(help="The file of weights to write.")],
    test: Annotated[Path | None, typer.Option(help="CSV that the model is measured on.")] = None,
    bits: Annotated[int, typer.Option(help="Slots, as a power of two.", min=8, max=22)] = 18,
    rounds: Annotated[int, typer.Option(help="Times every text is read.", min=1)] = 3,
    threshold: Annotated[float, typer.Option(help="From which score on it is believed.")] = 1.5,
    meanings: Annotated[
        bool, typer.Option("--meanings", help="Learn from the meanings of words as well.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Train a model on texts that are examples (1) and texts that are not (0)."""
    samples = [each for file in files for each in _samples(file, bits, meanings)]
    raw = training.train(
        samples,
        bits=bits,
        epochs=rounds,
        threshold=threshold,
        with_meanings=meanings,
        progress=lambda line: typer.echo(line, err=True),
    )
    out.write_bytes(raw)
    answer: dict[str, object] = {"texts": len(samples), "bytes": len(raw)}
    if test is not None:
        found = training.measure(unpack(raw), _samples(test, bits, meanings))
        answer |= {"tested": found.rows, "macro_f1": round(found.macro_f1, 4)}
    show_json(answer) if as_json else typer.echo(
        "; ".join(f"{name}: {value}" for name, value in answer.items())
    )


def _samples(file: Path, bits: int, meanings: bool) -> list[training.Sample]:
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            return training.read_samples(lines, bits, with_meanings=meanings)
    except (OSError, UnicodeDecodeError, ValueError) as fault:
        raise typer.BadParameter(f"{file}: {fault}") from fault

"""Every command, where it lives and what it needs; help is shown from here, so it is quick."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Noun:
    """
    One command or group of commands: a module with a Typer called `app`.

    `django` sets Django up before the module is imported; `database` (which implies it) also
    starts the embedded PostgreSQL before a command runs, though not for its `--help`.
    """

    module: str
    help: str
    django: bool = True
    database: bool = True


def _bare(module: str, text: str) -> Noun:
    return Noun(module, text, django=False, database=False)


NOUNS: Final[dict[str, Noun]] = {
    "run": _bare("qinghe.cli.run", "Serve the platform: database, web and worker, until Ctrl-C."),
    "stop": _bare("qinghe.cli.stop", "Stop what runs in this data folder, the database too."),
    "status": _bare("qinghe.cli.status", "Tell what runs in this data folder."),
    "migrate": Noun("qinghe.cli.migrate", "Bring the database to this release's tables."),
    "organisation": Noun("qinghe.cli.organisation", "Register and list organisations."),
    "party": Noun("qinghe.cli.party", "What is proven of parties, and what waits."),
    "grade": Noun("qinghe.cli.grade", "Grades of collectors: what is published, and why."),
    "directory": Noun("qinghe.cli.directory", "Agencies that agreed to be listed; quotations due."),
    "team": Noun("qinghe.cli.team", "A collector's own team: its lead, its room, giving out."),
    "user": Noun("qinghe.cli.user", "Accounts that sign in, their roles and keys."),
    "import": Noun("qinghe.cli.imports", "Take a creditor's file of claims."),
    "papers": Noun("qinghe.cli.papers", "Send papers for many claims: look, then add."),
    "bid": Noun("qinghe.cli.bid", "Open sealed bids, prove it was honest, keep cost figures."),
    "claim": Noun("qinghe.cli.claim", "Post one claim by hand, or calculate one again."),
    "package": Noun("qinghe.cli.package", "Packages of orders: what is open, and tidying up."),
    "prospect": Noun("qinghe.cli.prospect", "What offering a creditor's claims would bring."),
    "reconcile": Noun(
        "qinghe.cli.reconcile", "Compute a loan file's sums anew, to the cent.", database=False
    ),
    "month": Noun("qinghe.cli.month", "Months: what is open, what is closed, their statements."),
    "payments": Noun("qinghe.cli.payments", "Book payments from a creditor's file; reverse one."),
    "ledger": Noun(
        "qinghe.cli.ledger", "What accounts hold or held on a day; the books for accounting."
    ),
    "payouts": Noun("qinghe.cli.payouts", "Payout runs, the bank's file, the bank's answers."),
    "debits": Noun("qinghe.cli.debits", "Runs of direct debits, the bank's file and its answers."),
    "statement": Noun("qinghe.cli.statement", "The bank's statements, and money in suspense."),
    "letters": Noun("qinghe.cli.letters", "Letters that wait for the printer."),
    "hold": Noun("qinghe.cli.hold", "Stop contact with a debtor, and let it go on."),
    "integrity": Noun("qinghe.cli.integrity", "Signs of collusion and the like, and what waits."),
    "explain": Noun("qinghe.cli.explain", "Tell why a contact was permitted or refused."),
    "whatif": Noun("qinghe.cli.whatif", "Replay past contacts against a draft of house rules."),
    "dispatch": Noun("qinghe.cli.dispatch", "Run a dispatch window, and list what was decided."),
    "verify": Noun("qinghe.cli.verify", "Check that the installation keeps its promises."),
    "journal": Noun("qinghe.cli.journal", "Seal the journal, and prove that nobody changed it."),
    "vault": Noun("qinghe.cli.vault", "Rotate the keys of the personal data."),
    "simulate": Noun("qinghe.cli.simulate", "Run a market under a virtual clock."),
    "synthesise": Noun(
        "qinghe.cli.synthesise", "Write files of invented claims, to try an import.", database=False
    ),
    "bench": Noun("qinghe.cli.bench", "Measure a hot path against its limit."),
    "check": _bare("qinghe.cli.check", "Judge recorded contacts, in JSON lines, by the rules."),
    "screen": _bare(
        "qinghe.cli.screen", "Tell whether a sentence may be said to a debtor, and why."
    ),
}

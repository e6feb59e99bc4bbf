"""
Every clock of an installation, on one page. Nothing else runs by itself.

Times are UTC; a day of the market ends at 16:00 UTC (midnight in China). Each job is safe to run
twice and does work in proportion to what changed.
"""

from dataclasses import dataclass
from typing import Final

from procrastinate import App


@dataclass(frozen=True)
class Clock:
    """One periodic job: when, which task, and why then."""

    cron: str
    task: str
    why: str


CLOCKS: Final = (
    Clock("1 16 * * *", "parties.levels", "what a licence or authority opened closes on its day"),
    Clock("0 1 * * *", "parties.warn", "who must renew something soon is told in the morning"),
    Clock("* * * * *", "parties.retry", "registers that have not answered are asked again"),
    Clock("5 16 * * *", "claims.sweep", "a new day: stages change, interest accrues"),
    Clock("10 16 * * *", "casework.sweep", "promises and instalments of yesterday are judged"),
    Clock("40 * * * *", "casework.service", "orders left lying are warned about, then go back"),
    Clock("*/10 * * * *", "claims.challenges", "challenge windows end"),
    Clock("*/10 * * * *", "graph.traces", "organisations that are one hand are found"),
    Clock("*/10 * * * *", "risk.look", "changed claims are doubted; new ones were at once"),
    Clock("30 16 * * *", "risk.look-around", "doubts come from what others did, too"),
    Clock("*/10 * * * *", "claims.unanswered", "claims that nobody proves in time end"),
    Clock("*/10 * * * *", "claims.holds", "holds with an end are lifted"),
    Clock("*/5 * * * *", "claims.rescan", "files that wait for the scanner are shown to it"),
    Clock("*/10 * * * *", "market.expire", "listings and mandates end at their moment"),
    Clock("*/30 * * * *", "quality.integrity", "signs of collusion or idle orders are seen"),
    Clock("10 1 * * *", "market.searches", "who asked for it learns what is new in the hall"),
    Clock("* * * * *", "market.dispatch", "orders that wait are matched, a window at a time"),
    Clock("* * * * *", "ledger.time_out", "what is set aside and not posted in time is let go"),
    Clock("*/10 * * * *", "settlement.expire_orders", "cashier orders nobody paid expire"),
    Clock("*/10 * * * *", "settlement.lowerings", "collectors learn of claims that were lowered"),
    Clock("* * * * *", "settlement.ask_providers", "providers are asked when no notice came"),
    Clock("30 1 * * *", "settlement.debits", "instalments that are debited are told of in time"),
    Clock("* * * * *", "settlement.refunds", "money that is not ours goes back as it came"),
    Clock("5 * * * *", "settlement.suspense", "money in suspense is looked at again"),
    Clock("*/10 * * * *", "contact.notify", "debtors learn of a claim while they may contest it"),
    Clock("20 16 * * *", "contact.tally", "yesterday's refusals are counted by rule"),
    Clock("25 16 * * *", "quality.grade", "grades and ratios follow what the day changed"),
    Clock("30 18 * * *", "parties.forget", "old tries at the debtor's door are deleted"),
    Clock("35 18 * * *", "claims.forget", "row errors long decided and refused files are deleted"),
    Clock("40 18 * * *", "journal.forget", "answers kept for retries are deleted"),
    Clock("45 18 * * *", "sessions.forget", "sessions that have ended are deleted"),
    Clock("50 18 * * *", "queue.forget", "jobs that ended well long ago are deleted"),
    Clock("* * * * *", "queue.rescue", "jobs of a worker that died are done by another"),
    Clock("* * * * *", "claims.drop", "files in creditors' folders are taken"),
    Clock("* * * * *", "claims.resume", "batches of a worker that died are gone on with"),
    Clock("* * * * *", "claims.amounts", "amounts are checked with terms that came in a file"),
    Clock("* * * * *", "market.bids", "bids are sealed each minute and opened at their moment"),
    Clock("* * * * *", "market.quotes", "quotations are sealed, and opened at their hour"),
    Clock("*/10 * * * *", "market.team", "what came is given to members of teams"),
    Clock("* * * * *", "contact.release", "attempts a crash left behind get a named end"),
    Clock("* * * * *", "contact.end-calls", "no call runs past the hours in which it is allowed"),
    Clock("* * * * *", "journal.seal", "the journal is sealed in batches"),
)


def register(app: App) -> None:
    """Hang every clock on the queue; Django calls it once every task is known."""
    for clock in CLOCKS:
        app.periodic(cron=clock.cron, periodic_id=clock.task)(app.tasks[clock.task])

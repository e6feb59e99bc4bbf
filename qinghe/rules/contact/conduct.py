"""How: recording, sender, publicity, electronic messages, visits."""

from qinghe.rules.contact.case import Moment
from qinghe.rules.contact.facts import Visit
from qinghe.rules.contact.limits import limits

ELECTRONIC = frozenset({"sms", "email", "im"})
TELEPHONE = frozenset({"voice", "sms", "im"})


def check_conduct(moment: Moment) -> None:
    """Find every rule about the manner of contact that the act would break."""
    act = moment.case.act
    if act.public_visible:
        posting = act.channel in limits().posting_channels
        moment.fire("PLT-TP-01", "US-SOC-01", "UK-TP-01", "CN-DIS-02" if posting else "CN-DIS-03")
    private = act.sender_account == "private" and not act.private_account_approved
    if private and act.channel in TELEPHONE:
        moment.fire("CN-CHN-01")
    if act.channel == "voice" and act.recorded is False:
        moment.fire("CN-REC-01")
    if act.channel in ELECTRONIC and act.opt_out_included is False:
        moment.fire("US-EL-02")
    if act.channel == "visit":
        _check_visit(moment, act.visit)


def _check_visit(moment: Moment, visit: Visit) -> None:
    # A place nobody named may be a home.
    enclosed = visit.place is None or visit.place in limits().consent_places
    witnessed = visit.staff_count >= limits().visit_staff and visit.audio and visit.video
    if not witnessed or (enclosed and not visit.entry_consent):
        moment.fire("CN-VIS-01")
    if not visit.notice_given or moment.case.state.vulnerable or not visit.entry_consent:
        moment.fire("UK-VIS-01")

"""Which kind of paper a name tells, by its words. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from qinghe.claims.terms import EvidenceKind

# Longer words go first: 转让通知 is a notice, and neither an assignment nor a notice of another
# kind. A demand to pay is no notice of an assignment, so it proves nothing that is asked for.
WORDS: Final[dict[EvidenceKind, tuple[str, ...]]] = {
    EvidenceKind.CONTRACT: (
        "合同", "协议", "借条", "借据", "欠条", "领用合约", "合约", "申请表",
        "contract", "agreement", "loannote", "iou",
    ),
    EvidenceKind.TRANSFER: (
        "转账", "轉賬", "转帐", "放款", "打款", "汇款", "付款凭证", "支付凭证", "交付凭证", "出账",
        "回单", "transfer", "payout", "disbursement", "remittance",
    ),
    EvidenceKind.STATEMENT: (
        "流水", "对账单", "对帐单", "账单", "帐单", "还款明细", "还款记录", "交易明细", "还款计划",
        "statement", "ledger",
    ),
    EvidenceKind.ASSIGNMENT: (
        "转让", "轉讓", "债转", "债转协议", "债转合同", "转让合同", "转让协议",
        "转让协议书",
        "assignment", "assigned",
    ),
    EvidenceKind.NOTICE: (
        "转让通知", "转让通知书", "债权转让通知", "债权转让通知书", "转让暨催收通知", "转让公告",
        "债转通知", "债转通知书", "债权转让暨催收通知", "送达回证", "notice", "notification",
    ),
    EvidenceKind.INVOICE: ("发票", "發票", "invoice"),
    EvidenceKind.DELIVERY: (
        "送货单", "发货单", "验收单", "验收", "签收单", "收货单", "对账确认单", "delivery",
        "acceptance",
    ),
    EvidenceKind.JUDGMENT: (
        "判决", "判决书", "裁定", "裁定书", "裁决", "裁决书", "支付令", "调解书", "民事调解书",
        "执行证书", "judgment", "judgement", "award",
    ),
    EvidenceKind.MEDIATION: ("调解协议", "调解协议书", "和解协议", "和解协议书", "mediation"),
    EvidenceKind.AUTHORISATION: (
        "授权书", "授权", "人脸", "活体", "签约存证", "存证", "实名认证", "authorisation",
        "authorization",
    ),
    EvidenceKind.OTHER: (
        "催收函", "催收通知", "催收通知书", "催款函", "律师函", "身份证", "其他", "其它", "other",
        "dunning", "reminder",
    ),
}  # fmt: skip
_BY_LENGTH: Final = sorted(
    ((word, kind) for kind, words in WORDS.items() for word in words),
    key=lambda pair: -len(pair[0]),
)
_ALONE: Final = r"(?<![a-z]){}(?![a-z])"


def kinds_in(name: str) -> set[EvidenceKind]:
    """
    Return the kinds that a name tells: Chinese words anywhere, English ones as whole words.

    A word inside a longer one that was found does not count.
    """
    text, found = unicodedata.normalize("NFKC", name).lower(), set()
    for word, kind in _BY_LENGTH:
        pattern = _ALONE.format(word) if word.isascii() else word
        text, times = re.subn(pattern, "\0", text)
        if times:
            found.add(kind)
    return found

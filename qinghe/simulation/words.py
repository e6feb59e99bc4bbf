"""What people of a simulated market write, so that pages which show words have some to show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from qinghe.casework.terms import Result

HARDSHIP: Final = (
    "上个月厂里停工，还没有收入，想等复工后再还。",
    "家里老人住院，这两个月实在拿不出钱。",
    "刚换工作，要到下个月中旬才发第一笔工资。",
)
CONTEST: Final = (
    "九月已经还过一笔，这里没有算进去。",
    "利息和合同上写的不一样，请核对。",
    "",
)
COMPLAINT: Final = (
    "一天打了好几次，上班时间也打。",
    "我说过晚上再联系，中午还是打来。",
    "这周几乎天天打，说过了还是打。",
)
NOTES: Final = {
    Result.PROMISE: "说发工资后先还一部分。",
    Result.INFORMED: "已说明金额的来历和申诉渠道。",
    Result.REFUSES: "认为利息偏高，暂不愿意还。",
    Result.CALL_AGAIN: "正在开车，请换个时间再打。",
    Result.HARDSHIP: "收入中断，已告知可以申请暂缓。",
}


def said(words: Sequence[str], number: str) -> str:
    """Return what somebody says about a claim: the same words for the same number."""
    return words[sum(map(ord, number)) % len(words)]

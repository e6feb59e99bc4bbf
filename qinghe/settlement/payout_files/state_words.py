"""
What banks write of one payment in a table, cell by cell. A cell is known as a whole or not at all.

A part of a word proves nothing: what is "not paid" holds "paid". What is missing here, is half
done, revoked or stopped is for a person to look at.
"""

from __future__ import annotations

import unicodedata
from typing import Final

# The money has moved. "处理完成" is not here: banks write it of what they refused, too.
CHINESE_PAID: Final = (
    "成功 交易成功 付款成功 支付成功 处理成功 转账成功 汇款成功 代付成功 代发成功 扣款成功 代扣成功"
    " 代收成功 收款成功 入账成功 记账成功 已付 已付款 已支付 已入账 已到账 已扣款 完成 已完成"
    " 交易完成 付款完成"
)
ENGLISH_PAID: Final = ("paid", "success", "successful", "succeeded", "settled", "completed")
# The bank's last word: it has not moved, or has come back.
CHINESE_RETURNED: Final = (
    "失败 交易失败 付款失败 支付失败 处理失败 转账失败 汇款失败 代付失败 代发失败 扣款失败 代扣失败"
    " 代收失败 入账失败 记账失败 最终失败 退票 已退票 退汇 已退汇 退回 已退回 被退回 银行退回 退款"
    " 已退款 拒绝 已拒绝 银行拒绝 拒付 已拒付"
)
ENGLISH_RETURNED: Final = ("failed", "failure", "returned", "rejected", "refused", "bounced")
# Known, and nothing is decided; "success" of being handed in or checked is no payment.
CHINESE_WAITING: Final = (
    "处理中 交易处理中 银行处理中 付款中 支付中 待处理 待付款 待支付 待发送 待复核 待审批 待完成"
    " 已提交 提交成功 已受理 受理成功 已发送 发送成功 审核通过 审批通过 排队中"
)
ENGLISH_WAITING: Final = (
    "pending", "processing", "in progress", "in process", "submitted", "accepted", "received",
)  # fmt: skip

PAID: Final = frozenset((*CHINESE_PAID.split(), *ENGLISH_PAID))
RETURNED: Final = frozenset((*CHINESE_RETURNED.split(), *ENGLISH_RETURNED))
WAITING: Final = frozenset((*CHINESE_WAITING.split(), *ENGLISH_WAITING))


def bare(cell: str) -> str:
    """Return a cell as the lists spell it: narrow letters, small, without stops and blanks."""
    told = unicodedata.normalize("NFKC", cell).casefold()
    return " ".join(told.split()).strip(" .。!！;；,，")

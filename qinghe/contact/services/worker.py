"""Refuse a collector whose right to work has ended."""

from __future__ import annotations

from qinghe.contact.queries.worker import Rights, obstacle_in


def check_worker(rights: Rights) -> None:
    """
    Refuse a collector whose right to work has ended on this calendar day in China.

    :raises NoCertificate: the person has no valid certificate
    :raises RegistrationEnded: no valid registration for the claim's region
    :raises StandingEnded: a licence, authority or review of the collector or creditor has ended
    """
    reason = obstacle_in(rights)
    if reason is not None:
        raise reason

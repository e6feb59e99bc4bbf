from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

GUARDED = {
    "journal_entry",
    "journal_batch",
    "journal_leaf",
    "ledger_transfer",
    "ledger_account",
    "ledger_dayend",
    "ledger_pending",
    "ledger_closingbalance",
    "ledger_period",
    "claims_evidence",
    "claims_disputepaper",
}
GUARDS = """
SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname='never_emptied'
"""


@pytest.mark.django_db
def test_every_table_of_evidence_and_money_is_guarded_but_in_databases_of_tests() -> None:
    with connection.cursor() as cursor:
        cursor.execute(GUARDS)
        found = dict(cursor.fetchall())
    assert set(found) == GUARDED
    assert all("BEFORE TRUNCATE" in text and "!~~ 'test" in text for text in found.values())


@pytest.mark.django_db
def test_emptying_a_guarded_table_is_refused() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE guarded (id int) ON COMMIT DROP")
        cursor.execute(
            "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON guarded"
            " FOR EACH STATEMENT EXECUTE FUNCTION qinghe_never_emptied()"
        )
        with pytest.raises(IntegrityError, match="TRUNCATE"), transaction.atomic():
            cursor.execute("TRUNCATE guarded")

"""
Jobs wake the worker one transaction at a time; the others commit together and are found by polling.

PostgreSQL lets only one transaction with a `NOTIFY` commit at a time, for the whole server, its
wait for the disk included: permissions would queue behind each other's writes. Who finds that
another transaction is about to notify leaves it at that. The worker looks every second anyway.
"""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION procrastinate_notify_queue_job_inserted_v1()
    RETURNS trigger
    LANGUAGE plpgsql
AS $$
DECLARE
    payload TEXT;
BEGIN
    {only}
    SELECT json_build_object('type', 'job_inserted', 'job_id', NEW.id)::text INTO payload;
    PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
    PERFORM pg_notify('procrastinate_any_queue_v1', payload);
    RETURN NEW;
END;
$$;
"""
# A pair, which no other lock of ours is; the transaction that holds it may take it again.
ONE_AT_A_TIME = """
    IF NOT pg_try_advisory_xact_lock(1365864039, 1) THEN
        RETURN NEW;
    END IF;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0008_noticed"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [
        migrations.RunSQL(FUNCTION.format(only=ONE_AT_A_TIME), FUNCTION.format(only="")),
    ]

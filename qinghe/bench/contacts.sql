-- Past contacts on top of gate.sql: of every person the {first}th to the {last}th before {day}, eleven days apart.
-- So each person has exactly one that still counts, however many lie in the table.
INSERT INTO contact_attempt
    (id, person_id, claim_id, mandate_id, collector_id, creditor_group, point_id, channel, mode, purpose, template,
     by_user, at, state, rules, pack, counters, next_allowed_at, must_end_by, sent_at, outcome, outcome_at)
SELECT ('0190' || lpad(part::text, 4, '0') || '-0000-7000-8000-' || 200000000000 + n)::uuid,
    bench_made(2, n), bench_made(3, n), bench_made(4, n), bench_made(1, n % 40),
    bench_made(1, 40 + n % 20)::text, bench_made(6, n), 'voice', 'human', 'collect', 'reminder',
    NULL, moment, 'done', ARRAY[]::text[], 'bench', '{}', NULL, NULL, moment,
    (ARRAY['no_answer', 'talk', 'busy'])[1 + n % 3], moment
FROM (
    SELECT n, part, timestamptz '{day}' - make_interval(days => 11 * part - 9, mins => (n % 600)::int) AS moment
    FROM generate_series({first}, {last}) part, generate_series(1, {persons}) n
) tried;

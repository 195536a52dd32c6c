-- Mends moments that were stored hours off. Until now a session was in the zone of its server, and Prisma's adapter writes a
-- moment as the time of day in UTC without saying so: in Sydney it was stored 11 (in summer 10) hours early, in New York 5 (4)
-- hours late. Read through Prisma it came back right; now() and every other reader saw another moment.
--
-- How it is told: the audit log was never off (it is written as JSON, with `Z`). The end of a run, a question, a dead letter
-- and a business were each written in one transaction with their audit entry, so that each tells how far off its moment was
-- stored. A row is mended by the pairs around its own moment, and only when it can have been written under one shift alone.
-- Without a pair that is off nothing at all is changed, which is the case wherever the server was in UTC.
--
-- What cannot be told, and stays as it is:
--   rows from between the last pair that is off and the first one that is right (the zone of the server was changed), or from
--     where a right moment and one that is off would both fit;
--   the hour that clocks skip in spring, which Postgres moved by one hour more;
--   what was concluded from a moment that was off: days in the texts of reviews, changes that polling took for seen, and work
--     that was done too early or too late.
-- What was never off: the audit log, receipts, received_at, queued_at, the runs of polling, months, days (they are texts).
-- A process of the version before that still runs goes on writing moments that are off; they are not mended afterwards.
DO $$
DECLARE
  "place" RECORD;
BEGIN
  -- Quarters of an hour are the steps of the world's zones; a transaction may last 30 s.
  CREATE TEMP TABLE "zone_samples" ON COMMIT DROP AS
  SELECT "at", make_interval(mins => "quarters" * 15) AS "shift"
  FROM (
    SELECT "at", "stored" - "at" AS "off", round(extract(epoch FROM "stored" - "at") / 900)::int AS "quarters"
    FROM (
      SELECT "told"."at", "event"."finished_at" AS "stored" FROM "inbound_events" AS "event" JOIN (
        SELECT "business_id", "action", "details"->>'eventId' AS "event_id", max("at") AS "at" FROM "audit_entries"
        WHERE "action" IN ('event.done', 'event.skipped') GROUP BY 1, 2, 3
      ) AS "told" ON "told"."business_id" = "event"."business_id" AND "told"."event_id" = "event"."id"::text
        AND "told"."action" = 'event.' || "event"."state"
      -- The end of a covered event is told by the entry of the one that covered it.
      WHERE "event"."reason" IS NULL OR "event"."reason" NOT LIKE 'covered by event %'
      UNION ALL
      SELECT "told"."at", "review"."opened_at" FROM "reviews" AS "review" JOIN "audit_entries" AS "told"
        ON "told"."action" = 'review.opened' AND "told"."details"->>'reviewId' = "review"."id"
      UNION ALL
      SELECT "told"."at", "letter"."died_at" FROM "dead_letters" AS "letter" JOIN "audit_entries" AS "told"
        ON "told"."action" = 'event.dead' AND "told"."details"->>'deadLetterId' = "letter"."id"
      UNION ALL
      SELECT "told"."at", "business"."created_at" FROM "businesses" AS "business" JOIN "audit_entries" AS "told"
        ON "told"."business_id" = "business"."id" AND "told"."action" = 'business.applied' AND "told"."seq" = 1
    ) AS "pairs"
    WHERE "stored" BETWEEN "at" - interval '15 hours' AND "at" + interval '15 hours'
  ) AS "measured"
  WHERE abs(extract(epoch FROM "off") - "quarters" * 900) < 30;

  IF NOT EXISTS (SELECT FROM "zone_samples" WHERE "shift" <> interval '0') THEN RETURN; END IF;

  -- Pairs of one shift in a row. Between two that are off the middle divides (clocks were changed); between one that is off and
  -- one that is right everything fits the right one.
  CREATE TEMP TABLE "zone_spans" ON COMMIT DROP AS
  SELECT "shift",
    CASE WHEN "before" IS NULL THEN '-infinity'
      WHEN "shift" = interval '0' THEN "last_before" + interval '30 seconds'
      WHEN "before" = interval '0' THEN "first" - interval '30 seconds'
      ELSE "last_before" + ("first" - "last_before") / 2 END AS "begins",
    CASE WHEN "after" IS NULL THEN 'infinity'
      WHEN "shift" = interval '0' THEN "first_after" - interval '30 seconds'
      WHEN "after" = interval '0' THEN "last" + interval '30 seconds'
      ELSE "last" + ("first_after" - "last") / 2 END AS "ends"
  FROM (
    SELECT "shift", "first", "last", lag("shift") OVER "in_time" AS "before", lag("last") OVER "in_time" AS "last_before",
      lead("shift") OVER "in_time" AS "after", lead("first") OVER "in_time" AS "first_after"
    FROM (
      SELECT "shift", min("at") AS "first", max("at") AS "last" FROM (
        SELECT "at", "shift", count(*) FILTER (WHERE "changes") OVER (ORDER BY "at", "shift") AS "span" FROM (
          SELECT "at", "shift", "shift" IS DISTINCT FROM lag("shift") OVER (ORDER BY "at", "shift") AS "changes"
          FROM "zone_samples"
        ) AS "marked"
      ) AS "numbered" GROUP BY "span", "shift"
    ) AS "spans"
    WINDOW "in_time" AS (ORDER BY "first", "last")
  ) AS "neighbours";

  CREATE FUNCTION pg_temp."moment_meant"("stored" timestamptz) RETURNS timestamptz LANGUAGE sql STABLE STRICT AS $meant$
    SELECT CASE WHEN count(DISTINCT "shift") = 1 THEN "stored" - max("shift") ELSE "stored" END
    FROM "zone_spans" WHERE "stored" - "shift" >= "begins" AND "stored" - "shift" < "ends"
  $meant$;

  -- Append-only tables take no change but this one, and this one changes no amount, account or day.
  ALTER TABLE "ledger_entries" DISABLE TRIGGER "ledger_no_change";
  FOR "place" IN
    SELECT "name", string_agg(format('%1$I = pg_temp."moment_meant"(%1$I)', "column"), ', ') AS "changes",
      string_agg(format('%1$I <> pg_temp."moment_meant"(%1$I)', "column"), ' OR ') AS "differs"
    FROM (VALUES
      ('businesses', 'created_at'), ('businesses', 'updated_at'),
      ('connections', 'created_at'), ('connections', 'updated_at'),
      ('secrets', 'updated_at'), ('callbacks', 'updated_at'), ('token_refreshes', 'started_at'),
      ('inbound_events', 'finished_at'), ('inbound_events', 'parked_since'), ('inbound_events', 'recheck_at'),
      ('collections', 'called_at'), ('collections', 'created_at'), ('collections', 'updated_at'),
      ('postings', 'called_at'), ('postings', 'recheck_at'), ('postings', 'created_at'), ('postings', 'updated_at'),
      ('reviews', 'opened_at'), ('reviews', 'resolved_at'), ('reviews', 'mailed_at'),
      ('dead_letters', 'died_at'), ('dead_letters', 'replayed_at'),
      ('mirror_progress', 'full_at'), ('client_links', 'linked_at'), ('opt_outs', 'at'), ('mandate_requests', 'requested_at'),
      ('closed_periods', 'closed_at'), ('ledger_entries', 'created_at'), ('ledger_openings', 'recorded_at'),
      ('payouts', 'updated_at'), ('expected_arrivals', 'recorded_at'), ('poll_cursors', 'read_up_to')
    ) AS "written_by_prisma"("name", "column")
    GROUP BY "name"
  LOOP
    EXECUTE format('UPDATE %I SET %s WHERE %s', "place"."name", "place"."changes", "place"."differs");
  END LOOP;
  ALTER TABLE "ledger_entries" ENABLE TRIGGER "ledger_no_change";

  -- Where it cannot be told, a list was still not read beyond the moment at which that was noted, which was never off.
  UPDATE "poll_cursors" SET "read_up_to" = "updated_at" WHERE "read_up_to" > "updated_at";
  DROP FUNCTION pg_temp."moment_meant"(timestamptz);
END
$$;

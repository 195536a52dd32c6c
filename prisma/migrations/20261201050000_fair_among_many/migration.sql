-- Several slow providers together must not fill a worker's hands, of which a flow has 20: the more connections have something
-- stored, the fewer each may have in hand: two shares of one connection's bound (8) among them all, at least two each. Otherwise as before.
CREATE OR REPLACE FUNCTION "mlc_take_stored"("the_flow" text, "in_hand_max" int, "queued_max" int, "batch_max" int)
RETURNS TABLE ("event_id" bigint, "event_correlation_id" text, "event_run" int)
LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
  RETURN QUERY
  WITH RECURSIVE "waiting" AS (
    (SELECT "connection_id" FROM "inbound_events" WHERE "state" = 'stored' AND "flow" = "the_flow"
     ORDER BY "connection_id" LIMIT 1)
    UNION ALL
    SELECT (SELECT "next"."connection_id" FROM "inbound_events" "next"
            WHERE "next"."state" = 'stored' AND "next"."flow" = "the_flow"
              AND "next"."connection_id" > "waiting"."connection_id"
            ORDER BY "next"."connection_id" LIMIT 1)
    FROM "waiting" WHERE "waiting"."connection_id" IS NOT NULL
  ), "bound" AS (
    SELECT LEAST("in_hand_max", GREATEST(2, 2 * "in_hand_max" / GREATEST(count("waiting"."connection_id"), 1)))::int AS "each"
    FROM "waiting"
  ), "hand" AS (
    SELECT "waiting"."connection_id", "held"."busy",
      "held"."due", GREATEST(LEAST("bound"."each" - "held"."due", "queued_max" - "held"."total"), 0) AS "room"
    FROM "waiting" CROSS JOIN "bound" CROSS JOIN LATERAL (
      SELECT count(*) AS "total", count(*) FILTER (WHERE "queued"."is_due" OR "queued"."rate_limited") AS "due",
        COALESCE(array_agg("queued"."object") FILTER (WHERE "queued"."is_due"), '{}') AS "busy"
      FROM (SELECT split_part("one"."type", '.', 1) || ' ' || "one"."resource_id" AS "object",
              "one"."rate_limited", COALESCE("one"."retry_at" <= now(), TRUE) AS "is_due" FROM "inbound_events" "one"
            WHERE "one"."state" = 'queued' AND "one"."flow" = "the_flow"
              AND "one"."connection_id" = "waiting"."connection_id" LIMIT "queued_max") AS "queued") AS "held"
    WHERE "waiting"."connection_id" IS NOT NULL
  ), "chosen" AS (
    SELECT "first"."id" FROM "hand" CROSS JOIN LATERAL (
      SELECT "candidate"."id", "hand"."due" + row_number() OVER (ORDER BY "candidate"."id") AS "turn"
      FROM (SELECT "oldest".*, row_number() OVER (PARTITION BY "oldest"."object" ORDER BY "oldest"."id") AS "nth"
            FROM (SELECT "one"."id", "one"."resource_id",
                    split_part("one"."type", '.', 1) || ' ' || "one"."resource_id" AS "object"
                  FROM "inbound_events" "one"
                  WHERE "one"."state" = 'stored' AND "one"."flow" = "the_flow"
                    AND "one"."connection_id" = "hand"."connection_id"
                  ORDER BY "one"."id" LIMIT 4 * "in_hand_max") AS "oldest") AS "candidate"
      WHERE "candidate"."resource_id" = ''
        OR ("candidate"."nth" = 1 AND "candidate"."object" <> ALL ("hand"."busy"))
      ORDER BY "candidate"."id" LIMIT "hand"."room") AS "first"
    WHERE "hand"."room" > 0
    ORDER BY "first"."turn", "first"."id" LIMIT "batch_max"
  ), "taken" AS (
    SELECT "one"."id" FROM "inbound_events" "one"
    WHERE "one"."id" = ANY (ARRAY(SELECT "chosen"."id" FROM "chosen")) AND "one"."state" = 'stored'
    FOR UPDATE SKIP LOCKED
  )
  UPDATE "inbound_events" "event" SET "state" = 'queued', "queued_at" = clock_timestamp(), "retry_at" = NULL, "rate_limited" = FALSE
  FROM "taken" WHERE "event"."id" = "taken"."id"
  RETURNING "event"."id", "event"."correlation_id", "event"."run";
END
$$;

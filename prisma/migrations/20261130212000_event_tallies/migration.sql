-- How many events there are and how many of them wait, by business, so that nobody has to count a million rows to say so.
-- Changes are appended (no row that every transaction would queue for) and folded now and then; the numbers are their sums.
CREATE TABLE "event_tallies" (
    "id" BIGSERIAL NOT NULL,
    "business_id" TEXT NOT NULL,
    "received" BIGINT NOT NULL,
    "stored" BIGINT NOT NULL,

    CONSTRAINT "event_tallies_pkey" PRIMARY KEY ("id")
);

CREATE FUNCTION "tally_new_events"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "event_tallies" ("business_id", "received", "stored")
  SELECT "business_id", count(*), count(*) FILTER (WHERE "state" = 'stored') FROM "new_events" GROUP BY "business_id";
  RETURN NULL;
END
$$;
CREATE FUNCTION "tally_event"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "event_tallies" ("business_id", "received", "stored")
  VALUES (OLD."business_id", CASE WHEN TG_OP = 'DELETE' THEN -1 ELSE 0 END,
    CASE WHEN OLD."state" = 'stored' THEN -1 WHEN TG_OP = 'DELETE' THEN 0 ELSE 1 END);
  RETURN NULL;
END
$$;
CREATE FUNCTION "forget_event_tallies"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM "event_tallies";
  RETURN NULL;
END
$$;

-- The first trigger keeps writers out until the numbers below are committed with it.
CREATE TRIGGER "inbound_events_tally_new" AFTER INSERT ON "inbound_events"
  REFERENCING NEW TABLE AS "new_events" FOR EACH STATEMENT EXECUTE FUNCTION "tally_new_events"();
CREATE TRIGGER "inbound_events_tally_moved" AFTER UPDATE ON "inbound_events" FOR EACH ROW
  WHEN ((OLD."state" = 'stored') <> (NEW."state" = 'stored')) EXECUTE FUNCTION "tally_event"();
CREATE TRIGGER "inbound_events_tally_gone" AFTER DELETE ON "inbound_events" FOR EACH ROW EXECUTE FUNCTION "tally_event"();
CREATE TRIGGER "inbound_events_tally_emptied" AFTER TRUNCATE ON "inbound_events"
  FOR EACH STATEMENT EXECUTE FUNCTION "forget_event_tallies"();

INSERT INTO "event_tallies" ("business_id", "received", "stored")
SELECT "business_id", count(*), count(*) FILTER (WHERE "state" = 'stored') FROM "inbound_events" GROUP BY "business_id";

-- What the Prisma schema language cannot say: partial indexes and the append-only guard of the audit log.

-- The dispatcher takes stored events oldest first; done ones never weigh on it.
CREATE INDEX "inbound_events_waiting" ON "inbound_events" ("id") WHERE "state" = 'stored';
-- The sweeper re-checks what was queued.
CREATE INDEX "inbound_events_queued" ON "inbound_events" ("flow", "queued_at") WHERE "state" = 'queued';
-- Waking by what parked work waits for, and by time.
CREATE INDEX "inbound_events_parked" ON "inbound_events" ("business_id", "waiting_for") WHERE "state" = 'parked';
CREATE INDEX "inbound_events_recheck" ON "inbound_events" ("recheck_at") WHERE "state" = 'parked';
-- Bursts on one object coalesce.
CREATE INDEX "inbound_events_open_resource" ON "inbound_events" ("connection_id", "resource_id")
  WHERE "state" IN ('stored', 'queued');
CREATE INDEX "inbound_events_by_business" ON "inbound_events" ("business_id", "id");

-- One open review per question.
CREATE UNIQUE INDEX "reviews_one_open" ON "reviews" ("business_id", "kind", "subject_provider", "subject_type", "subject_id")
  WHERE "state" = 'open';
CREATE INDEX "reviews_to_mail" ON "reviews" ("opened_at") WHERE "mailed_at" IS NULL;

-- Postings whose second look is due.
CREATE INDEX "postings_recheck" ON "postings" ("recheck_at") WHERE "recheck_at" IS NOT NULL;

CREATE FUNCTION "audit_is_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_entries is append-only: % is not allowed', TG_OP;
END
$$;
CREATE TRIGGER "audit_no_change" BEFORE UPDATE OR DELETE ON "audit_entries"
  FOR EACH ROW EXECUTE FUNCTION "audit_is_append_only"();
CREATE TRIGGER "audit_no_truncate" BEFORE TRUNCATE ON "audit_entries"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_is_append_only"();

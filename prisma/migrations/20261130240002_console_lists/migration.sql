-- The lists of the console page by page, newest first; Prisma cannot say descending order, conditions and expressions.
CREATE INDEX "reviews_newest" ON "reviews" ("business_id", "opened_at" DESC, "id" DESC);
CREATE INDEX "dead_letters_newest" ON "dead_letters" ("business_id", "died_at" DESC, "id" DESC) WHERE "replayed_at" IS NULL;
CREATE INDEX "inbound_events_of_connection" ON "inbound_events" ("connection_id", "id" DESC);
CREATE INDEX "audit_entries_of_subject" ON "audit_entries" ("business_id", ("subject"->>'id'), "seq" DESC);
CREATE INDEX "audit_entries_of_correlation" ON "audit_entries" ("business_id", "correlation_id", "seq" DESC);
CREATE INDEX "audit_entries_refused" ON "audit_entries" ("business_id", "at") WHERE "action" = 'webhook.refused';

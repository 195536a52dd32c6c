-- The lists of the console page by page, newest first, and its sums of what is under way. Not CONCURRENTLY: each file is one
-- transaction (packages/platform/src/postgres/migrate.ts), and these tables grow with invoices, not with events.
CREATE INDEX "collections_newest" ON "collections" ("business_id", "created_at" DESC, "id" DESC);
CREATE INDEX "collections_in_flight" ON "collections" ("business_id", "currency", "state") INCLUDE ("amount_minor")
  WHERE "state" IN ('planned', 'requested', 'pending_submission', 'submitted', 'confirmed');
CREATE INDEX "postings_newest" ON "postings" ("business_id", "created_at" DESC, "key" DESC);
CREATE INDEX "payouts_newest" ON "payouts" ("business_id", "created_at" DESC, "id" DESC);
CREATE INDEX "reviews_open_newest" ON "reviews" ("business_id", "opened_at" DESC, "id" DESC) WHERE "state" = 'open';

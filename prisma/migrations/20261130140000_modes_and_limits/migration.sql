-- Businesses from before there were modes write at their providers today, and go on doing so.
UPDATE "businesses"
SET "policy" = '{"mode": "live", "limits": {"maxDebitMinor": {}, "maxDebitsPerDay": {}}}'::jsonb || "policy"
WHERE NOT ("policy" ? 'mode' AND "policy" ? 'limits');

-- Debits of a day are counted before another one is made.
CREATE INDEX "collections_business_id_called_at_idx" ON "collections"("business_id", "called_at");

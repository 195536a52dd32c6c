-- What every job asks for: the last answer to a question, the events of an object, the entries whose call is not settled.
CREATE INDEX "reviews_business_id_subject_id_kind_idx" ON "reviews" ("business_id", "subject_id", "kind");
CREATE INDEX "inbound_events_business_id_resource_id_id_idx" ON "inbound_events" ("business_id", "resource_id", "id");
-- Prisma cannot say a partial one.
CREATE INDEX "postings_unsettled" ON "postings" ("business_id", "state") WHERE "state" IN ('intent', 'rejected');

-- Why a run ended without effect: a code of the closed table in core; null in rows from before, and of every other end.
ALTER TABLE "inbound_events" ADD COLUMN "ending" TEXT;
-- Since when the provider has not shown what the event tells of; null when it does, or was not asked yet.
ALTER TABLE "inbound_events" ADD COLUMN "unseen_since" TIMESTAMPTZ(3);

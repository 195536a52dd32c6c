-- Dispatch takes the oldest stored events of one flow at a time, so that a full queue never makes it wade through
-- that queue's backlog to find another flow's events.
DROP INDEX "inbound_events_waiting";
CREATE INDEX "inbound_events_waiting" ON "inbound_events" ("flow", "id") WHERE "state" = 'stored';

-- The ingress counts what it stores in the statement that stores it, and says so; a trigger of its own costs a tenth of every
-- delivery. Whoever else inserts events, and an ingress of the version before, does not say so and is counted by the trigger.
DROP TRIGGER "inbound_events_tally_new" ON "inbound_events";
CREATE TRIGGER "inbound_events_tally_new" AFTER INSERT ON "inbound_events"
  REFERENCING NEW TABLE AS "new_events" FOR EACH STATEMENT
  WHEN (current_setting('mlc.tallied', true) IS DISTINCT FROM 'yes') EXECUTE FUNCTION "tally_new_events"();
